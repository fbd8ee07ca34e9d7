import assert from 'node:assert/strict'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { bundle } from '../../scripts/build/bundle.ts'
import { rehearsedCache } from '../../scripts/build/rehearsed-cache.ts'

describe('the code cache', () => {
  let folder: string
  before(async () => {
    folder = mkdtempSync(join(tmpdir(), 'flinksp-cache-'))
    await bundle({ entry: 'src/bin.ts', outfile: join(folder, 'bundle.cjs') })
    const bundled = readFileSync(join(folder, 'bundle.cjs'), 'latin1')
    writeFileSync(join(folder, 'program.cjs'), `(function(require,process,loadPart){${bundled}\n})`, 'latin1')
  })
  after(() => rmSync(folder, { recursive: true }))

  const rehearse = (emulator: readonly string[] | undefined) =>
    rehearsedCache(folder, { node: process.execPath, ...(emulator && { emulator }) })

  it('is the same for the same program, byte by byte', async () => {
    const rehearsed = async () => readFileSync((await rehearse([]))['program.cache'] ?? '')
    const caches = [await rehearsed(), await rehearsed()]
    assert.ok(caches[0]?.equals(caches[1] ?? Buffer.alloc(0)))
    assert.ok((caches[0]?.length ?? 0) > 500_000)
  })

  it('is left out where nothing here can run the Node', async () => {
    assert.deepEqual(await rehearse(undefined), {})
  })
})
