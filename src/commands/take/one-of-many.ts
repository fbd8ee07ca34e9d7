import { Failure } from '../../domain/failure.ts'
import { type Cluster, type FlinkRest, refusedWith, type World } from '../../domain/ports.ts'
import type { Resource } from '../../domain/resource.ts'
import type { Savepoint } from '../../domain/savepoint.ts'
import { operatorOf } from '../../operators/index.ts'
import { aboutFailure } from './aside.ts'
import { type TakeEnd, takeJob } from './job.ts'
import type { Place } from './many-board.ts'
import { reasonToSkip, type Target } from './many-jobs.ts'
import type { TakeOptions } from './options.ts'

/** What became of one of many jobs; nothing at all where its turn did not come. */
export interface TakeOfMany {
  readonly target: Target
  readonly end?: Pick<TakeEnd, 'value' | 'failure'>
  /** It was not asked: the reason. Or a bug. */
  readonly error?: unknown
  readonly skipped?: true
}

interface Turn {
  /** Whose person speaks of this job. */
  readonly world: World
  readonly cluster: Cluster
  readonly options: TakeOptions
  readonly target: Target
  /** Chosen by label, a job that has stopped or gone meanwhile is no failure. */
  readonly byName: boolean
  readonly place: Place
}

/** One job's turn, with its record; whatever ends it is told, and ends nothing else. */
export async function takeOneOfMany(turn: Turn): Promise<TakeOfMany> {
  const { target, place } = turn
  place.set('Asking')
  try {
    const end = await turnOf(turn)
    if (end === 'skipped') return { target, skipped: true }
    const { value, failure } = end
    if (value.kind === 'Savepoint') place.set(value.value.state, detailOf(value.value))
    if (failure) tellFailure(turn, failure)
    await end.keep()
    return { target, end: { value, ...(failure && { failure }) } }
  } catch (error) {
    return refused(turn, error)
  }
}

function detailOf({ location, failure }: Savepoint): string | undefined {
  return location ?? failure?.rootCause ?? failure?.message
}

/** Thrown before anything was asked: after Ctrl-C it is as if its turn had not come. */
function refused(turn: Turn, error: unknown): TakeOfMany {
  const { target, place } = turn
  if (error instanceof Failure && error.code === 'interrupted' && !error.uncertain) {
    place.set('Waiting')
    return { target }
  }
  place.set('Refused', error instanceof Error ? error.message : '')
  if (error instanceof Failure) tellFailure(turn, error)
  return { target, error }
}

async function turnOf(turn: Turn): Promise<TakeEnd | 'skipped'> {
  const { cluster, target, options } = turn
  if (target.ref instanceof Failure) throw target.ref
  const followed = target.watch?.follow(target.ref)
  const { rest, close } = closedTogether(turn.world)
  try {
    const own = followed?.cluster ?? cluster
    const resource = await read(turn, own)
    if (resource === undefined) return 'skipped'
    return await takeJob({ ...turn.world, rest }, observed(own, turn.place), resource, options)
  } finally {
    followed?.end()
    await close()
  }
}

/** The job as it is now; undefined where it is none any more that would have been chosen. */
async function read({ target, byName, world, place }: Turn, cluster: Cluster): Promise<Resource | undefined> {
  if (target.ref instanceof Failure) throw target.ref
  const skip = (reason: string) => {
    place.set('Skipped', reason)
    world.person.tell(`${target.shown} ${reason}`)
    return undefined
  }
  try {
    const resource = await cluster.get(target.ref)
    const reason = byName ? undefined : reasonToSkip(operatorOf(resource).read(resource))
    return reason === undefined ? resource : skip(reason)
  } catch (error) {
    if (byName || !refusedWith(error, 404)) throw error
    return skip('is skipped: it is gone')
  }
}

/** The same cluster, while somebody looks on. */
function observed(cluster: Cluster, place: Place): Cluster {
  return {
    ...cluster,
    async write(write, options) {
      const written = await cluster.write(write, options)
      if (!options?.dryRun) place.written()
      return written
    },
    async *watch(ref, version, signal) {
      for await (const sighting of cluster.watch(ref, version, signal)) {
        if (sighting.type === 'object') place.seen(sighting.object)
        yield sighting
      }
    },
  }
}

/** Ways to Flink are not left open until the last of many jobs is done. */
function closedTogether(world: World): Pick<World, 'rest'> & { close(): Promise<void> } {
  const open: FlinkRest[] = []
  return {
    async rest(place, reach) {
      const rest = await world.rest(place, reach)
      open.push(rest)
      return rest
    },
    close: async () => void (await Promise.allSettled(open.map(rest => rest.close()))),
  }
}

function tellFailure({ target, world }: Turn, failure: Failure): void {
  const { message, hints } = aboutFailure(target, failure)
  world.person.warn(message)
  for (const hint of hints) world.person.tell(hint)
}
