import type { InspectedOperator, Inspection } from '../domain/inspection.ts'
import type { MetadataFile, Places } from '../domain/places.ts'
import { utcOf } from '../domain/time.ts'
import { NeededFile } from './needed-file.ts'
import type { ReadOperator } from './operators.ts'
import { readMetadata } from './read.ts'
import { describe, head } from './reading.ts'
import { emptyTally } from './tally.ts'

/** A savepoint, and the files that it needs, where they are wanted. */
export interface Inspected {
  readonly inspection: Inspection
  readonly needed: readonly NeededFile[]
}

/** Of so many operators the states are looked for in files: a job has fewer, and each costs a file. */
const mostHeads = 256

/** What is in the savepoint of an open `_metadata`; the first bytes of some of its files tell more of its states. */
export async function inspectMetadata(
  file: MetadataFile,
  places: Places,
  wanted: { readonly files: boolean },
): Promise<Inspected> {
  const { files = [], operators, ...contents } = await readMetadata(file, file.shown, wanted)
  let heads = 0
  for (const operator of operators) {
    if (heads >= mostHeads) break
    heads += await readHeads(operator, file.directory, places)
  }
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

/** How many files it took. Only plain names beside `_metadata`: what else a file names is not ours to open. */
async function readHeads({ tally }: ReadOperator, directory: string, places: Places): Promise<number> {
  let heads = 0
  for (const scope of ['operator', 'keyed'] as const) {
    const reference = tally.head[scope]
    if (!reference?.relative || /[/\\]/.test(reference.path)) continue
    const bytes = await places.headOf(`${directory}/${reference.path}`, head)
    heads++
    if (bytes) describe(tally, emptyTally(), scope, Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length))
  }
  return heads
}
