import { type Failure, failure } from '../domain/failure.ts'
import { sameLocation } from '../domain/location.ts'
import type { RestoreTarget } from '../domain/printable.ts'
import { shortName } from '../domain/resource.ts'
import type { JobRef, Savepoint } from '../domain/savepoint.ts'

/** How a person names a savepoint. */
export type SavepointName =
  /** `latest`, `latest~2`: so many before the newest. */
  | { readonly by: 'latest'; readonly back: number }
  | { readonly by: 'location'; readonly location: string }
  | { readonly by: 'generation'; readonly generation: number }

/** `latest`, `latest~N`, `gen:N` or a location; anything else is a usage error. */
export function parseSavepointName(word: string): SavepointName {
  const [, back] = /^latest(?:~(\d{1,4}))?$/.exec(word) ?? []
  if (word === 'latest' || back !== undefined) return { by: 'latest', back: Number(back ?? 0) }
  const [, generation] = /^gen:(\d{1,10})$/.exec(word) ?? []
  if (generation !== undefined) return { by: 'generation', generation: Number(generation) }
  if (/^name:/.test(word)) throw usage(`savepoints have no names yet: ${word}`)
  if (!word.startsWith('gen:') && /^([A-Za-z][A-Za-z0-9+.-]*:|\.?\/)./.test(word))
    return { by: 'location', location: word }
  throw usage(`${JSON.stringify(word)} names no savepoint`)
}

/**
 * The savepoint that is meant, out of a merged list. `latest` and `gen:N` look only at this object (its uid); a savepoint
 * of an earlier object of the same name has to be named by its location. A location that no source knows comes back alone.
 */
export function findSavepoint(list: readonly Savepoint[], name: SavepointName, job: JobRef): RestoreTarget {
  if (name.by === 'location') return atLocation(list, name.location)
  const own = list.filter(({ job: { uid } }) => uid === job.uid)
  return name.by === 'latest' ? latest(own, name.back, job) : ofGeneration(own, name.generation, job)
}

function atLocation(list: readonly Savepoint[], location: string): RestoreTarget {
  return list.filter(isRestorable).find(known => sameLocation(known.location, location)) ?? { location }
}

function latest(own: readonly Savepoint[], back: number, job: JobRef): RestoreTarget {
  const taken = own.filter(isRestorable).filter(({ type, origin }) => type === 'savepoint' && !origin)
  const found = taken[back]
  if (found) return found
  if (taken.length > 0) {
    throw failure(
      'not-asked',
      `${shownJob(job)} has only ${taken.length} known savepoint${taken.length > 1 ? 's' : ''}`,
    )
  }
  const origin = own.filter(isRestorable).find(known => known.origin)
  const hints = origin ? [`it was started from ${origin.location}; name that location to use it`] : []
  throw failure('not-asked', `no savepoint of ${shownJob(job)} is known`, ...hints)
}

function ofGeneration(own: readonly Savepoint[], generation: number, job: JobRef): RestoreTarget {
  const numbered = own.filter(known => known.generation === generation)
  const found = numbered.filter(isRestorable)[0]
  if (found) return found
  throw failure('not-asked', `${whyNot(numbered, generation)} (${shownJob(job)})`)
}

function whyNot(numbered: readonly Savepoint[], generation: number): string {
  const states = numbered.map(({ state }) => state)
  if (states.includes('Withdrawn'))
    return `savepointGeneration ${generation} was withdrawn: it is not a savepoint`
  if (states.includes('Failed')) return `the savepoint of savepointGeneration ${generation} failed`
  if (states.length > 0) return `the savepoint of savepointGeneration ${generation} is not complete`
  return `no savepoint of savepointGeneration ${generation} is known`
}

function isRestorable(known: Savepoint): known is Savepoint & { readonly location: string } {
  return known.state === 'Completed' && known.location !== undefined
}

function shownJob(job: JobRef): string {
  return shortName(job)
}

function usage(text: string): Failure {
  return failure(
    'usage',
    text,
    'a SAVEPOINT is latest, latest~1 (the one before), gen:12, or a location such as gs://bucket/savepoint-c0c55c-63ed75ba89c1',
  )
}
