import type { Failure } from '../domain/failure.ts'
import { type Fields, textAt } from '../domain/fields.ts'
import { type Clock, refusedWith, type Sighting } from '../domain/ports.ts'
import { type Resource, type ResourceRef, resourceOf } from '../domain/resource.ts'
import type { Discovery } from './discovery.ts'
import { isPassing } from './failures.ts'
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

/** The object as it changes, over dropped streams, 410 Gone and restarts of the API server, until it is deleted or `signal`. */
export async function* watch(watching: Watching, resourceVersion: string): AsyncGenerator<Sighting> {
  const { signal } = watching
  let known: Known = { version: resourceVersion, uid: undefined }
  while (!signal.aborted) {
    const end = yield* sightings(watching, known)
    if (end.deleted) return
    known = end.known
    if (end.lost === undefined || signal.aborted) continue
    yield { type: 'resumed', reason: end.lost.message }
    const found = await afterOutage(watching)
    if (found === undefined) return
    if (found === 'deleted' || isAnother(found, known)) return yield { type: 'deleted' }
    known = { version: found.metadata.resourceVersion, uid: found.metadata.uid }
    yield { type: 'object', object: found }
  }
}

/** What one stream shows; then how far it came, and why it was lost if it was. */
async function* sightings(
  watching: Watching,
  from: Known,
): AsyncGenerator<Sighting, { known: Known; lost?: Failure; deleted?: true }> {
  let known = from
  try {
    for await (const event of eventsFrom(watching, from.version)) {
      const { sighting, now } = understood(event, known)
      known = now
      if (sighting) yield sighting
      if (sighting?.type === 'deleted') return { known, deleted: true }
    }
    return { known }
  } catch (error) {
    if (watching.signal.aborted) return { known }
    if (!isPassing(error)) throw error
    return { known, lost: error as Failure }
  }
}

interface Known {
  readonly version: string
  readonly uid: string | undefined
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
async function afterOutage(watching: Watching): Promise<Resource | 'deleted' | undefined> {
  const { clock, signal } = watching
  const began = clock.now()
  for (let pauseMs = firstPauseMs; ; pauseMs = Math.min(pauseMs * 2, longestPauseMs)) {
    await clock.sleep(pauseMs, signal)
    if (signal.aborted) return undefined
    const found = await lookAgain(watching, clock.now() - began)
    if (found !== 'later') return found
  }
}

async function lookAgain(
  { server, discovery, ref, signal }: Watching,
  sinceMs: number,
): Promise<Resource | 'deleted' | 'later'> {
  try {
    return await get(server, discovery, ref)
  } catch (error) {
    if (signal.aborted) return 'later'
    if (isNotFound(error, ref)) return 'deleted'
    const starting = sinceMs < startUpMs && [401, 403, 404].some(code => refusedWith(error, code))
    if (!starting && !isPassing(error)) throw error
    return 'later'
  }
}

/** `flinkclusters.flinkoperator.k8s.io "orders" not found`, which a server that is only starting does not say. */
function isNotFound(error: unknown, ref: ResourceRef): boolean {
  return refusedWith(error, 404) && error.message.includes(`"${ref.name}" not found`)
}
