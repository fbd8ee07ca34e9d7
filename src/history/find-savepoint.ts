import { type Failure, failure } from '../domain/failure.ts'
import { sameLocation } from '../domain/location.ts'
import { shortName } from '../domain/resource.ts'
import type { JobRef, RestoreTarget, Savepoint } from '../domain/savepoint.ts'
import { isRestorable, isTaken, knownNames, type Restorable } from './candidates.ts'
import { isSavepointName } from './savepoint-label.ts'

/** How a person names a savepoint. */
export type SavepointName =
  /** `latest`, `latest~2`: so many before the newest. */
  | { readonly by: 'latest'; readonly back: number }
  | { readonly by: 'location'; readonly location: string }
  /** As `take --name` gave it. */
  | { readonly by: 'name'; readonly name: string }
  | { readonly by: 'generation'; readonly generation: number }

/** `latest`, `latest~N`, `gen:N`, a location, `name:NAME` or the bare name; anything else is a usage error. */
export function parseSavepointName(word: string): SavepointName {
  const [, back] = /^latest(?:~(\d{1,4}))?$/.exec(word) ?? []
  if (word === 'latest' || back !== undefined) return { by: 'latest', back: Number(back ?? 0) }
  const [, generation] = /^gen:(\d{1,10})$/.exec(word) ?? []
  if (generation !== undefined) return { by: 'generation', generation: Number(generation) }
  const name = /^(?:name:)?(.*)$/s.exec(word)?.[1] ?? ''
  if (isSavepointName(name)) return { by: 'name', name }
  if (!/^(gen|name):/.test(word) && /^([A-Za-z][A-Za-z0-9+.-]*:|\.?\/)./.test(word))
    return { by: 'location', location: word }
  throw usage(`${JSON.stringify(word)} names no savepoint`)
}

/**
 * The savepoint that is meant, out of a merged list. `latest` and `gen:N` look only at this object (its uid); a savepoint
 * of an earlier object of the same name has to be named, by its location or its own name. A location that no source knows
 * comes back alone. `now`: epoch ms.
 */
export function findSavepoint(
  list: readonly Savepoint[],
  name: SavepointName,
  job: JobRef,
  now: number,
): RestoreTarget {
  if (name.by === 'location') return atLocation(list, name.location)
  if (name.by === 'name') return called(list, name.name, job, now)
  const own = list.filter(({ job: { uid } }) => uid === job.uid)
  return name.by === 'latest' ? latest(own, name.back, job) : ofGeneration(own, name.generation, job)
}

function called(list: readonly Savepoint[], name: string, job: JobRef, now: number): RestoreTarget {
  const named = list.filter(known => known.name === name)
  const own = named.filter(({ job: { uid } }) => uid === job.uid)
  const meant = own.some(isRestorable) ? own.filter(isRestorable) : named.filter(isRestorable)
  const [found, other] = meant
  // Two of one name: one of them was written by hand, or by two plugins at once. Neither is what was meant for certain.
  if (found && other) throw ambiguous(name, meant, job)
  if (found) return found
  if (own[0] ?? named[0])
    throw failure('not-asked', `the savepoint ${name} of ${shortName(job)} ${unusable(own[0] ?? named[0])}`)
  const known = knownNames(list, job, now)
  const hint = known
    ? `its savepoints are called ${known}`
    : `none of its savepoints has a name; ${otherWords}`
  throw failure('not-asked', `no savepoint of ${shortName(job)} is called ${name}`, hint)
}

function ambiguous(name: string, meant: readonly Restorable[], job: JobRef): Failure {
  const locations = meant.map(({ location }) => location)
  return failure(
    'not-asked',
    `${locations.length} savepoints of ${shortName(job)} are called ${name}; name one by its location`,
    ...locations.slice(0, 5),
  )
}

function unusable(savepoint: Savepoint | undefined): string {
  if (savepoint?.state === 'Failed') return 'failed'
  if (savepoint?.gone !== undefined) return 'was deleted'
  return savepoint?.state === 'Withdrawn' ? 'was withdrawn' : 'is not complete'
}

function atLocation(list: readonly Savepoint[], location: string): RestoreTarget {
  return list.filter(isRestorable).find(known => sameLocation(known.location, location)) ?? { location }
}

function latest(own: readonly Savepoint[], back: number, job: JobRef): RestoreTarget {
  const taken = own.filter(isRestorable).filter(isTaken)
  const found = taken[back]
  if (found) return found
  if (taken.length > 0) {
    throw failure(
      'not-asked',
      `${shortName(job)} has only ${taken.length} known savepoint${taken.length > 1 ? 's' : ''}`,
    )
  }
  const origin = own.filter(isRestorable).find(known => known.origin)
  const hints = origin ? [`it was started from ${origin.location}; name that location to use it`] : []
  throw failure('not-asked', `no savepoint of ${shortName(job)} is known`, ...hints)
}

function ofGeneration(own: readonly Savepoint[], generation: number, job: JobRef): RestoreTarget {
  const numbered = own.filter(known => known.generation === generation)
  const found = numbered.filter(isRestorable)[0]
  if (found) return found
  throw failure('not-asked', `${whyNot(numbered, generation)} (${shortName(job)})`)
}

function whyNot(numbered: readonly Savepoint[], generation: number): string {
  const states = numbered.map(({ state }) => state)
  if (states.includes('Withdrawn'))
    return `savepointGeneration ${generation} was withdrawn: it is not a savepoint`
  if (states.includes('Failed')) return `the savepoint of savepointGeneration ${generation} failed`
  if (numbered.some(({ gone }) => gone !== undefined))
    return `the savepoint of savepointGeneration ${generation} was deleted`
  if (states.length > 0) return `the savepoint of savepointGeneration ${generation} is not complete`
  return `no savepoint of savepointGeneration ${generation} is known`
}

const otherWords =
  'a SAVEPOINT is latest, latest~1 (the one before), gen:12, a name, or a location such as gs://bucket/savepoint-c0c55c-63ed75ba89c1'

function usage(text: string): Failure {
  return failure('usage', text, otherWords)
}
