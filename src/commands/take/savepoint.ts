import type { JobFacts } from '../../domain/job.ts'
import type { Change } from '../../domain/plan.ts'
import type { Cluster, World } from '../../domain/ports.ts'
import type { Protocol } from '../../domain/protocol.ts'
import type { Resource } from '../../domain/resource.ts'
import type { Savepoint } from '../../domain/savepoint.ts'
import { defined } from '../../history/entry.ts'
import type { Inquiries, Via } from '../../operators/job-operator.ts'
import { takeByRest } from '../../operators/rest/take-rest.ts'
import { drive, type Waited } from '../../wait.ts'
import { checkDirectory, flinkJobOf } from '../job/flink-job.ts'
import { afterCurrent, onceIdle, waiting } from '../job/waiting.ts'
import { factsOf, type Subject } from '../job/which-operator.ts'
import type { TakeWishes } from './options.ts'

/** The way that was chosen, ready to be driven. `before` is the object it was chosen by. */
export interface ReadyTake {
  readonly before: Resource
  readonly facts: JobFacts
  readonly via: Exclude<Via, 'auto'>
  /** What the first write changes. */
  readonly changes: readonly Change[]
  /** Driven with the state type that only the protocol itself knows. */
  readonly protocol: Protocol<unknown, Savepoint>
  readonly timeoutMs: number
}

/** Chooses how to ask, waiting for a savepoint in flight first if that is wanted. Throws the refusal. */
export async function readyTake(
  world: World,
  cluster: Cluster,
  job: Subject,
  options: TakeWishes,
): Promise<ReadyTake> {
  const { operator, build } = job
  const taking = await operator.taking()
  let subject = job
  for (;;) {
    const facts = factsOf(subject)
    const way = await taking.choose(facts, build, wishOf(options), inquiries(cluster, subject, options))
    if (way.way === 'busy' && options.afterCurrent && options.dryRun === 'none') {
      subject = await afterCurrent(world, cluster, subject, options.timeoutMs)
      continue
    }
    if ('failure' in way) throw way.failure
    return { before: subject.resource, facts, ...(await prepared(world, subject, facts, way.way, options)) }
  }
}

type Prepared = Pick<ReadyTake, 'via' | 'changes' | 'protocol' | 'timeoutMs'>

async function prepared(
  world: World,
  { operator, build }: Subject,
  facts: JobFacts,
  via: Exclude<Via, 'auto'>,
  options: TakeWishes,
): Promise<Prepared> {
  const { wait, timeoutMs, dryRun } = options
  if (via === 'rest') return { via, changes: [], protocol: await byRest(world, facts, options), timeoutMs }
  const taking = await operator.taking()
  return {
    via,
    changes: taking.changes(via, facts),
    protocol: taking.protocol({
      build,
      via,
      wait: wait && dryRun === 'none',
      nonce: world.newId(),
      ...orderOf(options),
    }),
    timeoutMs: Math.max(timeoutMs, taking.leastTimeoutMs(build)),
  }
}

/** Asks, and waits for the end. Throws only what was refused before anything was asked. */
export async function take(
  world: World,
  cluster: Cluster,
  subject: Subject,
  ready: ReadyTake,
  options: TakeWishes,
): Promise<Waited<Savepoint>> {
  return onceIdle(world, cluster, { ...subject, resource: ready.before }, options, async now => {
    const again = now.resource === ready.before ? ready : await readyTake(world, cluster, now, options)
    return drive(again.protocol, again.before, waiting(world, cluster, again.facts, again.timeoutMs))
  })
}

function wishOf({ via, format, directory, flinkJobId, flinkJobName }: TakeWishes) {
  const flinkJob = flinkJobId !== undefined || flinkJobName !== undefined
  return { via, forFlink: flinkJob || format !== undefined || directory !== undefined, flinkJob }
}

async function byRest(
  world: World,
  facts: JobFacts,
  options: TakeWishes,
): Promise<Protocol<unknown, Savepoint>> {
  const rest = await world.rest(facts.rest, 'any')
  const flinkJobId = await flinkJobOf(facts, options, rest)
  const { format, wait } = options
  const directory = options.directory ?? facts.directory
  if (directory === undefined) await checkDirectory(facts, rest)
  return takeByRest({
    job: facts.job,
    flinkJobId,
    triggerId: world.newId(),
    shown: facts.shown,
    wait,
    ...(format && { format }),
    ...(directory !== undefined && { directory }),
  })
}

/** What is asked of whichever operator is asked. */
function orderOf({ withdraw, directory, format, name }: TakeWishes) {
  return defined({ withdraw, directory, format, name })
}

/** Whoever asks for a way by its name is not refused because its kind was not there some minutes ago. */
function inquiries(cluster: Cluster, subject: Subject, { via }: Pick<TakeWishes, 'via'>): Inquiries {
  const absence = via === 'auto' ? (['remembered'] as const) : []
  return {
    mayPatchStatus: () => mayPatchStatus(cluster, subject),
    serves: async (group, kind) => (await cluster.served(group, kind, ...absence)) !== undefined,
  }
}

async function mayPatchStatus(cluster: Cluster, { operator, resource }: Subject): Promise<boolean> {
  const { namespace, name } = resource.metadata
  const { group, words } = operator.kind
  const [plural = ''] = words
  return cluster.may('patch', { group, plural, subresource: 'status', namespace, name })
}
