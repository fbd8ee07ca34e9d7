import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { availableParallelism, tmpdir } from 'node:os'
import { join } from 'node:path'
import { carriedTexts } from '../../scripts/build/binary.ts'
import { bundle } from '../../scripts/build/bundle.ts'
import { cacheNames } from '../../scripts/build/rehearsals.ts'
import { rehearsedCache } from '../../scripts/build/rehearsed-cache.ts'

/** While all processors have something else to do. */
async function busily<T>(start: () => Promise<T>): Promise<T> {
  const others = Array.from({ length: 2 * availableParallelism() }, () =>
    spawn(process.execPath, ['-e', 'for (;;);'], { stdio: 'ignore' }),
  )
  try {
    return await start()
  } finally {
    for (const other of others) other.kill('SIGKILL')
  }
}

describe('the code cache', () => {
  let folder: string
  before(async () => {
    folder = mkdtempSync(join(tmpdir(), 'flinksp-cache-'))
    const bundled = await bundle({ entry: 'src/bin.ts', folder: join(folder, 'bundle') })
    for (const [name, text] of await carriedTexts(bundled)) writeFileSync(join(folder, name), text, 'latin1')
  })
  after(() => rmSync(folder, { recursive: true }))

  const rehearse = (emulator: readonly string[] | undefined) =>
    rehearsedCache(folder, { node: process.execPath, ...(emulator && { emulator }) })

  it('is the same for the same program, byte by byte, also where the machine is busy', async () => {
    const rehearsed = async () =>
      Object.entries(await rehearse([])).map(([name, path]) => ({ name, cache: readFileSync(path) }))
    const caches = await rehearsed()
    assert.deepEqual(
      caches.map(({ name, cache }) => [name, cache.length > 300_000]),
      cacheNames.map(name => [name, true]),
    )
    const later = await busily(rehearsed)
    for (const [at, { name, cache }] of later.entries()) assert.ok(caches[at]?.cache.equals(cache), name)
  })

  it('leaves nothing in the home directory of whoever builds, where the next build would find it', async () => {
    const home = process.env['HOME']
    process.env['HOME'] = mkdtempSync(join(folder, 'home-'))
    try {
      await rehearse([])
      assert.deepEqual(readdirSync(process.env['HOME']), [])
    } finally {
      process.env['HOME'] = home
    }
  })

  it('is not made of a program that needs its rest for what should run without', async () => {
    const slow = mkdtempSync(join(folder, 'slow-'))
    writeFileSync(join(slow, 'entry.ts'), `import('./late.ts').then(({ say }) => say())`)
    writeFileSync(join(slow, 'late.ts'), `export const say = () => process.stdout.write('version')`)
    const bundled = await bundle({ entry: join(slow, 'entry.ts'), folder: join(slow, 'bundle') })
    for (const [name, text] of await carriedTexts(bundled)) writeFileSync(join(slow, name), text, 'latin1')
    await assert.rejects(rehearsedCache(slow, { node: process.execPath, emulator: [] }), {
      stderr:
        'rehearsing help: the rest of the program was asked for; what it imports dynamically belongs to those in rest.ts\n',
    })
  })

  it('is left out where nothing here can run the Node', async () => {
    assert.deepEqual(await rehearse(undefined), {})
  })
})
