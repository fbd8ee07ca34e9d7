import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Failure } from '../../src/domain/failure.ts'
import type { ArchivedFile } from '../../src/domain/ports.ts'
import { archivesIn } from '../../src/storage/archives.ts'

const at = Date.parse('2026-03-01T12:00:00Z')
const files: readonly ArchivedFile[] = [
  { path: 'a/INDEX.md', text: '# über\n' },
  { path: 'a/flink/config.json', text: '{}\n' },
  { path: `a/${'long/'.repeat(15)}${'n'.repeat(80)}`, text: 'x'.repeat(1_024) },
  { path: 'a/empty', text: '' },
]

describe('An archive', () => {
  let folder: string
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'flinksp-archives-'))
  })
  afterEach(() => rmSync(folder, { recursive: true, force: true }))

  const archives = (isTerminal = false) => {
    const printed: Buffer[] = []
    return { printed, ...archivesIn(folder, { isTerminal, write: bytes => void printed.push(bytes) }) }
  }
  const target = (file: string, overwrite = false) => ({ file, overwrite })
  const refusal = async (doing: Promise<unknown>) =>
    doing.then(
      () => 'none',
      error => (error instanceof Failure ? `${error.code}: ${error.message}` : String(error)),
    )

  it('is unpacked by tar as it was packed', async () => {
    const { check, write } = archives()
    await check(target('a.tar.gz'))
    const { file, sizeBytes } = await write(target('a.tar.gz'), files, at)
    assert.deepEqual([file, sizeBytes], ['a.tar.gz', statSync(join(folder, 'a.tar.gz')).size])
    execFileSync('tar', ['-xzf', 'a.tar.gz'], { cwd: folder })
    assert.deepEqual(
      files.map(({ path }) => readFileSync(join(folder, path), 'utf8')),
      files.map(({ text }) => text),
    )
    const { mode, mtimeMs } = statSync(join(folder, 'a/INDEX.md'))
    assert.deepEqual([mode & 0o777, mtimeMs], [0o600, at])
  })

  it('is for whoever wrote it alone, and leaves nothing beside it', async () => {
    await archives().write(target('a.tar.gz'), files, at)
    assert.deepEqual(readdirSync(folder), ['a.tar.gz'])
    assert.equal(statSync(join(folder, 'a.tar.gz')).mode & 0o777, 0o600)
  })

  it('is never written over a file, unless it may', async () => {
    writeFileSync(join(folder, 'a'), 'mine')
    const { check, write } = archives()
    const there = 'not-asked: error: cannot write a: it is there already'
    assert.equal(await refusal(check(target('a'))), there)
    // It may have come since it was looked for.
    assert.equal(await refusal(write(target('a'), files, at)), there)
    assert.deepEqual([readdirSync(folder), readFileSync(join(folder, 'a'), 'utf8')], [['a'], 'mine'])
    await check(target('a', true))
    await write(target('a', true), files, at)
    assert.deepEqual(
      [readdirSync(folder), readFileSync(join(folder, 'a')).subarray(0, 2)],
      [['a'], Buffer.of(0x1f, 0x8b)],
    )
  })

  it('never takes the place of what is no file: a directory, a link, a device', async () => {
    mkdirSync(join(folder, 'd'))
    symlinkSync('/dev/null', join(folder, 'l'))
    const { check } = archives()
    assert.deepEqual(
      await Promise.all(['d', 'l', '/dev/null'].map(file => refusal(check(target(file, true))))),
      ['d', 'l', '/dev/null'].map(
        file => `not-asked: error: cannot write ${file}: it is there already, and no file`,
      ),
    )
  })

  it('is refused where its directory cannot be looked into', async () => {
    symlinkSync('l', join(folder, 'l'))
    assert.match(await refusal(archives().check(target('l/a'))), /^not-asked: error: cannot write l\/a: /)
  })

  it('is refused before anything is gathered where there is no such directory', async () => {
    assert.equal(
      await refusal(archives().check(target('none/a'))),
      'not-asked: error: cannot write none/a: there is no such directory',
    )
  })

  it('is not there at all where it does not fit on the disk', () => {
    const text = 'text of no use '.repeat(100).replaceAll('o', () => Math.random().toString(36))
    const program = `
      import { archivesIn } from ${JSON.stringify(import.meta.resolve('../../src/storage/archives.ts'))}
      const target = { file: 'a.tar.gz', overwrite: false }
      const files = [{ path: 'a', text: ${JSON.stringify(text)} }]
      await archivesIn(process.cwd(), { write() {} }).write(target, files, 0).catch(error => console.log(error.message))`
    // No file may be larger than 512 bytes; of a full disk the door hears in the same way.
    const words = ['-c', 'ulimit -f 1; exec "$0" --input-type=module -e "$1"', process.execPath, program]
    const said = execFileSync('sh', words, { cwd: folder, encoding: 'utf8' })
    assert.equal(said, 'error: cannot write a.tar.gz: file too large\n')
    assert.deepEqual(readdirSync(folder), [])
  })

  it('says why it could not be written', async () => {
    const closed = join(folder, 'closed')
    mkdirSync(closed)
    writeFileSync(join(closed, 'file'), '')
    const { write } = archives()
    assert.equal(
      await refusal(write(target('closed/file/a'), files, at)),
      'not-asked: error: cannot write closed/file/a: not a directory',
    )
  })

  it('goes to standard output whole, and not to a terminal', async () => {
    const { printed, check, write } = archives()
    await check(target('-'))
    await write(target('-'), files, at)
    const listed = execFileSync('tar', ['-tzf', '-'], { input: Buffer.concat(printed), encoding: 'utf8' })
    assert.deepEqual(
      listed.trim().split('\n'),
      files.map(({ path }) => path),
    )
    assert.match(await refusal(archives(true).check(target('-'))), /^usage: error: the archive is not text/)
  })
})
