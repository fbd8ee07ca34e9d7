import type { BytesByKind, InspectedOperator } from '../domain/inspection.ts'
import type { Cursor, Parsing } from './cursor.ts'
import { count, optionalUtf } from './primitives.ts'
import type { Reading } from './reading.ts'
import { channelHandle, keyedHandle, operatorHandle } from './state-handles.ts'
import { streamHandle } from './stream-handle.ts'
import { emptyOperator, type OperatorTally, stateBytesOf } from './tally.ts'

/** An operator, and the files that describe its states where no inline bytes did. */
export interface ReadOperator extends Omit<InspectedOperator, 'states' | 'keySerializer'> {
  readonly tally: OperatorTally
}

/** One operator with all its subtasks. */
export function* operatorState(reading: Reading): Parsing<ReadOperator> {
  const { cursor, version } = reading
  const tally = emptyOperator()
  reading.operator = tally
  const name = version >= 5 ? yield* optionalUtf(cursor) : null
  const uid = version >= 5 ? yield* optionalUtf(cursor) : null
  if (cursor.lacks(24)) yield 24
  const id = cursor.take(16).toString('hex')
  const parallelism = cursor.i32()
  const maxParallelism = cursor.i32()
  if (version === 2) cursor.skip(4)
  const coordinator = version === 2 ? undefined : yield* streamHandle(reading)
  if (coordinator !== undefined) tally.hasState = true
  const subtaskEntries = yield* entries(cursor, version)
  for (let entry = 0; entry < subtaskEntries; entry++) yield* subtask(reading)
  return {
    ...{ id, name, uid, parallelism, maxParallelism, subtaskEntries },
    finished: tally.finished,
    fullyFinished: subtaskEntries < 0,
    stateBytes: stateBytesOf(tally.bytesByKind),
    coordinatorBytes: coordinator ?? 0,
    bytesByKind: tally.bytesByKind,
    hasState: tally.hasState,
    tally,
  }
}

/** -1 since version 3: the operator has finished, and nothing follows. */
function* entries(cursor: Cursor, version: number): Parsing<number> {
  if (cursor.lacks(4)) yield 4
  const number = cursor.i32()
  if (number < 0 && version >= 3) return -1
  if (number < 0 || number * 4 > cursor.left)
    throw cursor.broken(`${number} subtasks cannot follow in ${cursor.left} bytes`, cursor.position - 4)
  return number
}

function* subtask(reading: Reading): Parsing<void> {
  const { cursor, version, operator } = reading
  if (cursor.lacks(4)) yield 4
  const index = cursor.i32()
  if (index < 0) {
    if (version === 2) throw cursor.broken(`a subtask has the index ${index}`, cursor.position - 4)
    operator.finished++
    return
  }
  if (version === 2) yield* noLegacyState(cursor)
  add(operator, 'managedOperator', yield* flagged(reading, true))
  add(operator, 'rawOperator', yield* flagged(reading, false))
  add(operator, 'managedKeyed', yield* keyedHandle(reading, 'keyed'))
  add(operator, 'rawKeyed', yield* keyedHandle(reading))
  if (version === 2) return
  yield* channels(reading, 'inputChannel')
  yield* channels(reading, 'resultSubpartition')
}

/** State of Flink 1.1, which no version reads any more. */
function* noLegacyState(cursor: Cursor): Parsing<void> {
  cursor.skip(8)
  if (cursor.lacks(4)) yield 4
  if (cursor.i32() !== 0) throw cursor.broken('it has state of Flink 1.1', cursor.position - 4)
}

function* flagged(reading: Reading, managed: boolean): Parsing<number | undefined> {
  const { cursor } = reading
  if (cursor.lacks(4)) yield 4
  return cursor.i32() === 0 ? undefined : yield* operatorHandle(reading, managed)
}

function* channels(reading: Reading, kind: 'inputChannel' | 'resultSubpartition'): Parsing<void> {
  for (let left = yield* count(reading.cursor, 8, 'channels'); left > 0; left--)
    add(reading.operator, kind, yield* channelHandle(reading))
}

function add(operator: OperatorTally, kind: keyof BytesByKind, bytes: number | undefined): void {
  if (bytes === undefined) return
  operator.hasState = true
  operator.bytesByKind[kind] += bytes
}
