import { failure } from '../domain/failure.ts'
import type { Cluster, CollectionSighting, Selector, ServedKind, World } from '../domain/ports.ts'
import type { Printable } from '../domain/printable.ts'
import type { Resource } from '../domain/resource.ts'
import type { Savepoint } from '../domain/savepoint.ts'
import { savepointsOfStatus } from '../history/from-status.ts'
import { mergeSavepoints } from '../history/merge.ts'
import { type News, savepointNews } from '../history/news.ts'
import { unrecorded } from '../history/unrecorded.ts'
import { operatorOf } from '../operators/index.ts'
import type { Build } from '../operators/job-operator.ts'
import { keep } from './history-record.ts'
import { merged } from './merged.ts'

/** What is watched once it was listed: one watch for each kind, whatever the number of jobs. */
export interface Watching {
  readonly versions: readonly { readonly kind: ServedKind; readonly resourceVersion: string }[]
  /** undefined: all. */
  readonly namespace: string | undefined
  readonly selector?: Selector
  readonly operator?: Build
  readonly record: boolean
  /** undefined: until it is interrupted. */
  readonly timeoutMs?: number
}

/** What is printed at first, and what was seen for it. */
export interface Listed {
  readonly items: readonly Savepoint[]
  readonly seen: readonly Savepoint[]
  readonly several: boolean
}

/** The list, then every savepoint that ends while it is watched, the operator's own too, each once. Ends with the time, or by Ctrl-C. */
export async function* watchSavepoints(
  world: World,
  listed: Listed,
  watching: Watching,
): AsyncGenerator<Printable> {
  const list = (items: readonly Savepoint[]): Printable => ({
    kind: 'SavepointList',
    value: { items },
    ...(listed.several && { several: true }),
  })
  const cluster = await world.cluster()
  const news = savepointNews()
  news.add(listed.seen)
  yield list(listed.items)
  const over = new AbortController()
  const signal = AbortSignal.any([world.interrupted, over.signal])
  const { timeoutMs } = watching
  if (timeoutMs !== undefined) void world.clock.sleep(timeoutMs, signal).then(() => over.abort())
  try {
    for await (const sighting of sightings(cluster, watching, signal)) {
      const fresh = freshOf(world, sighting, news, watching)
      if (fresh.length === 0) continue
      yield list(fresh)
      if (watching.record) await recordFresh(world, cluster, fresh)
    }
  } finally {
    over.abort()
  }
  if (world.interrupted.aborted) throw failure('interrupted', 'interrupted')
}

function sightings(
  cluster: Cluster,
  { versions, namespace, selector }: Watching,
  signal: AbortSignal,
): AsyncIterable<CollectionSighting> {
  return merged(
    versions.map(({ kind, resourceVersion }) =>
      cluster.watchAll(kind, namespace, resourceVersion, signal, selector),
    ),
  )
}

function freshOf(
  world: World,
  sighting: CollectionSighting,
  news: News,
  { operator }: Watching,
): readonly Savepoint[] {
  if (sighting.type === 'object') return news.fresh(savepointsIn(sighting.object, operator))
  if (sighting.type === 'deleted') news.forget(sighting.object.metadata.uid)
  else world.person.tell(`watching again: ${sighting.reason}`)
  return []
}

function savepointsIn(resource: Resource, build: Build | undefined): readonly Savepoint[] {
  const facts = operatorOf(resource).read(resource, build)
  return mergeSavepoints(savepointsOfStatus(facts), facts.restartPoint)
}

/** All of them are of the one object that was seen. */
async function recordFresh(world: World, cluster: Cluster, fresh: readonly Savepoint[]): Promise<void> {
  const [first] = fresh
  if (first) await keep(world, cluster, first.job, unrecorded(fresh.toReversed(), first.job.uid))
}
