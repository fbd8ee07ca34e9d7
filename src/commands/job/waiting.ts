import { Failure } from '../../domain/failure.ts'
import type { JobFacts } from '../../domain/job.ts'
import type { Cluster, FlinkRest, World } from '../../domain/ports.ts'
import { type Resource, refOf } from '../../domain/resource.ts'
import { drive, type Waited } from '../../wait.ts'
import { factsOf, type Subject } from './which-operator.ts'

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

/** The object once no savepoint has been in flight for a second. Throws where that is not seen within `timeoutMs`. */
export async function idle(
  world: World,
  cluster: Cluster,
  subject: Subject,
  timeoutMs: number,
): Promise<Resource> {
  const { operator, build, resource } = subject
  const protocol = (await operator.taking()).idle(build)
  const wait = waiting(world, cluster, factsOf(subject), timeoutMs)
  const { failure, newest } = await drive(protocol, resource, wait)
  if (failure) throw failure
  return newest
}

/** The job as it is after the savepoint that is in flight, for which the person is told to wait. */
export async function afterCurrent(
  world: World,
  cluster: Cluster,
  subject: Subject,
  timeoutMs: number,
): Promise<Subject> {
  world.person.tell(`waiting for the savepoint in flight of ${factsOf(subject).shown}`)
  return { ...subject, resource: await idle(world, cluster, subject, timeoutMs) }
}

/**
 * Carries out what a savepoint in flight keeps from being asked; with `afterCurrent` again after that one, however often:
 * the next may begin between a look at the job and the write.
 */
export async function onceIdle<Result>(
  world: World,
  cluster: Cluster,
  subject: Subject,
  options: { readonly afterCurrent: boolean; readonly timeoutMs: number },
  attempt: (subject: Subject) => Promise<Waited<Result>>,
): Promise<Waited<Result>> {
  if (!options.afterCurrent) return attempt(subject)
  for (let now = subject; ; ) {
    const waited = await attempt(now).catch(unlessBusy)
    if (waited && !waited.failure?.busy) return waited
    const resource = await cluster.get(refOf(now.resource))
    now = await afterCurrent(world, cluster, { ...now, resource }, options.timeoutMs)
  }
}

function unlessBusy(error: unknown): undefined {
  if (!(error instanceof Failure && error.busy)) throw error
}
