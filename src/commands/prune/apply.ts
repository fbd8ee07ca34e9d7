import { type Failure, failure } from '../../domain/failure.ts'
import { type Fields, flagAt, integerAt, listAt, textAt } from '../../domain/fields.ts'
import { normalisedLocation } from '../../domain/location.ts'
import type { PruneCriteria, PrunePlan } from '../../domain/prune.ts'
import { utc } from '../../domain/time.ts'
import { defined } from '../../history/entry.ts'

/** A plan as it was read from a file that anybody may have written: what of it decides. */
export interface GivenPlan {
  readonly uid: string
  /** Epoch ms. */
  readonly at: number
  readonly criteria: PruneCriteria
  readonly fingerprints: PrunePlan['fingerprints']
  /** Normalised location and fingerprint of each that goes. */
  readonly delete: ReadonlyMap<string, string>
  readonly keep: ReadonlySet<string>
}

/** Clocks differ. */
const farthestAheadMs = 60_000

/** Throws a Failure for what is no plan of ours. `now`: epoch ms. */
export function givenPlan(plan: Fields, path: string, now: number): GivenPlan {
  const wrong = (why: string) => failure('not-asked', `cannot use ${path}: ${why}`)
  if (textAt(plan, 'apiVersion') !== 'flinksp/v1' || textAt(plan, 'kind') !== 'PrunePlan')
    throw wrong('it is no PrunePlan: kubectl flinksp prune JOB … -o json prints one')
  const at = Date.parse(utc(textAt(plan, 'at')) ?? '')
  const uid = textAt(plan, 'job', 'uid')
  if (Number.isNaN(at) || uid === undefined)
    throw wrong('it does not say when, or for which job, it was made')
  if (at > now + farthestAheadMs) throw wrong('it was made later than now')
  const part = (name: keyof PrunePlan['fingerprints']) => textAt(plan, 'fingerprints', name) ?? ''
  return {
    uid,
    at,
    criteria: criteriaIn(plan, wrong),
    fingerprints: { object: part('object'), record: part('record'), directories: part('directories') },
    delete: new Map(listAt(plan, 'delete').map(each => [placeIn(each), textAt(each, 'fingerprint') ?? ''])),
    keep: new Set(listAt(plan, 'keep').map(placeIn)),
  }
}

function placeIn(each: Fields): string {
  return normalisedLocation(textAt(each, 'location') ?? '')
}

function criteriaIn(plan: Fields, wrong: (why: string) => Failure): PruneCriteria {
  const count = (key: string) => integerAt(plan, 'criteria', key)
  const chosen = (key: string) => (flagAt(plan, 'criteria', key) === true ? (true as const) : undefined)
  const keep = count('keep')
  const olderThanSeconds = count('olderThanSeconds')
  if ((keep === undefined || keep < 1) && (olderThanSeconds === undefined || olderThanSeconds < 0))
    throw wrong('it does not say what to leave')
  return defined({
    keep,
    olderThanSeconds,
    includeUnrecorded: chosen('includeUnrecorded'),
    keepNamed: chosen('keepNamed'),
    assumeNoOtherUsers: chosen('assumeNoOtherUsers'),
  })
}

/** Throws where the plan that would be made now is another one: somebody may need what it deletes. */
export function checkUnmoved(given: GivenPlan, now: PrunePlan): void {
  const { object, record, directories } = now.fingerprints
  const deleted = new Map(
    now.delete.map(({ location, fingerprint }) => [normalisedLocation(location), fingerprint]),
  )
  const moved = [
    given.uid !== now.job.uid && 'the job is another object',
    given.fingerprints.object !== object && 'the job was started anew, or starts from something else now',
    given.fingerprints.record !== record && 'its record says something else',
    given.fingerprints.directories !== directories && 'other savepoints are there',
    !sameKeys(given.delete, deleted) && 'other savepoints would be deleted',
    !sameKeys(given.keep, new Set(now.keep.map(({ location }) => normalisedLocation(location)))) &&
      'other savepoints would stay',
    [...deleted].some(([place, mark]) => (given.delete.get(place) ?? mark) !== mark) &&
      'files of what would be deleted are others',
  ].filter(each => typeof each === 'string')
  if (moved.length === 0) return
  throw failure(
    'not-asked',
    `nothing was deleted: since the plan was made, something changed: ${moved.join('; ')}`,
    'make a new plan, and look at it',
  )
}

function sameKeys(
  one: ReadonlySet<string> | ReadonlyMap<string, string>,
  other: ReadonlySet<string> | ReadonlyMap<string, string>,
): boolean {
  return one.size === other.size && [...one.keys()].every(key => other.has(key))
}
