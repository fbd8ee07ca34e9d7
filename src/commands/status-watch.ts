import { failure } from '../domain/failure.ts'
import type { Cluster, World } from '../domain/ports.ts'
import type { JobStatus, Printable } from '../domain/printable.ts'
import { type Resource, shortName } from '../domain/resource.ts'
import { merged } from './merged.ts'
import type { Listed, ListedKind, Listing } from './status-list.ts'
import { type Many, statusOfListed, tooMany } from './status-many.ts'
import { checkpointsFor } from './status-sources.ts'

/** The jobs as they were found, then each again when something about it has changed, until Ctrl-C. */
export async function* watchStatus(world: World, many: Many, options: Listing): AsyncGenerator<Printable> {
  const severalKinds = many.kinds.length > 1
  const list = (items: readonly JobStatus[]): Printable => ({
    kind: 'JobStatusList',
    value: { items },
    severalKinds,
  })
  yield list(many.items)
  const bare = (job: Listed) => statusOfListed(job, tooMany, world.clock.now())
  const shown = new Map(
    many.kinds.flatMap(({ jobs }) => jobs.map(job => [job.facts.job.uid, gist(bare(job))])),
  )
  for await (const { kind, object, gone } of sightings(world, many, options)) {
    const { uid, name } = object.metadata
    if (gone) {
      shown.delete(uid)
      world.person.tell(`${shortName({ kind: object.kind, name })} was deleted`)
      continue
    }
    const job = await kind.again(object)
    const news = gist(bare(job))
    if (shown.get(uid) === news) continue
    shown.set(uid, news)
    const told = many.few ? await checkpointsFor(world, job.facts, options.restWanted) : tooMany
    yield list([statusOfListed(job, told, world.clock.now())])
  }
  if (world.interrupted.aborted) throw failure('interrupted', 'interrupted')
}

interface Seen {
  readonly kind: ListedKind
  readonly object: Resource
  readonly gone: boolean
}

/** Of all kinds, as they come: one watch a kind and namespace. */
async function* sightings(world: World, many: Many, options: Listing): AsyncGenerator<Seen> {
  const cluster = await world.cluster()
  yield* merged(many.kinds.map(kind => sightingsOf(world, cluster, kind, options)))
}

async function* sightingsOf(
  world: World,
  cluster: Cluster,
  listed: ListedKind,
  { namespace, selector, chosen }: Listing,
): AsyncGenerator<Seen> {
  const { kind, resourceVersion } = listed
  for await (const sighting of cluster.watchAll(
    kind,
    namespace,
    resourceVersion,
    world.interrupted,
    selector,
  )) {
    if (sighting.type === 'resumed') {
      world.person.tell(`watching again: ${sighting.reason}`)
      continue
    }
    const { object, type } = sighting
    if (chosen({ kind: object.kind, name: object.metadata.name }))
      yield { kind: listed, object, gone: type === 'deleted' }
  }
}

/** What of a status is news when it changes: not what only moves with the clock, nor what Flink alone knows. */
function gist(status: JobStatus): string {
  const { state, lastSavepoint, restartPoint, automatic, onFailure, origin, problems } = status
  const timeless = problems.map(problem => problem.replace(/\d+/g, ''))
  const points = [lastSavepoint?.location, restartPoint?.location, origin]
  return JSON.stringify([state, points, automatic?.everySeconds, automatic?.directory, onFailure, timeless])
}
