import type { Failure } from '../domain/failure.ts'
import type { JobFacts } from '../domain/job.ts'
import type { Cluster, FlinkRest, World } from '../domain/ports.ts'
import type { Protocol } from '../domain/protocol.ts'
import type { Resource } from '../domain/resource.ts'
import type { Savepoint } from '../domain/savepoint.ts'
import { awaitIdle } from '../operators/flink-cluster/await-idle.ts'
import { chooseTake, type TakeWay } from '../operators/flink-cluster/choose-take.ts'
import { abilitiesOf, type OperatorName } from '../operators/flink-cluster/operator.ts'
import { readFlinkCluster } from '../operators/flink-cluster/read.ts'
import { takeBlocking } from '../operators/flink-cluster/take-blocking.ts'
import { takeByStatus } from '../operators/flink-cluster/take-by-status.ts'
import { takeByRest } from '../operators/rest/take-rest.ts'
import { drive, type Waited } from '../wait.ts'
import { checkDirectory, flinkJobOf } from './flink-job.ts'
import type { TakeOptions } from './take-options.ts'

/** A job to take a savepoint of, as it was read, and who serves it. */
export interface TakenJob {
  readonly resource: Resource
  readonly operator: OperatorName | undefined
}

/** The way that was chosen, ready to be driven. `before` is the object it was chosen by. */
export interface ReadyTake {
  readonly before: Resource
  readonly facts: JobFacts
  readonly via: 'annotation' | 'generation' | 'rest'
  /** Driven with the state type that only the protocol itself knows. */
  readonly protocol: Protocol<unknown, Savepoint>
  readonly timeoutMs: number
}

/** Operators that take savepoints inside their loop let every cluster wait for one slow take (seen on GCP tag -2). */
const blockingTimeoutMs = 180_000

/** Chooses how to ask, waiting for a savepoint in flight first if that is wanted. Throws the refusal. */
export async function readyTake(
  world: World,
  cluster: Cluster,
  job: TakenJob,
  options: TakeOptions,
): Promise<ReadyTake> {
  let before = job.resource
  for (;;) {
    const facts = readFlinkCluster(before, job.operator)
    const way = await chooseTake(facts, job.operator, wishOf(options), () => mayPatchStatus(cluster, facts))
    if (way.way === 'busy' && options.afterCurrent && options.dryRun === 'none') {
      world.person.tell(`waiting for the savepoint in flight of ${facts.shown}`)
      before = await idle(world, cluster, { ...job, resource: before }, options.timeoutMs)
      continue
    }
    if ('failure' in way) throw way.failure
    const protocol = await protocolOf(world, job.operator, facts, way, options)
    const slow = way.way !== 'rest' && isBlocking(job.operator)
    const timeoutMs = slow ? Math.max(options.timeoutMs, blockingTimeoutMs) : options.timeoutMs
    return { before, facts, via: way.way, protocol, timeoutMs }
  }
}

/** Asks, and waits for the end. Throws only what was refused before anything was asked. */
export async function take(world: World, cluster: Cluster, ready: ReadyTake): Promise<Waited<Savepoint>> {
  return drive(ready.protocol, ready.before, waiting(world, cluster, ready.facts, ready.timeoutMs))
}

/** The object once no savepoint has been in flight for a second. */
export async function idle(
  world: World,
  cluster: Cluster,
  { resource, operator }: TakenJob,
  timeoutMs: number,
): Promise<Resource> {
  const facts = readFlinkCluster(resource, operator)
  const { failure, newest } = await drive(
    awaitIdle(operator),
    resource,
    waiting(world, cluster, facts, timeoutMs),
  )
  if (failure) throw failure
  return newest
}

/** What every wait for this job needs; Flink's way is opened once. */
export function waiting(world: World, cluster: Cluster, facts: JobFacts, timeoutMs: number) {
  const { clock, person, interrupted } = world
  let open: Promise<FlinkRest> | undefined
  const rest = () => {
    open ??= world.rest(facts.rest, 'any')
    return open
  }
  return { cluster, clock, person, interrupted, timeoutMs, rest }
}

function wishOf({ via, format, directory, flinkJobId, flinkJobName }: TakeOptions) {
  return { via, forFlink: [format, directory, flinkJobId, flinkJobName].some(given => given !== undefined) }
}

async function protocolOf(
  world: World,
  operator: OperatorName | undefined,
  facts: JobFacts,
  way: Exclude<TakeWay, { failure: Failure }>,
  options: TakeOptions,
): Promise<Protocol<unknown, Savepoint>> {
  const { wait, withdraw } = options
  if (way.way === 'rest') return byRest(world, facts, options)
  if (operator !== undefined && isBlocking(operator))
    return erased(takeBlocking({ operator, via: way.way, wait }))
  const withdrawal = withdraw === undefined ? {} : { withdraw }
  return erased(takeByStatus({ operator, via: way.way, wait, ...withdrawal }))
}

async function byRest(
  world: World,
  facts: JobFacts,
  options: TakeOptions,
): Promise<Protocol<unknown, Savepoint>> {
  const rest = await world.rest(facts.rest, 'any')
  const flinkJobId = await flinkJobOf(facts, options, rest)
  const { format, wait } = options
  const directory = options.directory ?? facts.directory
  if (directory === undefined) await checkDirectory(facts, rest)
  return erased(
    takeByRest({
      job: facts.job,
      flinkJobId,
      triggerId: world.newId(),
      shown: facts.shown,
      wait,
      ...(format && { format }),
      ...(directory !== undefined && { directory }),
    }),
  )
}

/** A protocol whose state is nobody else's business. */
function erased<State>(protocol: Protocol<State, Savepoint>): Protocol<unknown, Savepoint> {
  return protocol as Protocol<unknown, Savepoint>
}

function isBlocking(operator: OperatorName | undefined): boolean {
  return operator !== undefined && abilitiesOf(operator).follows === 'blocking'
}

async function mayPatchStatus(cluster: Cluster, facts: JobFacts): Promise<boolean> {
  const { namespace, name } = facts.job
  const group = 'flinkoperator.k8s.io'
  return cluster.may('patch', { group, plural: 'flinkclusters', subresource: 'status', namespace, name })
}
