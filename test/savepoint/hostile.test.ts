import assert from 'node:assert/strict'
import { readMetadata } from '../../src/savepoint/read.ts'
import { i32, i64, utf } from '../sandbox/flink/metadata.ts'
import { dice } from '../support/dice.ts'
import { everything } from './everything.ts'
import { read, refusal, sourceOf } from './reads.ts'
import { spoilt } from './spoilt.ts'
import * as w from './writer.ts'

const id = '00112233445566778899aabbccddeeff'

const keyedIn = (version: number, managedKeyed: Buffer) =>
  w.metadataOf({ version, operators: [{ id, subtasks: [{ managedKeyed }] }] })

/** Where the one keyed handle begins. */
const handleAt = 16 + 8 + 16 + 8 + 1 + 4 + 4 + 4 + 4

describe('A damaged _metadata', () => {
  const damaged = (at: number, what: string) => `error: cannot read it: it is damaged at byte ${at}: ${what}`

  it('that was cut off is refused wherever it was cut', async () => {
    const bytes = everything(6)
    for (let length = 8; length < bytes.length; length++)
      assert.match(
        await refusal(bytes.subarray(0, length)),
        /^error: cannot read it: it is damaged at byte \d+: /,
      )
  })

  it('whose lengths lie is refused at the length', async () => {
    const file = keyedIn(4, w.keyGroups(3, w.inline(Buffer.from('abcd'))))
    const at = file.indexOf('abcd') - 4
    for (const length of [2 ** 31 - 1, -1]) {
      const lying = Buffer.from(file)
      lying.writeInt32BE(length, at)
      const left = file.length - at - 4
      assert.equal(await refusal(lying), damaged(at, `${length} bytes cannot follow in ${left} bytes`))
    }
  })

  it('that counts more than can follow is refused before anything is kept for it', async () => {
    const start = w.metadataOf({ version: 3, checkpointId: 1 }).subarray(0, 16)
    const masters = Buffer.concat([start, i32(2 ** 31 - 1), i32(0)])
    assert.equal(await refusal(masters), damaged(16, '2147483647 master states cannot follow in 4 bytes'))
    const operators = Buffer.concat([start, i32(0), i32(-5)])
    assert.equal(await refusal(operators), damaged(20, '-5 operators cannot follow in 0 bytes'))
  })

  it('with a handle that the format does not have is refused at its type', async () => {
    for (const [handle, what] of [
      [Buffer.from([99]), 'there is no keyed handle of type 99 in this format'],
      [w.changelog(14, [Buffer.from([200])], []), 'there is no keyed handle of type 200 in this format'],
    ] as const) {
      const at = handle.length === 1 ? handleAt : handleAt + 1 + 4 + 4 + 8 + 4
      assert.equal(await refusal(keyedIn(4, handle)), damaged(at, what))
    }
    assert.match(
      await refusal(keyedIn(4, w.keyGroups(3, Buffer.from([9])))),
      /: there is no stream handle of type 9 in this format$/,
    )
    const managedOperator = Buffer.from([5])
    assert.match(
      await refusal(w.metadataOf({ version: 4, operators: [{ id, subtasks: [{ managedOperator }] }] })),
      /: there is no operator handle of type 5 in this format$/,
    )
  })

  it('that nests handles without end is refused', async () => {
    let keyed = w.keyGroups(3, w.none)
    let stream = w.none
    for (let depth = 0; depth < 2_000; depth++) {
      keyed = w.changelog(14, [keyed], [])
      stream = w.nested(stream)
    }
    assert.match(await refusal(keyedIn(4, keyed)), /: handles are nested too deeply$/)
    assert.match(await refusal(keyedIn(4, w.keyGroups(3, stream))), /: handles are nested too deeply$/)
  })

  it('with a master state that ends elsewhere than it says is refused', async () => {
    const file = w.metadataOf({ version: 3, masters: ['hook'] })
    const at = file.indexOf('hook') + 4
    for (const bytes of [1, 3]) {
      const lying = Buffer.concat([file, Buffer.alloc(9)])
      lying.writeInt32BE(bytes, at)
      const what = `a master state should end at byte ${at + 6}, and its ${bytes} bytes do not`
      assert.equal(await refusal(lying), damaged(at + 4, what))
    }
  })

  it('may be a changelog of Flink 1.14, and is said to be where it may', async () => {
    const as14 = w.changesInMemory([]).subarray(0, 17)
    const doubt = / \(or a changelog of Flink 1\.14, which cannot be read\)$/
    assert.match(await refusal(keyedIn(3, as14)), doubt)
    assert.doesNotMatch(await refusal(keyedIn(4, as14)), doubt)
  })

  it('with numbers that nothing can have is refused', async () => {
    const huge = Buffer.concat([Buffer.from([2]), i64(2n ** 62n), utf('file:/a')])
    assert.match(await refusal(keyedIn(4, w.keyGroups(3, huge))), /: a number is beyond 2\^53$/)
    assert.match(
      await refusal(keyedIn(4, w.keyGroups(3, w.absolute('file:/a', -2)))),
      /: a size of -2 bytes$/,
    )
    assert.match(
      await refusal(w.metadataOf({ version: 4, checkpointId: -1 })),
      /: the checkpoint has the id -1$/,
    )
    const [unknown] = (await read(keyedIn(4, w.keyGroups(3, w.absolute('file:/a', -1))))).operators
    assert.equal(unknown?.stateBytes, 0)
  })

  it('whose texts are none is refused', async () => {
    const file = keyedIn(4, w.keyGroups(3, w.absolute('file:/abc', 1)))
    file[file.indexOf('abc')] = 0xff
    assert.match(await refusal(file), /: a text is not in modified UTF-8$/)
  })

  it('that grows shorter while it is read is refused', async () => {
    const bytes = everything(4)
    const source = { size: bytes.length + 1000, read: sourceOf(bytes).read }
    await assert.rejects(readMetadata(source, 'it'), /the file became shorter while it was read/)
  })
})

describe('A _metadata full of descriptions of states', () => {
  it('is read as far as a job can have them', async () => {
    const description = Buffer.alloc(128 * 1024, w.keyedState('_timer_state/a', 'TIMERS'))
    const operators = Array.from({ length: 300 }, (_, at) => ({
      id: at.toString(16).padStart(32, '0'),
      subtasks: [{ managedKeyed: w.keyGroups(3, w.inline(description)) }],
    }))
    const got = await read(w.metadataOf({ version: 4, operators }))
    const described = got.operators.filter(({ tally }) => tally.states.size > 0).length
    assert.deepEqual([got.operators.length, described], [300, 256 + 1])
  })
})

describe('Whatever is done to a savepoint', () => {
  const seed = Number(process.env['SEED'] ?? Math.floor(Math.random() * 2 ** 31))
  const rounds = 4_000

  it(`it is read or refused, and at once (SEED=${seed})`, async () => {
    const chance = dice(seed)
    const originals = [2, 3, 4, 5, 6].map(everything) as [Buffer, ...Buffer[]]
    const ends = { read: 0, refused: 0 }
    for (let round = 0; round < rounds; round++) {
      const bytes = spoilt(chance.pick(originals), chance)
      const before = performance.now()
      if ((await refusal(bytes)) === 'read') ends.read++
      else ends.refused++
      const took = performance.now() - before
      assert(took < 2_000, `round ${round} took ${took} ms`)
    }
    assert(ends.read > 0 && ends.refused > rounds / 10, `nothing was tried: ${JSON.stringify(ends)}`)
  })
})
