import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import {
  chmodSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  rmSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Failure } from '../../src/domain/failure.ts'
import type { FileStatus } from '../../src/domain/places.ts'
import { placesFromHere } from '../../src/storage/from-here.ts'

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
      await (await placesFromHere({ directory: here }).openMetadata(location)).close()
    } catch (error) {
      return (error as Failure).message.replaceAll(here, 'HERE')
    }
    return 'opened'
  }

  it('are opened by their directory or their _metadata, in every spelling of a path', async () => {
    for (const location of ['./sp', 'sp/', `${here}/sp`, `${here}/sp/_metadata`]) {
      for (const spelling of location.startsWith('/') ? ['', 'file:', 'file://', 'FILE://localhost'] : ['']) {
        const { read, close, ...file } = await placesFromHere({ directory: here }).openMetadata(
          `${spelling}${location}`,
        )
        const into = Buffer.alloc(4)
        assert.equal(await read(3, into), 4)
        await close()
        assert.equal(into.toString(), '3456')
        const expected = { directory: `file:${here}/sp`, shown: `${here}/sp/_metadata` }
        assert.deepEqual(file, { ...expected, size: 10, modifiedAt: 1_000_000 })
      }
    }
  })

  it('are read at any place, small and large ones', async () => {
    for (const size of [0, 10, 1024 * 1024, 1024 * 1024 + 10]) {
      const bytes = Buffer.from(Array.from({ length: size }, (_, at) => at % 251))
      writeFileSync(join(here, 'sp/_metadata'), bytes)
      const file = await placesFromHere({ directory: here }).openMetadata('sp')
      assert.equal(file.size, size)
      for (const offset of [0, 5, size - 3, size, size + 5].filter(at => at >= 0)) {
        const into = Buffer.alloc(8)
        const came = await file.read(offset, into)
        assert.deepEqual(into.subarray(0, came), bytes.subarray(offset, offset + 8), `${offset} of ${size}`)
      }
      await file.close()
    }
  })

  it('that are not there, or not whole, are told apart', async () => {
    mkdirSync(join(here, 'empty'))
    assert.equal(await refused('./nothing'), 'error: cannot read HERE/nothing: no such file or directory')
    assert.equal(
      await refused('./empty'),
      'error: cannot read HERE/empty/_metadata: no such file: the directory holds no savepoint, or one that was never completed',
    )
    assert.equal(
      await refused('cosn://b/sp'),
      'error: cannot read cosn://b/sp: cosn: is no file system that can be read from here',
    )
    assert.equal(
      await refused('file://host/sp'),
      'error: cannot read file://host/sp: it is not on this machine',
    )
  })

  it('are files: nobody waits for a pipe', async () => {
    const shell = 'mkfifo "$0"'
    execFileSync('bash', ['-c', shell, join(here, 'pipe')])
    assert.equal(await refused('./pipe'), 'error: cannot read HERE/pipe: it is no file')
    assert.equal(await placesFromHere({ directory: here }).headOf('./pipe', 10), undefined)
    assert.equal(await placesFromHere({ directory: here }).sizeOf('./pipe'), 'missing')
  })

  it('that must not be read say so', async function () {
    if (process.getuid?.() === 0) return console.log('      not tried: root may read everything')
    chmodSync(join(here, 'sp/_metadata'), 0)
    assert.equal(await refused('./sp'), 'error: cannot read HERE/sp/_metadata: permission denied')
    this.timeout(1_000)
  })

  it('have files, of which the size and the first bytes are told', async () => {
    const places = placesFromHere({ directory: here })
    assert.equal(await places.sizeOf(`file:${here}/sp/_metadata`), 10)
    assert.equal(await places.sizeOf(`file:${here}/sp/gone`), 'missing')
    assert.equal(await places.sizeOf(`${here}/sp/_metadata/below`), 'missing')
    assert.equal(await places.sizeOf('cosn://b/a'), 'unknown')
    assert.equal(Buffer.from((await places.headOf('./sp/_metadata', 3)) ?? []).toString(), '012')
    assert.equal((await places.headOf('./sp/_metadata', 30))?.length, 10)
    assert.equal(await places.headOf('./sp/gone', 3), undefined)
    assert.equal(await places.headOf('cosn://b/a', 3), undefined)
  })

  it('are listed as the directory is spelled, links for what they are', async () => {
    mkdirSync(join(here, 'sp/inner %20+ü'))
    symlinkSync(join(here, 'sp/_metadata'), join(here, 'sp/link'))
    const places = placesFromHere({ directory: here })
    for (const directory of ['./sp', `file://${here}/sp/`, `${here}/sp`]) {
      const spelled = directory.replace(/\/$/, '')
      const found = (await pagesOf(places.list(directory))).flat()
      assert.deepEqual(
        found
          .map(({ modifiedAt, ...each }) => each)
          .sort((a, b) => a.location.localeCompare(b.location, 'en')),
        [
          { location: `${spelled}/_metadata`, kind: 'file', sizeBytes: 10 },
          { location: `${spelled}/inner %20+ü`, kind: 'directory' },
          { location: `${spelled}/link`, kind: 'other' },
        ],
      )
    }
    assert.deepEqual(await pagesOf(places.list('./none')), [])
    assert.deepEqual(await pagesOf(places.list('./sp/_metadata')), [])
  })

  it('are listed a thousand at a time', async () => {
    mkdirSync(join(here, 'many'))
    for (let number = 0; number < 2_001; number++) writeFileSync(join(here, `many/${number}`), '')
    const pages = await pagesOf(placesFromHere({ directory: here }).list('./many'))
    assert.deepEqual(
      pages.map(({ length }) => length),
      [1_000, 1_000, 1],
    )
  })

  it('have a status, which follows links', async () => {
    symlinkSync(join(here, 'sp'), join(here, 'link'))
    const places = placesFromHere({ directory: here })
    assert.deepEqual(await places.status('./link/_metadata'), {
      location: './link/_metadata',
      kind: 'file',
      sizeBytes: 10,
      modifiedAt: 1_000_000,
    })
    assert.equal((await places.status('file:./link'))?.kind, 'directory')
    assert.equal(await places.status('./none/a'), undefined)
  })

  it('are deleted one by one: a directory only when it is empty, and a link, not what it leads to', async () => {
    symlinkSync(join(here, 'sp'), join(here, 'link'))
    const places = placesFromHere({ directory: here })
    const reason = (removed: Promise<void>) =>
      removed.then(
        () => 'done',
        (error: Failure) => error.message.replaceAll(here, 'HERE'),
      )
    assert.equal(
      await reason(places.removeDirectory('./sp')),
      'error: cannot delete HERE/sp: directory not empty',
    )
    assert.equal(
      await reason(places.removeDirectory('./link')),
      'error: cannot delete HERE/link: not a directory',
    )
    assert.equal(await reason(places.remove('./link')), 'done')
    assert.deepEqual(readdirSync(here), ['sp'])
    for (const again of [1, 2]) {
      assert.equal(await reason(places.remove('./sp/_metadata')), 'done', `${again}`)
      assert.equal(await reason(places.removeDirectory('./sp')), 'done', `${again}`)
    }
    assert.deepEqual(readdirSync(here), [])
  })
})

async function pagesOf(list: AsyncIterable<readonly FileStatus[]>): Promise<(readonly FileStatus[])[]> {
  const pages = []
  for await (const page of list) pages.push(page)
  return pages
}
