import type { Cluster, ServedKind, World } from '../domain/ports.ts'
import type { JobStatus, Unknown } from '../domain/printable.ts'
import type { Resource } from '../domain/resource.ts'
import type { JobRef, Savepoint } from '../domain/savepoint.ts'
import { savepointsOfRecord } from '../history/from-record.ts'
import { savepointsOfRest } from '../history/from-rest.ts'
import { savepointsOfStatus } from '../history/from-status.ts'
import { mergeSavepoints } from '../history/merge.ts'
import { operatorOf } from '../operators/index.ts'
import type { Build } from '../operators/job-operator.ts'
import { inTurn } from './in-turn.ts'
import { listRecords } from './list-records.ts'
import { type Opinion, opinionOf } from './status-examine.ts'
import type { Looking } from './status-one.ts'
import { checkpointsFor, notAsked, unreadable } from './status-sources.ts'
import { jobStatus } from './status-value.ts'
import { whichOperator } from './which-operator.ts'

export interface LookingAtMany extends Looking {
  /** undefined: all. */
  readonly namespace: string | undefined
  readonly labels?: string
}

/** So many jobs are asked for their checkpoints at most, and so many of them at once. */
const mostAsked = 20
const atOnce = 8

/** Jobs of these kinds by namespace and name: two paged lists a kind; Flink is asked only where there are few jobs. */
export async function statusOfMany(
  world: World,
  kinds: readonly ServedKind[],
  options: LookingAtMany,
): Promise<JobStatus[]> {
  const cluster = await world.cluster()
  const lists = await Promise.all(kinds.map(kind => oneKind(world, cluster, kind, options)))
  const jobs = lists.flat().sort((a, b) => byName(a.facts.job, b.facts.job))
  const flink = await checkpointsOf(world, jobs, options)
  return jobs.map((job, at) => {
    const { facts } = job
    const told = flink?.[at]
    const seen =
      told?.value && facts.flinkJobId ? savepointsOfRest(told.value, facts.job, facts.flinkJobId) : []
    const savepoints = mergeSavepoints(
      [...savepointsOfStatus(facts), ...seen, ...job.recorded],
      facts.restartPoint,
    )
    const unknown = [...job.unknown, ...(told ? told.unknown : tooMany)]
    return jobStatus({ ...job, savepoints, unknown }, world.clock.now())
  })
}

const tooMany: readonly Unknown[] = [
  notAsked(`Flink is not asked for more than ${mostAsked} jobs; name the job`),
]

interface Listed extends Opinion {
  readonly recorded: readonly Savepoint[]
  readonly unknown: readonly Unknown[]
}

async function oneKind(
  world: World,
  cluster: Cluster,
  kind: ServedKind,
  options: LookingAtMany,
): Promise<Listed[]> {
  const [opinions, records] = await Promise.all([
    opinionsOf(world, cluster, kind, options),
    recordsOf(world, cluster, kind, options.namespace),
  ])
  for (const text of records.warned) world.person.warn(text)
  return opinions.map(opinion => ({
    ...opinion,
    recorded: records.savepoints.get(keyOf(opinion.facts.job)) ?? [],
    unknown: records.unknown,
  }))
}

async function opinionsOf(
  world: World,
  cluster: Cluster,
  kind: ServedKind,
  { namespace, labels, operator }: LookingAtMany,
): Promise<Opinion[]> {
  const now = world.clock.now()
  const build = rememberedBuild(cluster, operator)
  const opinions: Opinion[] = []
  for await (const { items } of cluster.list(kind, namespace, labels === undefined ? {} : { labels })) {
    for (const resource of items) {
      const subject = { resource, operator: operatorOf(resource), build: await build(resource) }
      opinions.push(await opinionOf(subject, now))
    }
  }
  return opinions
}

/** What an object does not tell itself is told by its kind, and asked for once. */
function rememberedBuild(
  cluster: Cluster,
  given: Build | undefined,
): (resource: Resource) => Promise<Build | undefined> {
  let ofKind: Promise<Build | undefined> | undefined
  return async resource => {
    const told = given ?? operatorOf(resource).buildOf(resource)
    if (told !== undefined) return told
    ofKind ??= whichOperator(cluster, resource, undefined).then(({ build }) => build)
    return await ofKind
  }
}

interface Recorded {
  readonly savepoints: ReadonlyMap<string, readonly Savepoint[]>
  readonly unknown: readonly Unknown[]
  readonly warned: readonly string[]
}

async function recordsOf(
  world: World,
  cluster: Cluster,
  kind: ServedKind,
  namespace: string | undefined,
): Promise<Recorded> {
  const savepoints = new Map<string, readonly Savepoint[]>()
  const unknown: Unknown[] = []
  const warned: string[] = []
  const warn = (text: string, refusal?: Error) =>
    void (refusal ? unknown.push(unreadable(refusal)) : warned.push(text))
  for await (const { job, record } of listRecords(cluster, kind, namespace, { warn, now: world.clock.now() }))
    savepoints.set(keyOf(job), savepointsOfRecord(record, job))
  return { savepoints, unknown, warned }
}

/** In the order of the jobs; undefined, after a line, where there are too many of them. */
async function checkpointsOf(world: World, jobs: readonly Listed[], { restWanted }: Looking) {
  const running = jobs.filter(({ facts }) => facts.running).length
  if (running > mostAsked) {
    world.person.tell(`Flink is not asked for the checkpoints of ${running} jobs: name a job to see its own`)
    return undefined
  }
  return await inTurn(jobs, atOnce, ({ facts }) => checkpointsFor(world, facts, restWanted))
}

function keyOf({ namespace, name }: Pick<JobRef, 'namespace' | 'name'>): string {
  return `${namespace}/${name}`
}

function byName(a: JobRef, b: JobRef): number {
  return compare(a.namespace, b.namespace) || compare(a.name, b.name) || compare(a.kind, b.kind)
}

function compare(a: string, b: string): number {
  if (a === b) return 0
  return a < b ? -1 : 1
}
