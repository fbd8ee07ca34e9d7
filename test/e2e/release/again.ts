import assert from 'node:assert/strict'
import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { run } from '../processes.ts'
import { folder } from './published.ts'

// For `npm run check:release`: a second build is the same as the first, byte by byte.

describe('a release that is built again', () => {
  let elsewhere: string
  beforeEach(() => {
    mkdirSync('dist', { recursive: true })
    elsewhere = mkdtempSync(resolve('dist', 'again-'))
  })
  afterEach(() => rmSync(elsewhere, { recursive: true, force: true }))

  it('in another folder, another time zone and with another umask is the same', async function () {
    this.timeout(3_600_000)
    // Links: what is built from is looked at, never written to.
    const files = readdirSync('.').filter(name => !['dist', 'coverage'].includes(name))
    await run('cp', ['-al', ...files, elsewhere])
    const words = 'umask 077; exec "$0" scripts/release.ts --local'
    const env = { TZ: 'Asia/Tokyo', LANG: 'C', TMPDIR: elsewhere }
    rmSync(join(elsewhere, 'plugin.yaml'))
    await run('sh', ['-c', words, process.execPath], { cwd: elsewhere, env })
    for (const name of listed(folder)) {
      const [first, second] = await Promise.all(
        [folder, join(elsewhere, folder)].map(where => readFile(join(where, name))),
      )
      assert.ok(first?.equals(second ?? Buffer.alloc(0)), `${name} differs`)
    }
    assert.deepEqual(listed(join(elsewhere, folder)), listed(folder))
  })
})

function listed(where: string): string[] {
  assert.ok(existsSync(where), `${where}: run \`npm run release -- --local\` first`)
  return readdirSync(where, { recursive: true, withFileTypes: true })
    .filter(entry => entry.isFile())
    .map(entry => join(entry.parentPath, entry.name).slice(where.length + 1))
    .sort()
}
