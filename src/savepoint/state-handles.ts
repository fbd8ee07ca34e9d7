import type { Parsing } from './cursor.ts'
import { count, offsets, size, utf } from './primitives.ts'
import { countHandle, countState, deepest, describe, head, type Reading, type Scope } from './reading.ts'
import { streamHandle } from './stream-handle.ts'

// Each gives the bytes behind a handle, and undefined where there is none.

const modes = ['SPLIT_DISTRIBUTE', 'UNION', 'BROADCAST']

/** Operator state; of raw state the names mean nothing. */
export function* operatorHandle(reading: Reading, managed: boolean): Parsing<number | undefined> {
  const { cursor } = reading
  if (cursor.lacks(1)) yield 1
  const type = cursor.u8()
  countHandle(reading, `o${type}`)
  if (type === 0) return undefined
  if (type !== 4 && type !== 17)
    throw cursor.broken(`there is no operator handle of type ${type} in this format`, cursor.position - 1)
  const states = yield* count(cursor, 7, 'states')
  for (let state = 0; state < states; state++) yield* operatorState(reading, managed)
  if (type === 17) yield* mergedDirectories(reading)
  return yield* streamHandle(reading, managed ? 'operator' : undefined)
}

function* operatorState(reading: Reading, managed: boolean): Parsing<void> {
  const { cursor } = reading
  const name = yield* utf(cursor)
  if (cursor.lacks(1)) yield 1
  const type = modes[cursor.u8()]
  if (type === undefined) throw cursor.broken('there is no such way to distribute state', cursor.position - 1)
  yield* offsets(cursor)
  if (managed) countState(reading, { name, scope: 'operator', type, serializers: [] })
}

/** Where Flink 1.20 and later merge files: two directories, and whether they are empty. */
function* mergedDirectories({ cursor }: Reading): Parsing<void> {
  yield* utf(cursor)
  yield* utf(cursor)
  cursor.skip(1)
}

/** Keyed state, and what the changelog backend makes of it. */
export function* keyedHandle(reading: Reading, scope?: Scope, depth = 0): Parsing<number | undefined> {
  const { cursor } = reading
  if (depth >= deepest) throw cursor.broken('handles are nested too deeply')
  if (cursor.lacks(1)) yield 1
  const type = cursor.u8()
  countHandle(reading, `k${type}`)
  switch (type) {
    case 0:
      return undefined
    case 3:
    case 7:
    case 12:
      return yield* keyGroups(reading, type, scope)
    case 5:
    case 11:
      return yield* incremental(reading, type, scope)
    case 8:
    case 14:
      return yield* changelog(reading, type, scope, depth)
    case 9:
      return yield* changesInMemory(reading, scope)
    case 10:
    case 13:
      return yield* changesInFiles(reading, type)
    default:
      throw cursor.broken(`there is no keyed handle of type ${type} in this format`, cursor.position - 1)
  }
}

function* keyGroups(reading: Reading, type: number, scope: Scope | undefined): Parsing<number> {
  const { cursor } = reading
  cursor.skip(4)
  yield* offsets(cursor)
  const bytes = yield* streamHandle(reading, scope)
  if (type === 12) yield* utf(cursor)
  return bytes ?? 0
}

/** RocksDB's own files: those that later checkpoints share, and those that they do not. */
function* incremental(reading: Reading, type: number, scope: Scope | undefined): Parsing<number> {
  const { cursor } = reading
  cursor.skip(8)
  yield* utf(cursor)
  cursor.skip(type === 11 ? 4 + 4 + 8 : 4 + 4)
  const meta = (yield* streamHandle(reading, scope)) ?? 0
  const shared = yield* fileList(reading)
  const own = yield* fileList(reading)
  if (type === 11) yield* utf(cursor)
  return meta + shared + own
}

function* fileList(reading: Reading): Parsing<number> {
  let bytes = 0
  for (let left = yield* count(reading.cursor, 3, 'files'); left > 0; left--) {
    yield* utf(reading.cursor)
    bytes += (yield* streamHandle(reading)) ?? 0
  }
  return bytes
}

function* changelog(
  reading: Reading,
  type: number,
  scope: Scope | undefined,
  depth: number,
): Parsing<number> {
  const { cursor } = reading
  cursor.skip(4 + 4 + 8)
  const materialized = yield* keyedList(reading, scope, depth)
  const delta = yield* keyedList(reading, scope, depth)
  cursor.skip(type === 14 ? 8 + 8 : 8)
  yield* utf(cursor)
  return materialized + delta
}

function* keyedList(reading: Reading, scope: Scope | undefined, depth: number): Parsing<number> {
  let bytes = 0
  for (let left = yield* count(reading.cursor, 1, 'handles'); left > 0; left--)
    bytes += (yield* keyedHandle(reading, scope, depth + 1)) ?? 0
  return bytes
}

function* changesInMemory(reading: Reading, scope: Scope | undefined): Parsing<number> {
  const { cursor } = reading
  cursor.skip(4 + 4 + 8 + 8)
  let bytes = 0
  for (let left = yield* count(cursor, 8, 'changes'); left > 0; left--)
    bytes += yield* changeInMemory(reading, scope)
  yield* utf(cursor)
  return bytes
}

/** What is written for no key group (-1) describes a state (flink-dstl StateChangeLogger). */
function* changeInMemory(reading: Reading, scope: Scope | undefined): Parsing<number> {
  const { cursor } = reading
  if (cursor.lacks(4)) yield 4
  const describes = cursor.i32() === -1
  const length = yield* count(cursor, 1, 'bytes')
  if (describes && scope) {
    const seen = Math.min(length, head)
    if (cursor.lacks(seen)) yield seen
    describe(reading.operator, reading.tally, scope, cursor.peek(seen))
  }
  cursor.skip(length)
  return length
}

/**
 * Their files are larger than the handles say, by a byte that tells whether they are compressed, and if they are they have any size
 * (flink-dstl StateChangeFsUploader; seen on Flink 1.18).
 */
function* changesInFiles(reading: Reading, type: number): Parsing<number> {
  const { cursor } = reading
  cursor.skip(4 + 4)
  reading.sizesHold = false
  for (let left = yield* count(cursor, 9, 'files'); left > 0; left--) {
    cursor.skip(8)
    yield* streamHandle(reading)
  }
  reading.sizesHold = true
  const bytes = yield* size(cursor)
  cursor.skip(8)
  yield* utf(cursor)
  if (type === 13) yield* utf(cursor)
  return bytes ?? 0
}

/** Records in flight, of an unaligned checkpoint. Many handles share one stream: the size stands in the handle. */
export function* channelHandle(reading: Reading): Parsing<number> {
  const { cursor, version } = reading
  const merged = version >= 6 && (yield* isMerged(reading))
  cursor.skip(merged ? 4 : 4 + 4 + 4)
  if (!merged) yield* offsets(cursor)
  const bytes = yield* size(cursor)
  yield* streamHandle(reading)
  if (merged) cursor.skip(yield* count(cursor, 1, 'bytes'))
  return bytes ?? 0
}

function* isMerged(reading: Reading): Parsing<boolean> {
  const { cursor } = reading
  if (cursor.lacks(1)) yield 1
  const type = cursor.u8()
  countHandle(reading, `c${type}`)
  if (type < 1 || type > 4)
    throw cursor.broken(`there is no channel handle of type ${type} in this format`, cursor.position - 1)
  return type >= 3
}
