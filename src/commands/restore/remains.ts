import { Failure, failure } from '../../domain/failure.ts'
import type { Cluster, World } from '../../domain/ports.ts'
import type { Remains } from '../../operators/job-operator.ts'
import { mayHaveArrived } from './creation.ts'

const lookAgainMs = 1_000
/** A pod of Spotify's operator sleeps 30 s before it stops (seen on v0.6), and has 30 s more to do so. */
const unseenMs = 60_000

/** Resolves once nothing is left of what the operator made. A Failure says what is. */
export async function untilNothingRemains(
  { world, cluster, timeoutMs }: { world: World; cluster: Cluster; timeoutMs: number },
  namespace: string,
  remains: readonly Remains[],
): Promise<Failure | undefined> {
  const { clock, interrupted, person } = world
  const end = clock.now() + timeoutMs
  for (let told = false; ; told = true) {
    const left = await remaining(cluster, namespace, remains)
    if (interrupted.aborted) return failure('interrupted', 'interrupted')
    if (left instanceof Failure && !mayHaveArrived(left)) return unseen(world, left)
    const what = left instanceof Failure ? left.message : named(left)
    if (what === '') return undefined
    if (clock.now() >= end)
      return failure('timed-out', `timed out waiting for what its operator had made to be gone: ${what}`)
    if (!told) person.tell(`waiting until what its operator had made is gone: ${what}`)
    await clock.sleep(lookAgainMs, interrupted)
  }
}

/** `pods/orders-jobmanager-0`; a Failure where one may not look. */
export async function remaining(
  cluster: Cluster,
  namespace: string,
  remains: readonly Remains[],
): Promise<readonly string[] | Failure> {
  try {
    const lists = await Promise.all(remains.map(each => namesOf(cluster, namespace, each)))
    return lists.flat()
  } catch (error) {
    if (error instanceof Failure) return error
    throw error
  }
}

async function namesOf(cluster: Cluster, namespace: string, { kind, labels }: Remains): Promise<string[]> {
  const names: string[] = []
  for await (const { items } of cluster.list(kind, namespace, { labels }))
    names.push(...items.map(({ metadata }) => `${kind.plural}/${metadata.name}`))
  return names
}

function named(names: readonly string[]): string {
  const more = names.length > 5 ? ` and ${names.length - 5} more` : ''
  return `${names.slice(0, 5).join(', ')}${more}`
}

/** Where one may not look, time has to do. */
async function unseen({ clock, person, interrupted }: World, reason: Failure): Promise<Failure | undefined> {
  person.warn(
    `Warning: whether the old cluster is gone cannot be seen, so 60 s are waited: ${reason.message}`,
  )
  await clock.sleep(unseenMs, interrupted)
  return interrupted.aborted ? failure('interrupted', 'interrupted') : undefined
}
