import { Failure } from '../domain/failure.ts'
import type { JobFacts } from '../domain/job.ts'
import { type Cluster, refusedWith, type World } from '../domain/ports.ts'
import { type Resource, type ResourceRef, shortName } from '../domain/resource.ts'
import type { Savepoint, SourceName } from '../domain/savepoint.ts'
import { savepointsOfRecord } from '../history/from-record.ts'
import { savepointsOfRest } from '../history/from-rest.ts'
import { savepointsOfStatus } from '../history/from-status.ts'
import { mergeSavepoints } from '../history/merge.ts'
import { emptyRecord, type JobRecord, type RecordedJob } from '../history/record.ts'
import { operatorOf } from '../operators/index.ts'
import type { Build } from '../operators/job-operator.ts'
import { askCheckpoints } from './ask-checkpoints.ts'
import { jobRef } from './find-job.ts'
import type { JobName } from './job-name.ts'
import { readRecord } from './read-record.ts'

export interface Gathering {
  readonly sources: ReadonlySet<SourceName>
  /** Flink was asked for by name: a port-forward may be made, and its silence is worth a warning. */
  readonly restWanted: boolean
  /** How much longer than for the rest to wait for Flink's own list. */
  readonly restWaitMs: number
  readonly operator?: Build
}

export interface Gathered {
  readonly resource: Resource
  readonly facts: JobFacts
  /** Merged, newest first. */
  readonly savepoints: readonly Savepoint[]
}

/**
 * All that is known of one job: its object and its record at once, then Flink beside the record. A source that does
 * not answer costs a line, not the answer; only without the object there is none, and then nothing else is told.
 */
export async function gatherSavepoints(world: World, name: JobName, options: Gathering): Promise<Gathered> {
  const cluster = await world.cluster()
  const ref = await jobRef(cluster, name)
  const reading = cluster.get(ref)
  const missing: string[] = []
  const asked = options.sources.has('record')
    ? recordOf(world, cluster, ref, text => missing.push(text))
    : emptyRecord
  const resource = await orHint(reading, ref, asked)
  const facts = operatorOf(resource).read(resource, options.operator)
  const { flinkJobId } = facts
  const flink = options.sources.has('rest') ? askCheckpoints(world, facts, options) : undefined
  const record = await asked
  for (const text of missing) world.person.warn(text)
  const checkpoints = await flink?.within(options.restWaitMs)
  const found = [
    ...(options.sources.has('status') ? savepointsOfStatus(facts) : []),
    ...(checkpoints && flinkJobId ? savepointsOfRest(checkpoints, facts.job, flinkJobId) : []),
    ...savepointsOfRecord(record, ref),
  ]
  return { resource, facts, savepoints: mergeSavepoints(found, facts.restartPoint) }
}

/** The record alone, which outlives the job. */
export async function recordedSavepoints(world: World, name: JobName): Promise<Savepoint[]> {
  const cluster = await world.cluster()
  const ref = await jobRef(cluster, name)
  const record = await recordOf(world, cluster, ref, text => world.person.warn(text))
  return mergeSavepoints(savepointsOfRecord(record, ref))
}

function recordOf(
  world: World,
  cluster: Cluster,
  job: RecordedJob,
  warn: (text: string) => void,
): Promise<JobRecord> {
  return readRecord(cluster, job, { warn, now: world.clock.now() })
}

/** The object; where it is gone and its record is not, a hint says so. */
async function orHint(
  reading: Promise<Resource>,
  ref: ResourceRef,
  record: Promise<JobRecord> | JobRecord,
): Promise<Resource> {
  try {
    return await reading
  } catch (error) {
    const kept = (await record).lines.length > 0
    if (!(error instanceof Failure) || !refusedWith(error, 404) || !kept) throw error
    const hint = `its record is still there: kubectl flinksp history ${shortName(ref)} -n ${ref.namespace} --sources record`
    throw new Failure(error.code, error.message, { hints: [hint], status: error.status, cause: error })
  }
}
