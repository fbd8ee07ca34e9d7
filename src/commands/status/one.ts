import { Failure } from '../../domain/failure.ts'
import type { JobStatus, Unknown } from '../../domain/job-status.ts'
import type { Cluster, World } from '../../domain/ports.ts'
import { type Resource, type ResourceRef, refOf } from '../../domain/resource.ts'
import type { RestCheckpoints } from '../../domain/rest.ts'
import type { Savepoint } from '../../domain/savepoint.ts'
import { savepointsOfRecord } from '../../history/from-record.ts'
import { savepointsOfRest } from '../../history/from-rest.ts'
import { savepointsOfStatus } from '../../history/from-status.ts'
import { undoPoints } from '../../history/last.ts'
import { mergeSavepoints } from '../../history/merge.ts'
import { operatorOf } from '../../operators/index.ts'
import type { Build } from '../../operators/job-operator.ts'
import { jobRefs, readJob } from '../job/find-job.ts'
import { checkDirectory } from '../job/flink-job.ts'
import type { JobName } from '../job/name.ts'
import { mustServe, whichOperator } from '../job/which-operator.ts'
import { askBeside } from '../sources/gather-beside.ts'
import { listSnapshots } from '../sources/list-snapshots.ts'
import { type Opinion, opinionOf, reasonIn } from './examine.ts'
import { checkpointsFor, recordFor, type Told, unreadable } from './sources.ts'
import { jobStatus } from './value.ts'

export interface Looking {
  readonly operator?: Build
  /** Flink was asked for by name: `--rest-url`. */
  readonly restWanted: boolean
}

/** One job in full: its object and its record at once, then what is beside it, Flink and who serves it. What does not answer is unknown, and said. */
export async function statusOfOne(world: World, name: JobName, options: Looking): Promise<JobStatus> {
  const cluster = await world.cluster()
  const refs = await jobRefs(cluster, name)
  const reading = readJob(cluster, refs, name)
  const warned: string[] = []
  const recordOf = (ref: ResourceRef) => recordFor(world, cluster, ref, text => void warned.push(text))
  const records = Promise.all(refs.map(recordOf))
  const resource = await reading
  const operator = operatorOf(resource)
  const seen = operator.read(resource, mustServe(operator, options.operator))
  const [subject, flink, read, beside] = await Promise.all([
    whichOperator(cluster, resource, options.operator),
    checkpointsFor(world, seen, options.restWanted),
    records,
    besideOf(world, cluster, resource),
  ])
  const at = refs.findIndex(({ kind }) => kind === resource.kind)
  const record = read[at] ?? (await recordOf(refOf(resource)))
  for (const text of warned) world.person.warn(text)
  const opinion = await withFlinks(world, await opinionOf(subject, world.clock.now()), flink)
  const { facts } = opinion
  const found = [
    ...savepointsOfStatus(facts),
    ...(flink.value && facts.flinkJobId ? savepointsOfRest(flink.value, facts.job, facts.flinkJobId) : []),
    ...(beside.value ?? []),
    ...(record.value ? savepointsOfRecord(record.value, refOf(resource)) : []),
  ]
  const savepoints = mergeSavepoints(found, facts.restartPoint)
  const unknown = [...record.unknown, ...beside.unknown, ...flink.unknown]
  const undo = record.value && undoPoints(record.value).get(facts.job.uid)
  return jobStatus(
    { ...opinion, savepoints, unknown, ...(undo !== undefined && { undo }) },
    world.clock.now(),
  )
}

/** What snapshots tell, and Events where nothing else tells of failures. */
async function besideOf(
  { person }: World,
  cluster: Cluster,
  resource: Resource,
): Promise<Told<readonly Savepoint[]>> {
  const { uid, namespace, creationTimestamp } = resource.metadata
  const ref = refOf(resource)
  const owner = { job: { ...ref, uid }, creationTimestamp }
  const unknown: Unknown[] = []
  const missing = (_: string, refusal: Failure) => void unknown.push(unreadable(refusal, 'snapshots'))
  const failures = operatorOf(resource).failuresInEvents
    ? askBeside(cluster, ref, new Set(['events']), text => person.tell(text)).savepoints(owner)
    : []
  const snapshots = await listSnapshots(cluster, [resource], namespace, missing)
  return { value: [...snapshots.of(owner), ...(await failures)], unknown }
}

/** Where only Flink itself can take a savepoint, it has to answer, and to have a directory of its own. */
async function withFlinks(world: World, opinion: Opinion, flink: Told<RestCheckpoints>): Promise<Opinion> {
  if (!opinion.throughFlink) return opinion
  const { facts } = opinion
  const [silence] = flink.unknown
  if (silence)
    return {
      ...opinion,
      cannotTake: `${operatorOf(facts.job).directoryField} is not set, and Flink cannot be asked`,
    }
  const rest = await world.rest(facts.rest, 'proxy')
  try {
    await checkDirectory(facts, rest)
    return opinion
  } catch (error) {
    if (!(error instanceof Failure)) throw error
    return { ...opinion, cannotTake: [reasonIn(error, facts), ...error.hints].join('; ') }
  } finally {
    await rest.close()
  }
}
