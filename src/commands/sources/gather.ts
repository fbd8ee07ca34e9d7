import { Failure } from '../../domain/failure.ts'
import type { JobFacts } from '../../domain/job.ts'
import { type Cluster, refusedWith, type World } from '../../domain/ports.ts'
import { type Resource, type ResourceRef, refOf, shortName } from '../../domain/resource.ts'
import type { Savepoint, SourceName } from '../../domain/savepoint.ts'
import { savepointsOfRecord } from '../../history/from-record.ts'
import { savepointsOfRest } from '../../history/from-rest.ts'
import { savepointsOfStatus } from '../../history/from-status.ts'
import { mergeSavepoints } from '../../history/merge.ts'
import { emptyRecord, type JobRecord, type RecordedJob } from '../../history/record.ts'
import { operatorOf } from '../../operators/index.ts'
import type { Build } from '../../operators/job-operator.ts'
import { jobRefs, readJob } from '../job/find-job.ts'
import type { JobName } from '../job/name.ts'
import { mustServe } from '../job/which-operator.ts'
import { askCheckpoints } from './ask-checkpoints.ts'
import { type AskedBeside, askBeside } from './gather-beside.ts'
import type { Snapshots } from './list-snapshots.ts'
import { readRecord } from './read-record.ts'

export interface Gathering {
  readonly sources: ReadonlySet<SourceName>
  /** The person named the sources: what one of them does not tell is worth a warning. */
  readonly sourcesNamed?: boolean
  /** Flink was asked for by name: a port-forward may be made, and its silence is worth a warning. */
  readonly restWanted: boolean
  /** How much longer than for the rest to wait for Flink's own list. */
  readonly restWaitMs: number
  readonly operator?: Build
}

export interface Gathered {
  readonly resource: Resource
  readonly facts: JobFacts
  readonly record: JobRecord
  /** Merged, newest first. */
  readonly savepoints: readonly Savepoint[]
  readonly snapshots: Snapshots
}

/**
 * All that is known of one job: its object, its record and what the operator leaves beside it at once, then Flink beside
 * those. A source that does not answer costs a line, not the answer; only without the object there is none, and then
 * nothing else is told.
 */
export async function gatherSavepoints(world: World, name: JobName, options: Gathering): Promise<Gathered> {
  const cluster = await world.cluster()
  const refs = await jobRefs(cluster, name)
  const [only, ...more] = refs
  const reading = readJob(cluster, refs, name)
  // Which of several kinds the name is of has to be known first.
  const asked = only && more.length === 0 ? ask(world, cluster, only, options) : undefined
  const resource = await orHint(reading, () => recordsOf(world, cluster, refs, asked))
  const beside = asked?.ref.kind === resource.kind ? asked : ask(world, cluster, refOf(resource), options)
  const operator = operatorOf(resource)
  const facts = operator.read(resource, mustServe(operator, options.operator))
  const { flinkJobId } = facts
  const flink = options.sources.has('rest') ? askCheckpoints(world, facts, options) : undefined
  const record = await beside.record
  const { creationTimestamp } = resource.metadata
  const left = await beside.traces.savepoints({ job: facts.job, creationTimestamp })
  for (const missing of beside.missing) missing()
  const checkpoints = await flink?.within(options.restWaitMs)
  const found = [
    ...(options.sources.has('status') ? savepointsOfStatus(facts) : []),
    ...(checkpoints && flinkJobId ? savepointsOfRest(checkpoints, facts.job, flinkJobId) : []),
    ...left,
    ...savepointsOfRecord(record, refOf(resource)),
  ]
  const snapshots = await beside.traces.snapshots
  return { resource, facts, record, savepoints: mergeSavepoints(found, facts.restartPoint), snapshots }
}

/** The record alone, which outlives the job. */
export async function recordedSavepoints(world: World, name: JobName): Promise<Savepoint[]> {
  const cluster = await world.cluster()
  const refs = await jobRefs(cluster, name)
  const warn = (text: string) => world.person.warn(text)
  const records = await Promise.all(refs.map(ref => recordOf(world, cluster, ref, warn)))
  return mergeSavepoints(refs.flatMap((ref, at) => savepointsOfRecord(records[at] ?? emptyRecord, ref)))
}

interface Asked {
  readonly ref: ResourceRef
  readonly record: Promise<JobRecord>
  readonly traces: AskedBeside
  /** What is to be told of sources that did not answer, once the object is known to be there. */
  readonly missing: readonly (() => void)[]
}

function ask(world: World, cluster: Cluster, ref: ResourceRef, options: Gathering): Asked {
  const { sources, sourcesNamed } = options
  const { person } = world
  const missing: (() => void)[] = []
  const warn = (text: string) => void missing.push(() => person.warn(text))
  const hint = (text: string) => void missing.push(() => person.tell(text))
  const record = sources.has('record') ? recordOf(world, cluster, ref, warn) : Promise.resolve(emptyRecord)
  const say = sourcesNamed ? (text: string) => warn(`Warning: ${text}`) : hint
  return { ref, record, traces: askBeside(cluster, ref, sources, say), missing }
}

function recordOf(
  world: World,
  cluster: Cluster,
  job: RecordedJob,
  warn: (text: string) => void,
): Promise<JobRecord> {
  return readRecord(cluster, job, { warn, now: world.clock.now() })
}

/** Those of all objects that the name could have meant. */
async function recordsOf(
  world: World,
  cluster: Cluster,
  refs: readonly ResourceRef[],
  asked: Asked | undefined,
): Promise<readonly ResourceRef[]> {
  const reading = refs.map(ref =>
    asked?.ref === ref ? asked.record : recordOf(world, cluster, ref, () => undefined),
  )
  const records = await Promise.all(reading)
  return refs.filter((_, at) => (records[at]?.lines.length ?? 0) > 0)
}

/** The object; where it is gone and its record is not, a hint says so. */
async function orHint(
  reading: Promise<Resource>,
  recorded: () => Promise<readonly ResourceRef[]>,
): Promise<Resource> {
  try {
    return await reading
  } catch (error) {
    if (!(error instanceof Failure) || !refusedWith(error, 404)) throw error
    const hints = (await recorded()).map(
      ref =>
        `its record is still there: kubectl flinksp history ${shortName(ref)} -n ${ref.namespace} --sources record`,
    )
    throw new Failure(error.code, error.message, { hints, status: error.status, cause: error })
  }
}
