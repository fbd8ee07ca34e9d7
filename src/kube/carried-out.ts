import { Failure } from '../domain/failure.ts'
import { type Fields, isFields } from '../domain/fields.ts'
import { type Clock, refusedWith, type Write } from '../domain/ports.ts'
import { type Resource, shortName } from '../domain/resource.ts'
import { isPassing } from './failures.ts'

/** An API server that was restarted answers again within some seconds. */
const patienceMs = 30_000
const pauseMs = 500

/**
 * The object that a write has made, where the answer to it was lost. Where the object does not show it, or cannot be read, the
 * write has failed, and what is known is said: it may be carried out by somebody's second thoughts, but not by ours.
 */
export async function carriedOut(
  write: Write,
  lost: Failure,
  look: () => Promise<Resource>,
  clock: Clock,
): Promise<Resource> {
  const found = await foundBy(look, clock)
  if (found !== undefined && found !== 'absent' && isShown(write, found)) return found
  const name = shortName(write.ref)
  const unchanged = found === 'absent' || (found !== undefined && versionIn(write.body) === versionOf(found))
  const hint = unchanged
    ? `${name} does not show this change: it was not carried out`
    : `whether this change of ${name} was carried out is not known: look at it before you ask again`
  const { code, message, hints, status, cause } = lost
  const more = { hints: [...hints, hint], cause, uncertain: !unchanged }
  throw new Failure(code, message, { ...more, ...(status && { status }) })
}

/** As it is now; undefined where nobody tells. */
async function foundBy(
  look: () => Promise<Resource>,
  clock: Clock,
): Promise<Resource | 'absent' | undefined> {
  const until = clock.now() + patienceMs
  for (;;) {
    try {
      return await look()
    } catch (error) {
      if (refusedWith(error, 404)) return 'absent'
      if (!isPassing(error) || clock.now() > until) return undefined
      await clock.sleep(pauseMs)
    }
  }
}

/**
 * All that was written is there. An annotation is taken away by the operator that it is for: where nothing but annotations was
 * written, and the object is another than the one that was read, they are taken for written, and who waits finds out.
 */
function isShown(write: Write, found: Resource): boolean {
  const { body } = write
  if (!isFields(body)) return false
  const changed = versionIn(body) !== undefined && versionIn(body) !== versionOf(found)
  if (write.verb !== 'create' && !changed) return false
  return holds(found.body, withoutVersion(body)) || (write.verb === 'patch' && isAnnotations(body))
}

function isAnnotations(body: Fields): boolean {
  const { metadata, ...rest } = body
  const wanted = isFields(metadata) ? Object.keys(metadata) : []
  return (
    Object.keys(rest).length === 0 &&
    wanted.every(key => ['annotations', 'resourceVersion', 'uid'].includes(key))
  )
}

/** Does it have all that a merge patch asks for? */
function holds(found: unknown, wanted: unknown): boolean {
  if (wanted === null) return found === undefined || found === null
  if (!isFields(wanted)) return JSON.stringify(found) === JSON.stringify(wanted)
  const there = isFields(found) ? found : {}
  return Object.entries(wanted).every(([key, value]) => holds(there[key], value))
}

function withoutVersion(body: Fields): Fields {
  const { metadata, ...rest } = body
  if (!isFields(metadata)) return body
  const { resourceVersion: _, ...others } = metadata
  return { ...rest, metadata: others }
}

function versionIn(body: Write['body']): unknown {
  const { metadata } = isFields(body) ? body : {}
  return isFields(metadata) ? metadata['resourceVersion'] : undefined
}

function versionOf({ metadata }: Resource): string {
  return metadata.resourceVersion
}
