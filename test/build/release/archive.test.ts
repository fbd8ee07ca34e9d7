import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Entry, packed, unpacked } from '../../../scripts/release/archive.ts'

const entries: readonly Entry[] = [
  { name: 'kubectl-flinksp', data: Buffer.from('a program'), isProgram: true },
  { name: 'LICENSE', data: Buffer.from('terms '.repeat(1_000)), isProgram: false },
  { name: 'man/kubectl-flinksp.1', data: Buffer.from('a page'), isProgram: false },
]
const forWindows: readonly Entry[] = [
  { name: 'kubectl-flinksp.exe', data: Buffer.from('a program'), isProgram: true },
  { name: 'LICENSE', data: Buffer.from('terms'), isProgram: false },
]

describe('an archive', () => {
  const before = { umask: process.umask(), zone: process.env['TZ'] }
  afterEach(() => {
    process.umask(before.umask)
    if (before.zone === undefined) delete process.env['TZ']
    else process.env['TZ'] = before.zone
  })

  /** On a machine of other habits. */
  async function packedElsewhere(name: string, of: readonly Entry[]): Promise<Uint8Array> {
    process.umask(0o077)
    process.env['TZ'] = 'Pacific/Kiritimati'
    return packed(name, of)
  }

  for (const [name, of] of [
    ['a.tar.gz', entries],
    ['a.zip', forWindows],
  ] as const) {
    it(`${name} is the same whenever and wherever it is packed`, async () => {
      process.umask(0o022)
      process.env['TZ'] = 'America/Anchorage'
      const here = await packed(name, of)
      assert.deepEqual(await packedElsewhere(name, of), here)
    })

    it(`${name} gives back what was put in`, async () => {
      const inside = (await unpacked(name, await packed(name, of))).map(({ data, ...rest }) => ({
        ...rest,
        data: Buffer.from(data).toString(),
      }))
      assert.deepEqual(
        inside,
        of.map(({ data, ...rest }) => ({ ...rest, data: Buffer.from(data).toString() })),
      )
    })
  }

  it('has no time, and nobody’s files', async () => {
    const archive = await packed('a.tar.gz', entries)
    // RFC 1952: MTIME and FLG of the header.
    assert.deepEqual([...archive.subarray(3, 8)], [0, 0, 0, 0, 0])
    const folder = mkdtempSync(join(tmpdir(), 'flinksp-archive-'))
    try {
      writeFileSync(join(folder, 'a.tar.gz'), archive)
      const listed = execFileSync('tar', ['tvzf', 'a.tar.gz', '--numeric-owner', '--utc'], {
        cwd: folder,
        encoding: 'utf8',
      })
      assert.deepEqual(
        listed
          .trim()
          .split('\n')
          .map(line => line.replaceAll(/ +/g, ' ')),
        [
          '-rwxr-xr-x 0/0 9 1970-01-01 00:00 kubectl-flinksp',
          '-rw-r--r-- 0/0 6000 1970-01-01 00:00 LICENSE',
          '-rw-r--r-- 0/0 6 1970-01-01 00:00 man/kubectl-flinksp.1',
        ],
      )
      execFileSync('tar', ['xzf', 'a.tar.gz'], { cwd: folder })
      assert.deepEqual(readdirSync(folder).sort(), ['LICENSE', 'a.tar.gz', 'kubectl-flinksp', 'man'])
      assert.equal(statSync(join(folder, 'kubectl-flinksp')).mode & 0o100, 0o100)
    } finally {
      rmSync(folder, { recursive: true })
    }
  })
})
