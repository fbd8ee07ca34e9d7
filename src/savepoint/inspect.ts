import type { InspectedOperator, Inspection } from '../domain/inspection.ts'
import { isBelow } from '../domain/location.ts'
import type { MetadataFile, Places } from '../domain/places.ts'
import { utcOf } from '../domain/time.ts'
import { NeededFile } from './needed-file.ts'
import type { ReadOperator } from './operators.ts'
import { readMetadata } from './read.ts'
import { describe, head } from './reading.ts'
import type { FilePath } from './references.ts'
import { emptyTally, type OperatorTally, type StreamStart } from './tally.ts'

/** A savepoint, and the files that it needs, where they are wanted. */
export interface Inspected {
  readonly inspection: Inspection
  readonly needed: readonly NeededFile[]
}

/** Of so many operators the states are looked for in files: a job has fewer, and each costs a file. */
const mostHeads = 256
/** Some file systems are far away. */
const headsAtOnce = 8

/** What is in the savepoint of an open `_metadata`; the first bytes of some of its files tell more of its states. */
export async function inspectMetadata(
  file: MetadataFile,
  places: Pick<Places, 'headOf'>,
  wanted: { readonly files: boolean },
): Promise<Inspected> {
  const { files = [], operators, ...contents } = await readMetadata(file, file.shown, wanted)
  await readHeads(operators.flatMap(each => headsOf(each, file.directory)).slice(0, mostHeads), places)
  const inspection = {
    location: file.directory,
    sizeBytes: file.size,
    modifiedAt: utcOf(Math.floor(file.modifiedAt / 1000) * 1000),
    ...contents,
    ...(contents.type === undefined && typeOf(file.directory, contents.handleTypes)),
    operators: operators.map(inspected),
  }
  return { inspection, needed: files.map(reference => new NeededFile(reference, file.directory)) }
}

/** Flink's own names (CheckpointStorage of flink-runtime); before Flink 1.16 nothing in the file says it. */
function typeOf(
  directory: string,
  handles: Inspection['handleTypes'],
): Pick<Inspection, 'type' | 'format' | 'toldFrom'> {
  const name = directory.split('/').at(-1) ?? ''
  if (/^chk-\d+$/.test(name)) return { type: 'checkpoint', toldFrom: 'location' }
  if (!/^savepoint-[0-9a-f]{6}-[0-9a-f]{12}$/.test(name)) return {}
  // Flink 1.15 alone has these handles and says nothing of the format; a canonical savepoint has others (k7).
  const native = 'k11' in handles || 'k12' in handles
  return { type: 'savepoint', ...(native && { format: 'NATIVE' }), toldFrom: 'location' }
}

function inspected({ tally, ...operator }: ReadOperator): InspectedOperator {
  const { keySerializer, states } = tally
  return { ...operator, ...(keySerializer && { keySerializer }), states: [...states.values()] }
}

/** A stream that begins with what describes the states of an operator. */
interface Head {
  readonly tally: OperatorTally
  readonly scope: 'operator' | 'keyed'
  readonly location: string
  readonly part: StreamStart['part']
}

function headsOf({ tally }: ReadOperator, directory: string): Head[] {
  return (['operator', 'keyed'] as const).flatMap(scope => {
    const start = tally.head[scope]
    const location = start && ownLocation(start, directory)
    return location === undefined ? [] : [{ tally, scope, location, part: start?.part }]
  })
}

/**
 * Plain names beside `_metadata`, and what a checkpoint has in the directories of its job (flink-runtime AbstractFsCheckpointStorageAccess),
 * where merged files lie since Flink 1.20: what else a file names is not ours to open.
 */
function ownLocation({ path, relative }: FilePath, directory: string): string | undefined {
  if (relative) return /[/\\]/.test(path) ? undefined : `${directory}/${path}`
  const job = directory.replace(/\/+[^/]*$/, '')
  return ['shared', 'taskowned'].some(each => isBelow(path, `${job}/${each}`)) ? path : undefined
}

async function readHeads(heads: readonly Head[], places: Pick<Places, 'headOf'>): Promise<void> {
  const waiting = heads.values()
  const worker = async () => {
    for (const { tally, scope, location, part } of waiting) {
      const bytes = await places.headOf(location, Math.min(head, part?.bytes ?? head), part?.at)
      if (bytes)
        describe(tally, emptyTally(), scope, Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length))
    }
  }
  await Promise.all(Array.from({ length: headsAtOnce }, worker))
}
