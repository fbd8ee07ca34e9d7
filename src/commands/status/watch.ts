import { failure } from '../../domain/failure.ts'
import type { JobStatus } from '../../domain/job-status.ts'
import type { Cluster, World } from '../../domain/ports.ts'
import type { Printable } from '../../domain/printable.ts'
import { type Resource, refOf, shortName } from '../../domain/resource.ts'
import { jobKey } from '../../history/snapshots.ts'
import { tellWatchingAgain, type WatchingAgain } from '../../wait/watching-again.ts'
import { merged } from '../job/merged.ts'
import type { ListedKindOf } from '../sources/list-snapshots.ts'
import type { Listed, ListedKind, Listing } from './list.ts'
import { type Many, statusOfListed, tooMany } from './many.ts'
import { checkpointsFor } from './sources.ts'

/** The jobs as they were found, then each again when something about it has changed, until Ctrl-C. */
export async function* watchStatus(world: World, many: Many, options: Listing): AsyncGenerator<Printable> {
  const severalKinds = many.kinds.length > 1
  const list = (items: readonly JobStatus[]): Printable => ({
    kind: 'JobStatusList',
    value: { items },
    severalKinds,
  })
  yield list(many.items)
  const gistOf = (job: Listed) => gist(statusOfListed(job, tooMany, world.clock.now()))
  const jobs = new Map(many.kinds.flatMap(kind => kind.jobs.map(job => [jobKey(job.facts.job), job])))
  const shown = new Map([...jobs].map(([key, job]) => [key, gistOf(job)]))
  for await (const seen of sightings(world, many, options)) {
    const changed = await jobIn(world, seen, many, jobs)
    if (!changed) continue
    const [key, job] = changed
    const news = gistOf(job)
    if (shown.get(key) === news) continue
    shown.set(key, news)
    const told = many.few ? await checkpointsFor(world, job.facts, options.restWanted) : tooMany
    yield list([statusOfListed(job, told, world.clock.now())])
  }
  if (world.interrupted.aborted) throw failure('interrupted', 'interrupted')
}

/** The job that was seen, or whose snapshot was; undefined where there is nothing to show. */
async function jobIn(
  world: World,
  { kind, object, gone }: Seen,
  { snapshots }: Many,
  jobs: Map<string, Listed>,
): Promise<readonly [string, Listed] | undefined> {
  if (!kind) {
    const key = snapshots.store[gone ? 'remove' : 'put'](object)
    const job = key === undefined ? undefined : jobs.get(key)
    return key !== undefined && job ? [key, job] : undefined
  }
  const key = jobKey(refOf(object))
  if (gone) {
    jobs.delete(key)
    world.person.tell(`${shortName({ kind: object.kind, name: object.metadata.name })} was deleted`)
    return undefined
  }
  const job = await kind.again(object)
  jobs.set(key, job)
  return [key, job]
}

interface Seen {
  /** undefined: a snapshot. */
  readonly kind: ListedKind | undefined
  readonly object: Resource
  readonly gone: boolean
}

/** Of all kinds, as they come: one watch a kind and namespace. */
async function* sightings(world: World, many: Many, options: Listing): AsyncGenerator<Seen> {
  const { person, clock, interrupted } = world
  const cluster = await world.cluster()
  const from = { cluster, interrupted, watchingAgain: tellWatchingAgain(person, clock) }
  yield* merged([
    ...many.kinds.map(kind => sightingsOf(from, { ...kind, listed: kind }, options)),
    ...many.snapshots.watchable.map(kind => sightingsOf(from, kind, options)),
  ])
}

interface From extends Pick<World, 'interrupted'> {
  readonly cluster: Cluster
  readonly watchingAgain: WatchingAgain
}

async function* sightingsOf(
  { cluster, interrupted, watchingAgain }: From,
  { kind, resourceVersion, listed }: ListedKindOf & { readonly listed?: ListedKind },
  { namespace, selector, chosen }: Listing,
): AsyncGenerator<Seen> {
  const of = listed ? selector : {}
  for await (const sighting of cluster.watchAll(kind, namespace, resourceVersion, interrupted, of)) {
    if (sighting.type === 'resumed') {
      watchingAgain(sighting.reason)
      continue
    }
    const { object, type } = sighting
    if (!listed || chosen({ kind: object.kind, name: object.metadata.name }))
      yield { kind: listed, object, gone: type === 'deleted' }
  }
}

/** What of a status is news when it changes: not what only moves with the clock, nor what Flink alone knows. */
function gist(status: JobStatus): string {
  const { job, state, lastSavepoint, restartPoint, automatic, onFailure, origin, problems } = status
  const timeless = problems.map(problem => problem.replace(/\d+/g, ''))
  const points = [lastSavepoint?.location, restartPoint?.location, origin]
  const { everySeconds, schedule, directory } = automatic ?? {}
  return JSON.stringify([job.uid, state, points, everySeconds, schedule, directory, onFailure, timeless])
}
