import type { Failure } from '../domain/failure.ts'
import { type Fields, textAt } from '../domain/fields.ts'
import { type Clock, refusedWith, type Sighting } from '../domain/ports.ts'
import { type Resource, type ResourceRef, resourceOf } from '../domain/resource.ts'
import type { Discovery } from './discovery.ts'
import { isPassing, unusableAnswer } from './failures.ts'
import { atItsPlace, get } from './objects.ts'
import type { Server } from './server.ts'
import { watchStream } from './watch-stream.ts'

/** What a watch stands on. */
export interface Watching {
  readonly server: Server
  readonly discovery: Discovery
  readonly clock: Clock
  readonly ref: ResourceRef
  readonly signal: AbortSignal
}

const firstPauseMs = 200
const longestPauseMs = 5_000

/**
 * An API server that starts refuses for some seconds what it will allow: 401 and 403 while its caches fill, 404 for
 * custom resources. After an outage these are not yet answers.
 */
const startUpMs = 30_000

/** client-go's "very short watch": a stream that ends so soon with nothing is not taken up again at once. */
const shortMs = 1_000

/** The object as it changes, over dropped streams, 410 Gone and restarts of the API server, until it is deleted or `signal`. */
export async function* watch(watching: Watching, resourceVersion: string): AsyncGenerator<Sighting> {
  const { signal, clock } = watching
  let known: Known = { version: resourceVersion, uid: undefined }
  let outage: Outage | undefined
  while (!signal.aborted) {
    const end = yield* sightings(watching, known, outage)
    if (end.deleted) return
    known = end.known
    if (end.brought) outage = undefined
    if (end.lost === undefined || signal.aborted) continue
    if (outage === undefined) yield { type: 'resumed', reason: end.lost.message }
    outage ??= { pauseMs: firstPauseMs, beganAt: clock.now() }
    const now = yield* takenUp(watching, known, outage)
    if (now === undefined) return
    known = now
  }
}

/** How the object is now, so that nothing is missed; undefined where there is nothing more to watch. */
async function* takenUp(
  watching: Watching,
  known: Known,
  outage: Outage,
): AsyncGenerator<Sighting, Known | undefined> {
  const found = await afterOutage(watching, outage)
  if (found === undefined) return undefined
  if (found === 'deleted' || isAnother(found, known)) {
    yield { type: 'deleted' }
    return undefined
  }
  const { resourceVersion, uid } = found.metadata
  if (resourceVersion !== known.version) yield { type: 'object', object: found }
  return { version: resourceVersion, uid }
}

interface Known {
  readonly version: string
  readonly uid: string | undefined
}

/** From the loss of a stream until another one brings something. */
interface Outage {
  pauseMs: number
  readonly beganAt: number
}

interface End {
  readonly known: Known
  /** Something came, if only a bookmark. */
  readonly brought: boolean
  readonly lost?: Failure
  readonly deleted?: true
}

/** What one stream shows; then how far it came, and why it was lost if it was. */
async function* sightings(
  watching: Watching,
  from: Known,
  outage: Outage | undefined,
): AsyncGenerator<Sighting, End> {
  const { clock, signal } = watching
  const beganAt = clock.now()
  let known = from
  let brought = false
  try {
    for await (const event of eventsFrom(watching, from.version)) {
      brought = true
      const { sighting, now } = understood(event, known)
      known = now
      if (sighting) yield sighting
      if (sighting?.type === 'deleted') return { known, brought, deleted: true }
    }
    const short = !brought && clock.now() - beganAt < shortMs
    return { known, brought, ...(short && { lost: unusableAnswer('the server ended the watch at once') }) }
  } catch (error) {
    if (signal.aborted) return { known, brought }
    if (!isPassing(error) && !isStarting(error, outage, clock)) throw error
    return { known, brought, lost: error as Failure }
  }
}

function isAnother(found: Resource, known: Known): boolean {
  return known.uid !== undefined && found.metadata.uid !== known.uid
}

function eventsFrom(
  { server, discovery, ref, signal, clock }: Watching,
  version: string,
): AsyncIterable<Fields> {
  return watchStream(server, clock, ref, version, signal, act => atItsPlace(discovery, ref, act))
}

function understood(event: Fields, known: Known): { sighting?: Sighting; now: Known } {
  const body = event['object'] as Fields
  const version = textAt(body, 'metadata', 'resourceVersion') ?? known.version
  if (event['type'] === 'BOOKMARK') return { now: { ...known, version } }
  const object = resourceOf(body)
  if (object === undefined) return { now: known }
  const now = { version, uid: object.metadata.uid }
  return { now, sighting: event['type'] === 'DELETED' ? { type: 'deleted' } : { type: 'object', object } }
}

/** Tries until the server says how the object is now; undefined after `signal`. */
async function afterOutage(watching: Watching, outage: Outage): Promise<Resource | 'deleted' | undefined> {
  const { clock, signal } = watching
  for (;;) {
    await clock.sleep(outage.pauseMs, signal)
    if (signal.aborted) return undefined
    outage.pauseMs = Math.min(outage.pauseMs * 2, longestPauseMs)
    const found = await lookAgain(watching, outage)
    if (found !== 'later') return found
  }
}

async function lookAgain(
  { server, discovery, ref, signal, clock }: Watching,
  outage: Outage,
): Promise<Resource | 'deleted' | 'later'> {
  try {
    return await get(server, discovery, ref)
  } catch (error) {
    if (signal.aborted) return 'later'
    if (isNotFound(error, ref)) return 'deleted'
    if (!isPassing(error) && !isStarting(error, outage, clock)) throw error
    return 'later'
  }
}

function isStarting(error: unknown, outage: Outage | undefined, clock: Clock): boolean {
  if (outage === undefined || clock.now() - outage.beganAt > startUpMs) return false
  return [401, 403, 404].some(code => refusedWith(error, code))
}

/** `flinkclusters.flinkoperator.k8s.io "orders" not found`, which a server that is only starting does not say. */
function isNotFound(error: unknown, ref: ResourceRef): boolean {
  return refusedWith(error, 404) && error.message.includes(`"${ref.name}" not found`)
}
