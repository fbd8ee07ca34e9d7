import type { World } from '../../domain/ports.ts'
import type { SourceName } from '../../domain/savepoint.ts'
import { findSavepoint, type SavepointName } from '../../history/find-savepoint.ts'
import type { JobName } from '../job/name.ts'
import { gatherSavepoints } from '../sources/gather.ts'
import type { Meant } from './meant.ts'
import type { InspectOptions } from './options.ts'

/** The savepoints of a job that are meant, as its sources tell of them, and its JobManager's pod sees them. Throws where there is none. */
export async function savepointsOfJob(world: World, job: JobName, options: InspectOptions): Promise<Meant> {
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
