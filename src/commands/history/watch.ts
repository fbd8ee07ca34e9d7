import { failure } from '../../domain/failure.ts'
import type { Cluster, CollectionChange, CollectionSighting, Selector, World } from '../../domain/ports.ts'
import type { Printable } from '../../domain/printable.ts'
import { type Resource, refOf } from '../../domain/resource.ts'
import type { Savepoint } from '../../domain/savepoint.ts'
import { savepointsOfStatus } from '../../history/from-status.ts'
import { mergeSavepoints } from '../../history/merge.ts'
import { type News, savepointNews } from '../../history/news.ts'
import { jobKey } from '../../history/snapshots.ts'
import { unrecorded } from '../../history/unrecorded.ts'
import { operatorOf } from '../../operators/index.ts'
import type { Build } from '../../operators/job-operator.ts'
import { tellWatchingAgain } from '../../wait/watching-again.ts'
import { merged } from '../job/merged.ts'
import { givenTo } from '../job/which-operator.ts'
import type { WatchedOwner } from '../sources/gather-many.ts'
import type { ListedKindOf, Snapshots } from '../sources/list-snapshots.ts'
import { keep } from './record.ts'

/** What is watched once it was listed: one watch for each kind, whatever the number of jobs. */
export interface Watching {
  readonly versions: readonly ListedKindOf[]
  /** Watched in the whole namespace: no selector of the jobs fits them. */
  readonly snapshots: Snapshots
  /** undefined: all. */
  readonly namespace: string | undefined
  readonly selector?: Selector
  readonly operator?: Build
  /** What is told; checkpoints are told only where they are objects. */
  readonly type: Savepoint['type'] | 'all'
  readonly record: boolean
  /** undefined: until it is interrupted. */
  readonly timeoutMs?: number
}

/** What is printed at first, and what was seen for it. */
export interface Listed {
  readonly items: readonly Savepoint[]
  readonly seen: readonly Savepoint[]
  readonly several: boolean
  /** Whose the snapshots can be. */
  readonly owners: readonly WatchedOwner[]
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
  const news = savepointNews(watching.type)
  news.add(listed.seen)
  const owners = new Map(listed.owners.map(owner => [jobKey(owner.job), owner]))
  yield list(listed.items)
  const watchingAgain = tellWatchingAgain(world.person, world.clock)
  const over = new AbortController()
  const signal = AbortSignal.any([world.interrupted, over.signal])
  const { timeoutMs } = watching
  if (timeoutMs !== undefined) void world.clock.sleep(timeoutMs, signal).then(() => over.abort())
  try {
    for await (const sighting of sightings(cluster, watching, signal)) {
      if (sighting.type === 'resumed') {
        watchingAgain(sighting.reason)
        continue
      }
      const fresh = freshOf(sighting, { news, owners }, watching)
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
  { versions, snapshots, namespace, selector }: Watching,
  signal: AbortSignal,
): AsyncIterable<CollectionSighting> {
  const watch = ({ kind, resourceVersion }: ListedKindOf, of?: Selector) =>
    cluster.watchAll(kind, namespace, resourceVersion, signal, of)
  return merged([
    ...versions.map(version => watch(version, selector)),
    ...snapshots.watchable.map(version => watch(version)),
  ])
}

interface Seen {
  readonly news: News
  readonly owners: Map<string, WatchedOwner>
}

function freshOf(
  sighting: CollectionChange,
  seen: Seen,
  { operator, snapshots }: Watching,
): readonly Savepoint[] {
  const { news, owners } = seen
  const { type, object } = sighting
  const isSnapshot = snapshots.watchable.some(({ kind }) => kind.kind === object.kind)
  if (isSnapshot) return type === 'object' ? news.fresh(ofSnapshot(object, seen, snapshots)) : []
  if (type === 'object') return news.fresh(ofJob(object, owners, operator))
  news.forget(object.metadata.uid)
  owners.delete(jobKey(refOf(object)))
  return []
}

function ofJob(
  resource: Resource,
  owners: Map<string, WatchedOwner>,
  build: Build | undefined,
): readonly Savepoint[] {
  const operator = operatorOf(resource)
  const facts = operator.read(resource, givenTo(operator, build))
  const { restartPoint, job } = facts
  const { creationTimestamp } = resource.metadata
  owners.set(jobKey(job), { job, creationTimestamp, restartPoint })
  return mergeSavepoints(savepointsOfStatus(facts), restartPoint)
}

/** That one alone: of the others was told. */
function ofSnapshot(snapshot: Resource, { owners }: Seen, { store }: Snapshots): readonly Savepoint[] {
  const key = store.put(snapshot)
  const owner = key === undefined ? undefined : owners.get(key)
  const its = owner ? store.of(owner, snapshot) : []
  store.remove(snapshot)
  return mergeSavepoints(its, owner?.restartPoint)
}

/** All of them are of the one object that was seen. */
async function recordFresh(world: World, cluster: Cluster, fresh: readonly Savepoint[]): Promise<void> {
  const [first] = fresh
  if (!first) return
  const entries = unrecorded(fresh.toReversed(), first.job.uid)
  if (entries.length > 0) await keep(world, cluster, first.job, entries)
}
