import type { InspectedOperator, Inspection } from '../domain/inspection.ts'
import type { MetadataFile, Places } from '../domain/places.ts'
import { utcOf } from '../domain/time.ts'
import { NeededFile } from './needed-file.ts'
import type { ReadOperator } from './operators.ts'
import { readMetadata } from './read.ts'
import { describe, head } from './reading.ts'
import { emptyTally, type OperatorTally } from './tally.ts'

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
  await readHeads(operators.flatMap(headsOf).slice(0, mostHeads), file.directory, places)
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

/** A file that begins with what describes the states of an operator. */
interface Head {
  readonly tally: OperatorTally
  readonly scope: 'operator' | 'keyed'
  readonly name: string
}

/** Only plain names beside `_metadata`: what else a file names is not ours to open. */
function headsOf({ tally }: ReadOperator): Head[] {
  return (['operator', 'keyed'] as const).flatMap(scope => {
    const { path: name = '', relative } = tally.head[scope] ?? {}
    return relative && !/[/\\]/.test(name) ? [{ tally, scope, name }] : []
  })
}

async function readHeads(
  heads: readonly Head[],
  directory: string,
  places: Pick<Places, 'headOf'>,
): Promise<void> {
  const waiting = heads.values()
  const worker = async () => {
    for (const { tally, scope, name } of waiting) {
      const bytes = await places.headOf(`${directory}/${name}`, head)
      if (bytes)
        describe(tally, emptyTally(), scope, Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length))
    }
  }
  await Promise.all(Array.from({ length: headsAtOnce }, worker))
}
