import type { Cluster } from '../domain/ports.ts'
import type { Effect, News } from '../domain/protocol.ts'
import type { Resource } from '../domain/resource.ts'
import { asFailure, type Events } from './events.ts'

type Follow = Extract<Effect<unknown>, { type: 'follow' }>

/** What follows objects for a wait until `over`. */
interface Follower {
  readonly cluster: Cluster
  readonly watchingAgain: (reason: string) => void
  readonly events: Events
  readonly over: AbortSignal
}

/** Sightings of objects beside the job's become events until the wait is over. */
export async function follow(
  { cluster, watchingAgain, events, over }: Follower,
  effect: Follow,
): Promise<void> {
  const { id, kind, namespace, selector } = effect
  const tell = (news: News) => events.push({ type: 'beside', id, news })
  try {
    const { version, objects } = effect.after
      ? { version: effect.after, objects: [] }
      : await listed(cluster, effect, tell)
    const watched = cluster.watchAll(kind, namespace, version, over, selector, objects)
    for await (const sighting of watched) {
      if (sighting.type === 'resumed') watchingAgain(sighting.reason)
      else tell({ is: sighting.type === 'object' ? 'seen' : 'deleted', object: sighting.object })
    }
  } catch (error) {
    events.push({ type: 'refused', id, failure: asFailure(error) })
  }
}

/** All that is there, as one event; and the version from which it is watched. */
async function listed(
  cluster: Cluster,
  { kind, namespace, selector }: Follow,
  tell: (news: News) => void,
): Promise<{ version: string; objects: readonly Resource[] }> {
  const objects: Resource[] = []
  let version = ''
  for await (const { items, resourceVersion } of cluster.list(kind, namespace, selector)) {
    objects.push(...items)
    version ||= resourceVersion
  }
  tell({ is: 'listed', objects })
  return { version, objects }
}
