import { type Failure, failure } from '../../domain/failure.ts'
import type { Cluster, World } from '../../domain/ports.ts'
import { shortName } from '../../domain/resource.ts'
import type { TakeEntry } from '../../history/entry.ts'
import type { RecordedJob } from '../../history/record.ts'
import { unrecorded } from '../../history/unrecorded.ts'
import { record } from '../../history/write-record.ts'
import { inTurn } from '../job/in-turn.ts'
import type { JobSavepoints } from '../sources/gather-many.ts'

/** So many records are written at once. */
const atOnce = 8

/**
 * Keeps what was seen and the records lack: one GET and one write for each job with something new. Each record that cannot be
 * written is a warning; the failure says how many, since to record them was asked for.
 */
export async function recordSeen(
  world: World,
  cluster: Cluster,
  jobs: readonly JobSavepoints[],
): Promise<Failure | undefined> {
  const due = jobs.flatMap(({ job, uid, savepoints }) => {
    const entries = uid === undefined ? [] : unrecorded(savepoints, uid)
    return entries.length > 0 ? [{ job, entries }] : []
  })
  const kept = await inTurn(due, atOnce, async ({ job, entries }) => keep(world, cluster, job, entries))
  const lost = due.filter((_, at) => !kept[at])
  const [only] = lost
  if (!only) return undefined
  const whose = lost.length === 1 ? shortName(only.job) : `${lost.length} jobs`
  return failure('not-asked', `the savepoints of ${whose} could not be recorded`)
}

/** Adds to the record of one job; false, after a warning, where that is not possible. */
export async function keep(
  { person, clock, interrupted }: World,
  cluster: Cluster,
  job: RecordedJob,
  entries: readonly TakeEntry[],
): Promise<boolean> {
  if (interrupted.aborted) return false
  return await record(cluster, job, entries, { warn: text => person.warn(text), now: clock.now() })
}
