import type { Candidate } from '../../domain/candidate.ts'
import type { World } from '../../domain/ports.ts'
import { candidates } from '../../history/candidates.ts'
import type { JobName } from '../job/name.ts'
import { gatherSavepoints } from '../sources/gather.ts'

/** The savepoints of a job by the words that name them, as its object, the record and snapshots tell: Flink is not asked. */
export async function savepointCandidates(world: World, job: JobName): Promise<readonly Candidate[]> {
  const sources = new Set(['status', 'record', 'snapshots'] as const)
  const { facts, savepoints } = await gatherSavepoints(world, job, {
    ...{ sources, restWanted: false, restWaitMs: 0 },
  })
  return candidates(savepoints, facts.job, world.clock.now())
}
