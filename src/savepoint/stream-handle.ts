import type { Parsing } from './cursor.ts'
import { type NamedFile, namedFile } from './named-file.ts'
import { count, offsets, size, utf } from './primitives.ts'
import { countFile, countHandle, deepest, head, isWanted, look, type Reading, type Scope } from './reading.ts'

/** The bytes behind a stream handle; undefined where there is no handle. `scope`: what the stream begins with a description of. */
export function* streamHandle(reading: Reading, scope?: Scope, depth = 0): Parsing<number | undefined> {
  const { cursor } = reading
  if (cursor.lacks(1)) yield 1
  const type = cursor.u8()
  countHandle(reading, `s${type}`)
  switch (type) {
    case 0:
      return undefined
    case 1:
      return yield* inlineBytes(reading, scope)
    case 2:
      return yield* absoluteFile(reading, scope)
    case 3:
      return yield* nestedKeyGroups(reading, scope, depth)
    case 6:
      return yield* relativeFile(reading, scope)
    case 15:
      return yield* segment(reading, scope)
    case 16:
      return 0
    default:
      throw cursor.broken(`there is no stream handle of type ${type} in this format`, cursor.position - 1)
  }
}

function* inlineBytes(reading: Reading, scope: Scope | undefined): Parsing<number> {
  const { cursor, tally } = reading
  yield* utf(cursor) // Looks like the path of a file, and is none.
  const bytes = yield* count(cursor, 1, 'bytes')
  tally.inlineBytes += bytes
  if (scope !== undefined && isWanted(reading, scope)) {
    const seen = Math.min(bytes, head)
    if (cursor.lacks(seen)) yield seen
    look(reading, scope, cursor.peek(seen))
  }
  cursor.skip(bytes)
  return bytes
}

function* absoluteFile(reading: Reading, scope: Scope | undefined): Parsing<number> {
  const bytes = yield* size(reading.cursor)
  noteFile(reading, scope, yield* namedFile(reading, false, scope), bytes)
  return bytes ?? 0
}

function* relativeFile(reading: Reading, scope: Scope | undefined): Parsing<number> {
  const file = yield* namedFile(reading, true, scope)
  const bytes = yield* size(reading.cursor)
  noteFile(reading, scope, file, bytes)
  return bytes ?? 0
}

function noteFile(
  reading: Reading,
  scope: Scope | undefined,
  file: NamedFile,
  bytes: number | undefined,
): void {
  countFile(reading, file, bytes)
  const { path, relative } = file
  if (scope !== undefined && path !== undefined) reading.operator.head[scope] ??= { path, relative }
}

function* nestedKeyGroups(reading: Reading, scope: Scope | undefined, depth: number): Parsing<number> {
  const { cursor } = reading
  if (depth >= deepest) throw cursor.broken('handles are nested too deeply')
  if (cursor.lacks(4)) yield 4
  cursor.skip(4)
  yield* offsets(cursor)
  return (yield* streamHandle(reading, scope, depth + 1)) ?? 0
}

/** Of a file that several handles share (since Flink 1.20): it is at least as large as its segments go. */
function* segment(reading: Reading, scope: Scope | undefined): Parsing<number> {
  const { cursor } = reading
  const start = (yield* size(cursor)) ?? 0
  const bytes = (yield* size(cursor)) ?? 0
  cursor.skip(4)
  const file = yield* namedFile(reading, false, scope)
  yield* utf(cursor)
  countFile({ ...reading, sizesHold: false }, file, start + bytes)
  const { path, relative } = file
  if (scope !== undefined && path !== undefined)
    reading.operator.head[scope] ??= { path, relative, part: { at: start, bytes } }
  return bytes
}
