import type { Failure } from '../domain/failure.ts'
import { type Fields, textAt } from '../domain/fields.ts'
import { type Clock, refusedWith, type Sighting } from '../domain/ports.ts'
import { isPassing, unusableAnswer } from './failures.ts'

type Resumed = Extract<Sighting, { type: 'resumed' }>

/** What is watched, and how it is read. It remembers for itself what it has seen. */
export interface Watched<Seen> {
  /** One stream of watch events after `version`: ends when the server ends it, throws when it is lost. */
  events(version: string): AsyncIterable<Fields>
  /** What an event that is no bookmark shows; `over`: there is nothing more to watch. */
  understand(event: Fields): { readonly seen?: Seen; readonly over?: true }
  /** How things are now, after a stream was lost at `version`; gives the version to go on from, or undefined where it is over. */
  catchUp(version: string, lost: Failure): AsyncGenerator<Seen, string | undefined>
}

interface Around {
  readonly clock: Clock
  readonly signal: AbortSignal
  /** Ctrl-C, which ends all streams: also those of waits that still put something back. */
  readonly interrupted: AbortSignal
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

/** What is seen after `version`, over dropped streams, 410 Gone and restarts of the API server, until it is over or `signal`. */
export async function* resumed<Seen>(
  watched: Watched<Seen>,
  around: Around,
  version: string,
): AsyncGenerator<Seen | Resumed> {
  const { signal, clock } = around
  let known = version
  let outage: Outage | undefined
  while (!signal.aborted) {
    const end = yield* oneStream(watched, around, known, outage)
    if (end.over) return
    known = end.version
    if (end.brought) outage = undefined
    if (end.lost === undefined || signal.aborted) continue
    if (outage === undefined && !around.interrupted.aborted)
      yield { type: 'resumed', reason: end.lost.message }
    outage ??= { pauseMs: firstPauseMs, beganAt: clock.now() }
    const now = yield* takenUp(watched, around, outage, known, end.lost)
    if (now === undefined) return
    known = now
  }
}

/** From the loss of a stream until another one brings something. */
interface Outage {
  pauseMs: number
  readonly beganAt: number
}

interface End {
  readonly version: string
  /** Something came, if only a bookmark. */
  readonly brought: boolean
  readonly lost?: Failure
  readonly over?: true
}

/** What one stream shows; then how far it came, and why it was lost if it was. */
async function* oneStream<Seen>(
  watched: Watched<Seen>,
  { clock, signal }: Around,
  from: string,
  outage: Outage | undefined,
): AsyncGenerator<Seen, End> {
  const beganAt = clock.now()
  let version = from
  let brought = false
  try {
    for await (const event of watched.events(from)) {
      brought = true
      version = textAt(event, 'object', 'metadata', 'resourceVersion') ?? version
      const { seen, over } = shownBy(event, watched)
      if (seen !== undefined) yield seen
      if (over) return { version, brought, over }
    }
    const short = !brought && clock.now() - beganAt < shortMs
    return { version, brought, ...(short && { lost: unusableAnswer('the server ended the watch at once') }) }
  } catch (error) {
    if (signal.aborted) return { version, brought }
    if (!isPassing(error) && !isStarting(error, outage, clock)) throw error
    return { version, brought, lost: error as Failure }
  }
}

function shownBy<Seen>(event: Fields, watched: Watched<Seen>): ReturnType<Watched<Seen>['understand']> {
  return event['type'] === 'BOOKMARK' ? {} : watched.understand(event)
}

/** Tries until the server says how things are now, so that nothing is missed; undefined where it is over, or after `signal`. */
async function* takenUp<Seen>(
  watched: Watched<Seen>,
  { clock, signal }: Around,
  outage: Outage,
  version: string,
  lost: Failure,
): AsyncGenerator<Seen, string | undefined> {
  for (;;) {
    await clock.sleep(outage.pauseMs, signal)
    if (signal.aborted) return undefined
    outage.pauseMs = Math.min(outage.pauseMs * 2, longestPauseMs)
    try {
      return yield* watched.catchUp(version, lost)
    } catch (error) {
      if (signal.aborted) return undefined
      if (!isPassing(error) && !isStarting(error, outage, clock)) throw error
    }
  }
}

function isStarting(error: unknown, outage: Outage | undefined, clock: Clock): boolean {
  if (outage === undefined || clock.now() - outage.beganAt > startUpMs) return false
  return [401, 403, 404].some(code => refusedWith(error, code))
}
