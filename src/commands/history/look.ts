import { Failure } from '../../domain/failure.ts'
import type { Selector, World } from '../../domain/ports.ts'
import { refOf, shortName } from '../../domain/resource.ts'
import { operatorOf } from '../../operators/index.ts'
import type { JobChoice } from '../job/choose-jobs.ts'
import { onlyKind } from '../job/find-job.ts'
import { firstOfEach } from '../job/first-of-each.ts'
import { inTurn } from '../job/in-turn.ts'
import type { JobName } from '../job/name.ts'
import { orRefusal, worst } from '../job/refusals.ts'
import { lookAmong, servedKind } from '../job/served-kinds.ts'
import { gatherSavepoints, recordedSavepoints } from '../sources/gather.ts'
import { gatherMany, type JobSavepoints } from '../sources/gather-many.ts'
import { noSnapshots } from '../sources/list-snapshots.ts'
import type { HistoryOptions } from './options.ts'
import type { Watching } from './watch.ts'

/** What is known of the jobs that were asked for. */
export interface Look {
  readonly jobs: readonly JobSavepoints[]
  /** Not of one named job. */
  readonly several: boolean
  /** `in shop namespace`; '' of all namespaces. */
  readonly where: string
  /** Some of those that were named could not be read. */
  readonly failure?: Failure
  readonly watching: Pick<Watching, 'versions' | 'namespace' | 'selector' | 'snapshots'>
}

/** So many jobs that were named are looked at at once. */
const atOnce = 8

export async function lookAt(world: World, options: HistoryOptions): Promise<Look> {
  const look = await lookAtSources(world, options)
  return options.scan ? { ...look, jobs: await scanned(world, look.jobs) } : look
}

/** What lies in their directories is in the lists, too. */
async function scanned(world: World, jobs: readonly JobSavepoints[]): Promise<JobSavepoints[]> {
  const { scanJobs } = await import('../sources/scan/scan-jobs.ts')
  const { neighboursOf } = await import('../sources/scan/neighbours.ts')
  const known = jobs.flatMap(({ facts, savepoints }) => (facts ? [{ facts, savepoints }] : []))
  const [only, ...more] = known
  const lists = await scanJobs(world, known, async () => {
    if (!only || more.length > 0) return []
    const { namespace, uid } = only.facts.job
    return await neighboursOf(world, await world.cluster(), namespace, uid)
  })
  const found = new Map(known.map(({ facts }, at) => [facts, lists[at]]))
  return jobs.map(job => ({ ...job, savepoints: (job.facts && found.get(job.facts)) ?? job.savepoints }))
}

async function lookAtSources(world: World, options: HistoryOptions): Promise<Look> {
  const { choice } = options
  if (choice.by === 'label') return await allJobs(world, choice, options)
  const [first, ...more] = choice.jobs
  if (first && more.length === 0) return await oneJob(world, first, options)
  return await namedJobs(world, choice.jobs, options)
}

async function oneJob(world: World, name: JobName, options: HistoryOptions): Promise<Look> {
  const { namespace } = await world.cluster()
  const { job, version, snapshots = noSnapshots } = await gatherOne(world, name, options)
  const selector: Selector = { fields: `metadata.name=${name.name}` }
  const watching = { versions: version ? [version] : [], namespace, selector, snapshots }
  return {
    jobs: [job],
    several: false,
    where: `for ${shortName(job.job)} in ${namespace} namespace`,
    watching,
  }
}

async function namedJobs(world: World, names: readonly JobName[], options: HistoryOptions): Promise<Look> {
  const { namespace } = await world.cluster()
  const answers = await inTurn(names, atOnce, name => gatherOne(world, name, options).catch(orRefusal))
  const read = answers.flatMap(answer => (answer instanceof Failure ? [] : [answer.job]))
  const jobs = firstOfEach(read, ({ job }) => shortName(job))
  const failures = answers.filter(answer => answer instanceof Failure)
  const failure = failures.reduce<Failure | undefined>(worst, undefined)
  const watching = { versions: [], namespace, snapshots: noSnapshots }
  const where = `in ${namespace} namespace`
  return { jobs, several: true, where, watching, ...(failure && { failure }) }
}

async function gatherOne(world: World, name: JobName, options: HistoryOptions) {
  const cluster = await world.cluster()
  if (options.recordOnly) {
    const savepoints = await recordedSavepoints(world, name)
    const { kind } = name.kind ?? savepoints[0]?.job ?? onlyKind()
    const job = { apiVersion: '', kind, namespace: cluster.namespace, name: name.name }
    return { job: { job, savepoints } }
  }
  const { resource, facts, savepoints, snapshots } = await gatherSavepoints(world, name, options)
  const { uid, resourceVersion, creationTimestamp } = resource.metadata
  const owner = { job: facts.job, creationTimestamp, restartPoint: facts.restartPoint }
  const version = options.watch
    ? { kind: await servedKind(cluster, operatorOf(resource).kind), resourceVersion }
    : undefined
  return { job: { job: refOf(resource), uid, savepoints, owner, facts }, version, snapshots }
}

async function allJobs(
  world: World,
  { kind, labels, allNamespaces }: Extract<JobChoice, { by: 'label' }>,
  options: HistoryOptions,
): Promise<Look> {
  const cluster = await world.cluster()
  const namespace = allNamespaces ? undefined : cluster.namespace
  const gathering = { ...options, namespace, ...(labels !== undefined && { labels }) }
  const { jobs, versions, snapshots } = await lookAmong(
    cluster,
    kind,
    kinds => gatherMany(world, { ...gathering, kinds }),
    found => found.jobs.length === 0,
  )
  const watching = { versions, namespace, snapshots, ...(labels !== undefined && { selector: { labels } }) }
  const where = namespace === undefined ? '' : `in ${namespace} namespace`
  return { jobs, several: true, where, watching }
}
