import { failure } from '../../domain/failure.ts'
import type { MetadataFile, Places } from '../../domain/places.ts'
import type { World } from '../../domain/ports.ts'
import type { RestoreTarget } from '../../domain/printable.ts'
import type { SourceName } from '../../domain/savepoint.ts'
import { findSavepoint, type SavepointName } from '../../history/find-savepoint.ts'
import { type Inspected, inspectMetadata } from '../../savepoint/inspect.ts'
import type { JobName } from '../job/name.ts'
import { gatherSavepoints } from '../sources/gather.ts'
import type { InspectOptions } from './options.ts'

/** Where the savepoints lie that are meant, and from where they are read. */
export interface Meant {
  readonly places: Places
  /** As many as were named. */
  readonly targets: readonly RestoreTarget[]
  /** Absent: only their locations are known. */
  readonly ofJob?: true
}

/** The savepoints that are meant: of a job, as its sources tell of them, and its JobManager's pod sees them. Throws where there is none. */
export async function meantSavepoints(world: World, options: InspectOptions): Promise<Meant> {
  const { job, savepoints } = options
  if (job) return await ofJob(world, job, options)
  const targets = savepoints.map(name => ({ location: name.by === 'location' ? name.location : '' }))
  return { places: world.places, targets }
}

async function ofJob(world: World, job: JobName, options: InspectOptions): Promise<Meant> {
  const { savepoints: names, operator } = options
  const gathering = { ...lookingFor(names), restWanted: false, ...(operator && { operator }) }
  const { facts, savepoints } = await gatherSavepoints(world, job, gathering)
  const targets = names.map(name => findSavepoint(savepoints, name, facts.job, world.clock.now()))
  return { places: await world.placesOf(facts.rest), targets, ofJob: true }
}

const kept: readonly SourceName[] = ['record', 'status', 'snapshots']

/** Flink may know the newest one alone; where it lies need not be asked of it. */
function lookingFor(names: readonly SavepointName[]) {
  const located = names.every(({ by }) => by === 'location')
  return { sources: new Set<SourceName>(located ? kept : [...kept, 'rest']), restWaitMs: 2_000 }
}

/** What is in one of them. */
export async function inspected(
  { places, ofJob }: Meant,
  target: RestoreTarget,
  { interrupted }: World,
  wanted: { readonly files: boolean },
): Promise<Inspected> {
  const file = await places.openMetadata(target.location)
  try {
    const found = await inspectMetadata(interruptible(file, interrupted), places, wanted)
    return ofJob ? { ...found, inspection: { ...found.inspection, savepoint: target } } : found
  } finally {
    await file.close()
  }
}

/** A long file is not read to its end after Ctrl-C. */
function interruptible(file: MetadataFile, interrupted: AbortSignal): MetadataFile {
  return {
    ...file,
    async read(offset, into) {
      if (interrupted.aborted) throw failure('interrupted', 'interrupted')
      return await file.read(offset, into)
    },
  }
}
