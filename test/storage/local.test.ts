import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { chmodSync, mkdirSync, mkdtempSync, rmSync, utimesSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Failure } from '../../src/domain/failure.ts'
import { localPlaces } from '../../src/storage/local.ts'

describe('Savepoints on this machine', () => {
  let here: string
  beforeEach(() => {
    here = mkdtempSync(join(tmpdir(), 'flinksp-local-'))
    mkdirSync(join(here, 'sp'))
    writeFileSync(join(here, 'sp/_metadata'), '0123456789')
    utimesSync(join(here, 'sp/_metadata'), 1_000, 1_000)
  })
  afterEach(() => rmSync(here, { recursive: true, force: true }))

  const refused = async (location: string) => {
    try {
      await (await localPlaces(here).openMetadata(location)).close()
    } catch (error) {
      return (error as Failure).message.replaceAll(here, 'HERE')
    }
    return 'opened'
  }

  it('are opened by their directory or their _metadata, in every spelling of a path', async () => {
    for (const location of ['./sp', 'sp/', `${here}/sp`, `${here}/sp/_metadata`]) {
      for (const spelling of location.startsWith('/') ? ['', 'file:', 'file://', 'FILE://localhost'] : ['']) {
        const { read, close, ...file } = await localPlaces(here).openMetadata(`${spelling}${location}`)
        const into = Buffer.alloc(4)
        assert.equal(await read(3, into), 4)
        await close()
        assert.equal(into.toString(), '3456')
        const expected = { directory: `file:${here}/sp`, shown: `${here}/sp/_metadata` }
        assert.deepEqual(file, { ...expected, size: 10, modifiedAt: 1_000_000 })
      }
    }
  })

  it('that are not there, or not whole, are told apart', async () => {
    mkdirSync(join(here, 'empty'))
    assert.equal(await refused('./nothing'), 'error: cannot read HERE/nothing: no such file or directory')
    assert.equal(
      await refused('./empty'),
      'error: cannot read HERE/empty/_metadata: no such file: the directory holds no savepoint, or one that was never completed',
    )
    assert.equal(await refused('s3://b/sp'), 'error: cannot read s3://b/sp: it is not on this machine')
    assert.equal(
      await refused('file://host/sp'),
      'error: cannot read file://host/sp: it is not on this machine',
    )
  })

  it('are files: nobody waits for a pipe', async () => {
    const shell = 'mkfifo "$0"'
    execFileSync('bash', ['-c', shell, join(here, 'pipe')])
    assert.equal(await refused('./pipe'), 'error: cannot read HERE/pipe: it is no file')
    assert.equal(await localPlaces(here).headOf('./pipe', 10), undefined)
    assert.equal(await localPlaces(here).sizeOf('./pipe'), 'missing')
  })

  it('that must not be read say so', async function () {
    if (process.getuid?.() === 0) return console.log('      not tried: root may read everything')
    chmodSync(join(here, 'sp/_metadata'), 0)
    assert.equal(await refused('./sp'), 'error: cannot read HERE/sp/_metadata: permission denied')
    this.timeout(1_000)
  })

  it('have files, of which the size and the first bytes are told', async () => {
    const places = localPlaces(here)
    assert.equal(await places.sizeOf(`file:${here}/sp/_metadata`), 10)
    assert.equal(await places.sizeOf(`file:${here}/sp/gone`), 'missing')
    assert.equal(await places.sizeOf(`${here}/sp/_metadata/below`), 'missing')
    assert.equal(await places.sizeOf('s3://b/a'), 'unknown')
    assert.equal(Buffer.from((await places.headOf('./sp/_metadata', 3)) ?? []).toString(), '012')
    assert.equal((await places.headOf('./sp/_metadata', 30))?.length, 10)
    assert.equal(await places.headOf('./sp/gone', 3), undefined)
    assert.equal(await places.headOf('s3://b/a', 3), undefined)
  })
})
