import { Failure } from '../domain/failure.ts'
import type { World } from '../domain/ports.ts'
import type { JobStatus } from '../domain/printable.ts'
import { refOf } from '../domain/resource.ts'
import type { RestCheckpoints } from '../domain/rest.ts'
import { savepointsOfRecord } from '../history/from-record.ts'
import { savepointsOfRest } from '../history/from-rest.ts'
import { savepointsOfStatus } from '../history/from-status.ts'
import { undoPoints } from '../history/last.ts'
import { mergeSavepoints } from '../history/merge.ts'
import { operatorOf } from '../operators/index.ts'
import type { Build } from '../operators/job-operator.ts'
import { jobRefs, readJob } from './find-job.ts'
import { checkDirectory } from './flink-job.ts'
import type { JobName } from './job-name.ts'
import { type Opinion, opinionOf, reasonIn } from './status-examine.ts'
import { checkpointsFor, recordFor, type Told } from './status-sources.ts'
import { jobStatus } from './status-value.ts'
import { whichOperator } from './which-operator.ts'

export interface Looking {
  readonly operator?: Build
  /** Flink was asked for by name: `--rest-url`. */
  readonly restWanted: boolean
}

/** One job in full: its object and its record at once, then Flink and who serves it. What does not answer is unknown, and said. */
export async function statusOfOne(world: World, name: JobName, options: Looking): Promise<JobStatus> {
  const cluster = await world.cluster()
  const refs = await jobRefs(cluster, name)
  const reading = readJob(cluster, refs)
  const warned: string[] = []
  const records = Promise.all(refs.map(ref => recordFor(world, cluster, ref, text => void warned.push(text))))
  const resource = await reading
  const asked = checkpointsFor(
    world,
    operatorOf(resource).read(resource, options.operator),
    options.restWanted,
  )
  const [subject, flink, read] = await Promise.all([
    whichOperator(cluster, resource, options.operator),
    asked,
    records,
  ])
  for (const text of warned) world.person.warn(text)
  const opinion = await withFlinks(world, await opinionOf(subject, world.clock.now()), flink)
  const { facts } = opinion
  const record = read[refs.findIndex(({ kind }) => kind === resource.kind)]
  const found = [
    ...savepointsOfStatus(facts),
    ...(flink.value && facts.flinkJobId ? savepointsOfRest(flink.value, facts.job, facts.flinkJobId) : []),
    ...(record?.value ? savepointsOfRecord(record.value, refOf(resource)) : []),
  ]
  const savepoints = mergeSavepoints(found, facts.restartPoint)
  const unknown = [...(record?.unknown ?? []), ...flink.unknown]
  const undo = record?.value && undoPoints(record.value).get(facts.job.uid)
  return jobStatus(
    { ...opinion, savepoints, unknown, ...(undo !== undefined && { undo }) },
    world.clock.now(),
  )
}

/** Where only Flink itself can take a savepoint, it has to answer, and to have a directory of its own. */
async function withFlinks(world: World, opinion: Opinion, flink: Told<RestCheckpoints>): Promise<Opinion> {
  if (!opinion.throughFlink) return opinion
  const { facts } = opinion
  const [silence] = flink.unknown
  if (silence)
    return { ...opinion, cannotTake: 'spec.job.savepointsDir is not set, and Flink cannot be asked' }
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
