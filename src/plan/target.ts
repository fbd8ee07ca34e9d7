import { humanDuration } from '../domain/duration.ts'
import { type Failure, failure } from '../domain/failure.ts'
import type { JobFacts } from '../domain/job.ts'
import { isBelow, sameLocation } from '../domain/location.ts'
import type { RestoreTarget } from '../domain/savepoint.ts'
import { shellWord } from '../domain/shell.ts'
import { operatorOf } from '../operators/index.ts'
import type { RestoreWish } from '../operators/job-operator.ts'

/** Whoever may write ConfigMaps, or shows a location to somebody, must not be able to steer a restore. */
export function unknownLocation({
  facts,
  target,
  allowUnknownLocation,
  resumed,
}: Pick<RestoreWish, 'facts' | 'target' | 'allowUnknownLocation' | 'resumed'>): Failure | undefined {
  const sources = target.sources ?? []
  const inside = facts.directory !== undefined && isBelow(target.location, facts.directory)
  const vouched = sources.some(source => source !== 'record') || (sources.length > 0 && inside)
  if (vouched || allowUnknownLocation || isNamedByObject(facts, target.location)) return undefined
  const outside =
    facts.directory === undefined
      ? `there is no ${operatorOf(facts.job).directoryField}`
      : `is not below ${facts.directory}`
  const why =
    sources.length === 0
      ? 'no source knows this location'
      : `this location is known only from the record, and ${outside}`
  return cannotRestore(
    { facts, target, ...(resumed && { resumed }) },
    why,
    'if it is the right one: --allow-unknown-location',
  )
}

function isNamedByObject(facts: JobFacts, location: string): boolean {
  return [facts.savepointLocation, facts.statusFromSavepoint, facts.specFromSavepoint].some(known =>
    sameLocation(known, location),
  )
}

export function cannotRestore(
  { facts, target, resumed }: Pick<RestoreWish, 'facts' | 'target' | 'resumed'>,
  why: string,
  ...hints: string[]
): Failure {
  const verb = resumed ? 'resume' : 'restore'
  return failure('not-asked', `cannot ${verb} ${facts.shown} from ${target.location}: ${why}`, ...hints)
}

/** The command that does it where no change of the object is let through. */
export function recreationCommand({
  facts,
  target,
  resumed,
}: Pick<RestoreWish, 'facts' | 'target' | 'resumed'>) {
  const what = resumed ? `resume ${facts.shown}` : `restore ${facts.shown} ${shellWord(target.location)}`
  return `kubectl flinksp ${what} -n ${facts.job.namespace} --recreate`
}

export const sessionCluster = 'it is a session cluster, whose jobs the operator does not know'

/** The savepoint in words: where its location is known from, and how old it is. */
export function describeTarget({ location, completedAt, sources }: RestoreTarget, now: number): string {
  const age =
    completedAt === undefined ? 'of unknown age' : `${humanDuration(now - Date.parse(completedAt))} old`
  const from = sources && sources.length > 0 ? `known from ${sources.join(', ')}` : 'known to no source'
  return `${location}, ${age}, ${from}`
}
