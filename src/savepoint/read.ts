import type { ByteSource } from '../domain/byte-source.ts'
import { Failure, failure } from '../domain/failure.ts'
import type { Contents } from '../domain/inspection.ts'
import { Cursor, type Parsing, parsed } from './cursor.ts'
import { javaObjectIn } from './java-object.ts'
import { operatorState, type ReadOperator } from './operators.ts'
import { count, utf } from './primitives.ts'
import { type Properties, propertiesFrom, propertiesIn } from './properties.ts'
import type { Reading } from './reading.ts'
import type { Reference } from './references.ts'
import { emptyOperator, emptyTally, type Tally } from './tally.ts'

const magic = 0x4960672d
const masterMagic = 0xc96b1696 | 0
/** ObjectOutputStream's header. */
const javaStream = 0xaced0005 | 0

/** Which releases write a version (flink-runtime MetadataV2Serializer to MetadataV6Serializer). */
const writers: Readonly<Record<number, string>> = {
  2: '1.3 to 1.10',
  3: '1.11 to 1.15',
  4: '1.16 to 1.20',
  5: '2.0',
  6: '2.1 and later',
}

// Real files are far from these; a small one may claim anything.
const mostOperators = 100_000
const mostMasterStates = 10_000
const largestFile = 2 ** 32
const largestProperties = 64 * 1024

/** `_metadata` as far as it goes by itself. */
export interface Metadata extends Omit<Contents, 'operators'> {
  readonly operators: readonly ReadOperator[]
  /** Where they were asked for. */
  readonly files?: readonly Reference[]
}

/**
 * Reads a `_metadata` file of Flink, format versions 2 to 6, once and in small pieces; state that is held in it is skipped.
 * Throws a Failure for what is no savepoint, of another version, or damaged; `shown` names the file in it.
 */
export async function readMetadata(
  source: ByteSource,
  shown: string,
  options: { readonly files?: boolean } = {},
): Promise<Metadata> {
  if (source.size > largestFile)
    throw failure('not-asked', `cannot read ${shown}: it is larger than 4 GiB, which no _metadata file is`)
  const cursor = new Cursor(source.size, shown)
  return await parsed(source, cursor, metadata(cursor, shown, options.files ?? false))
}

function* metadata(cursor: Cursor, shown: string, keepFiles: boolean): Parsing<Metadata> {
  const version = yield* formatVersion(cursor, shown)
  const tally = emptyTally(keepFiles)
  const reading: Reading = { cursor, version, tally, operator: emptyOperator(), sizesHold: true }
  if (cursor.lacks(8)) yield 8
  const checkpointId = cursor.i64()
  if (checkpointId < 0) throw cursor.broken(`the checkpoint has the id ${checkpointId}`, cursor.position - 8)
  const masterStates = yield* masters(cursor)
  const operators = yield* operatorStates(reading)
  const trailingBytes = cursor.left
  const properties = yield* checkpointProperties(reading)
  return {
    ...{ formatVersion: version, flinkVersions: writers[version] ?? '', checkpointId },
    ...properties,
    ...{ masterStates, trailingBytes },
    ...totals(reading.tally),
    stateBytes: operators.reduce((sum, { stateBytes }) => sum + stateBytes, 0),
    operators,
    ...(reading.tally.files && { files: reading.tally.files.all }),
  }
}

function* formatVersion(cursor: Cursor, shown: string): Parsing<number> {
  if (cursor.left < 8) throw noSavepoint(shown, `it has ${cursor.size} bytes`)
  if (cursor.lacks(8)) yield 8
  if (cursor.i32() !== magic) throw noSavepoint(shown, 'it does not begin as one')
  const version = cursor.i32()
  if (writers[version] === undefined) throw anotherVersion(shown, version)
  return version
}

function noSavepoint(shown: string, why: string): Failure {
  return failure('not-asked', `cannot read ${shown}: this is no _metadata file of Flink: ${why}`)
}

function anotherVersion(shown: string, version: number): Failure {
  const from = version === 1 ? 'which Flink 1.2 and before wrote' : 'which is not known'
  return failure(
    'not-asked',
    `cannot read ${shown}: it has format version ${version}, ${from}; versions 2 to 6 can be read (Flink 1.3 and later)`,
  )
}

function* masters(cursor: Cursor): Parsing<string[]> {
  const number = yield* count(cursor, 8, 'master states')
  if (number > mostMasterStates) throw cursor.broken(`there are ${number} master states`, cursor.position - 4)
  const names: string[] = []
  for (let left = number; left > 0; left--) names.push(yield* masterState(cursor))
  return names
}

function* masterState(cursor: Cursor): Parsing<string> {
  if (cursor.lacks(4)) yield 4
  if (cursor.i32() !== masterMagic)
    throw cursor.broken('here a master state should begin', cursor.position - 4)
  const length = yield* count(cursor, 1, 'bytes of a master state')
  const end = cursor.position + length
  if (cursor.lacks(4)) yield 4
  cursor.skip(4)
  const name = yield* utf(cursor)
  const bytes = yield* count(cursor, 1, 'bytes of a master state')
  if (cursor.position + bytes !== end)
    throw cursor.broken(`a master state should end at byte ${end}, and its ${bytes} bytes do not`)
  cursor.skip(bytes)
  return name
}

function* operatorStates(reading: Reading): Parsing<ReadOperator[]> {
  const { cursor } = reading
  const number = yield* count(cursor, 28, 'operators')
  if (number > mostOperators) throw cursor.broken(`there are ${number} operators`, cursor.position - 4)
  const operators: ReadOperator[] = []
  try {
    for (let left = number; left > 0; left--) operators.push(yield* operatorState(reading))
  } catch (error) {
    throw withDoubt(error, reading)
  }
  return operators
}

/** Flink 1.14 wrote the handles of its experimental changelog without fields that they have since 1.15, under the same numbers. */
function withDoubt(error: unknown, { version, tally }: Reading): unknown {
  const changelog = ['k8', 'k9', 'k10'].some(kind => tally.handleTypes.has(kind))
  if (version !== 3 || !changelog || !(error instanceof Failure)) return error
  return new Failure(error.code, `${error.message} (or a changelog of Flink 1.14, which cannot be read)`)
}

/** Written since version 4. */
function* checkpointProperties({ cursor, version, tally }: Reading): Parsing<Properties> {
  const told = propertiesFrom(tally.handleTypes)
  if (version < 4) return told
  if (cursor.lacks(5)) yield 5
  if (cursor.i32() !== javaStream)
    throw cursor.broken('here the checkpoint properties should begin', cursor.position - 4)
  const length = Math.min(cursor.left, largestProperties)
  if (cursor.lacks(length)) yield length
  const isLast = length === cursor.left
  const bytes = cursor.take(length)
  if (isLast && javaObjectIn(bytes) === 'cut off')
    throw cursor.broken('it ends within the checkpoint properties')
  const properties = propertiesIn(bytes)
  return properties.type === undefined ? told : properties
}

function totals(tally: Tally) {
  const { relativeFiles, absoluteFiles, inlineBytes, sizes, handleTypes } = tally
  let fileBytes = 0
  for (const bytes of sizes.values()) fileBytes += bytes
  return {
    handleTypes: Object.fromEntries(handleTypes),
    ...{ relativeFiles, absoluteFiles, inlineBytes },
    ...{ fileCount: sizes.size, fileBytes, relocatable: absoluteFiles === 0 },
  }
}
