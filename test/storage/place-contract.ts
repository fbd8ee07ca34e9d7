import assert from 'node:assert/strict'
import type { FileStatus, Places } from '../../src/domain/places.ts'

/** A store with nothing in it, as the program sees it, and a way to put files there. */
export interface Store {
  readonly places: Places
  /** The location of a directory in it: `s3://bucket`. */
  readonly base: string
  /** Below the base: `sp/_metadata`. */
  put(path: string, bytes: Buffer): Promise<void>
  stop(): Promise<void>
}

const strange = ['a b', 'a%20b', 'a+b', 'ü', '%', '&=;', "it's", '(1)~*!', '😀']

/** What holds for savepoints in every place from which they are read. */
export function placeContract(name: string, start: () => Promise<Store>): void {
  describe(name, () => {
    let store: Store
    let at: (path: string) => string
    before(async function () {
      this.timeout(300_000)
      store = await start()
      at = path => `${store.base}/${path}`
      await store.put('sp/savepoint-1/_metadata', Buffer.from('0123456789'))
      await store.put('sp/savepoint-1/state', Buffer.alloc(100, 1))
      await store.put('sp/unfinished/state', Buffer.alloc(1))
    })
    after(() => store?.stop())

    const listed = async (directory: string) => {
      const pages = []
      for await (const page of store.places.list(directory)) pages.push(page)
      return pages
    }
    const namesIn = async (directory: string) => (await listed(directory)).flat().map(shown).sort()
    const shown = ({ location, kind, sizeBytes }: FileStatus) =>
      [location.replace(`${store.base}/`, ''), kind, sizeBytes].filter(each => each !== undefined).join(' ')
    const read = async (location: string, offset: number, length: number) => {
      const file = await store.places.open(location)
      const into = Buffer.alloc(length)
      let got = 0
      for (let more = 1; more > 0 && got < length; got += more)
        more = await file.read(offset + got, into.subarray(got))
      await file.close()
      return into.subarray(0, got)
    }
    const message = async (work: Promise<unknown>) =>
      await work.then(
        () => 'done',
        (error: Error) => error.message.replaceAll(`${store.base}/`, ''),
      )

    it('are opened by their directory or their _metadata', async () => {
      for (const location of ['sp/savepoint-1', 'sp/savepoint-1/', 'sp//savepoint-1/_metadata']) {
        const { directory, size, modifiedAt, read: readFrom } = await store.places.openMetadata(at(location))
        const into = Buffer.alloc(4)
        assert.equal(await readFrom(3, into), 4)
        assert.equal(into.toString(), '3456')
        assert.deepEqual(
          [directory.replace('sp//', 'sp/').replace(/\/$/, ''), size],
          [at('sp/savepoint-1'), 10],
        )
        assert.ok(modifiedAt > Date.parse('2026-01-01'), `${modifiedAt}`)
      }
    })

    it('that are not there, or not whole, are told apart', async () => {
      assert.equal(
        await message(store.places.openMetadata(at('sp/none'))),
        'error: cannot read sp/none: no such file or directory',
      )
      assert.equal(
        await message(store.places.openMetadata(at('sp/unfinished'))),
        'error: cannot read sp/unfinished/_metadata: no such file: the directory holds no savepoint, or one that was never completed',
      )
    })

    it('have a status: files, directories, and nothing', async () => {
      const status = async (path: string) => {
        const found = await store.places.status(at(path))
        return found && shown(found)
      }
      assert.equal(await status('sp/savepoint-1/state'), 'sp/savepoint-1/state file 100')
      assert.equal(await status('sp/savepoint-1'), 'sp/savepoint-1 directory')
      assert.equal(await status('sp/savepoint-'), undefined)
      assert.equal(await store.places.sizeOf(at('sp/savepoint-1/_metadata')), 10)
      assert.equal(await store.places.sizeOf(at('sp/savepoint-1/none')), 'missing')
    })

    it('are listed, directory by directory', async () => {
      assert.deepEqual(await namesIn(at('sp')), ['sp/savepoint-1 directory', 'sp/unfinished directory'])
      assert.deepEqual(await namesIn(at('sp/savepoint-1/')), [
        'sp/savepoint-1/_metadata file 10',
        'sp/savepoint-1/state file 100',
      ])
      assert.deepEqual(await namesIn(at('none')), [])
    })

    it('have names of every kind', async () => {
      for (const each of strange) await store.put(`strange/${each}/${each}`, Buffer.from(each))
      assert.deepEqual(await namesIn(at('strange')), strange.map(each => `strange/${each} directory`).sort())
      for (const each of strange) {
        const size = Buffer.byteLength(each)
        assert.deepEqual(await namesIn(at(`strange/${each}`)), [`strange/${each}/${each} file ${size}`])
        assert.equal((await read(at(`strange/${each}/${each}`), 0, 100)).toString(), each)
        await store.places.remove(at(`strange/${each}/${each}`))
      }
      assert.deepEqual(await namesIn(at('strange/a b')), [])
    })

    it('are read at any offset, to the end and no further', async () => {
      const bytes = Buffer.alloc(1_500_000, 0)
      for (let offset = 0; offset < bytes.length; offset += 4) bytes.writeUInt32BE(offset, offset)
      await store.put('large', bytes)
      assert.deepEqual(await read(at('large'), 0, 2_000_000), bytes)
      assert.deepEqual(await read(at('large'), 1_000_000, 10), bytes.subarray(1_000_000, 1_000_010))
      assert.deepEqual(await read(at('large'), 1_499_990, 100), bytes.subarray(1_499_990))
      assert.deepEqual(await read(at('large'), 1_500_000, 100), Buffer.alloc(0))
      assert.deepEqual(await store.places.headOf(at('large'), 8), bytes.subarray(0, 8))
    })

    it('may have empty files', async () => {
      await store.put('empty', Buffer.alloc(0))
      assert.equal(await store.places.sizeOf(at('empty')), 0)
      assert.deepEqual(await read(at('empty'), 0, 10), Buffer.alloc(0))
    })

    it('are listed a thousand at a time', async function () {
      this.timeout(300_000)
      const numbers = Array.from({ length: 1_001 }, (_, number) => `${number}`)
      for (let first = 0; first < numbers.length; first += 50)
        await Promise.all(
          numbers.slice(first, first + 50).map(each => store.put(`many/${each}`, Buffer.alloc(1))),
        )
      const pages = await listed(at('many'))
      assert.ok(
        pages.every(page => page.length <= 1_000),
        'a page is too long',
      )
      assert.deepEqual(
        pages
          .flat()
          .map(({ location }) => location)
          .sort(),
        numbers.map(each => at(`many/${each}`)).sort(),
      )
    })

    it('are deleted file by file, and a directory only when nothing is left in it', async () => {
      await store.put('old/_metadata', Buffer.alloc(1))
      await store.put('old/state', Buffer.alloc(1))
      assert.equal(
        await message(store.places.removeDirectory(at('old'))),
        'error: cannot delete old: directory not empty',
      )
      for (const again of ['once', 'and again']) {
        await store.places.remove(at('old/_metadata'))
        await store.places.remove(at('old/state'))
        await store.places.removeDirectory(at('old'))
        assert.equal(await store.places.status(at('old')), undefined, again)
      }
    })
  })
}
