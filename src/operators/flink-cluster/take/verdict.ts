import type { JobFacts, SavepointAttempt } from '../../../domain/job.ts'

/** What one look at the object says about the savepoint we asked for. */
export type Verdict =
  /** Nothing yet. `reacted`: the operator has seen the request. */
  | { readonly is: 'awaited'; readonly reacted: boolean }
  | { readonly is: 'running'; readonly attempt: SavepointAttempt }
  | { readonly is: 'completed'; readonly attempt: SavepointAttempt | undefined }
  /** The operator says that it succeeded and does not say where. */
  | { readonly is: 'unplaced'; readonly attempt: SavepointAttempt }
  | { readonly is: 'failed'; readonly attempt: SavepointAttempt | undefined; readonly message: string }
  /** Our trigger was in progress, and another one stands in its place now. */
  | { readonly is: 'replaced'; readonly attempt: SavepointAttempt }
  /** The generation was reached without a savepoint: somebody took the request back. */
  | { readonly is: 'withdrawn' }
  | { readonly is: 'stopped' }

/** Locations that stood there and were not ours: a status that runs backwards and on again shows them anew (seen on Spotify v0.6). */
export type Passed = ReadonlySet<string | undefined>

/**
 * Ours is told by difference from `before`, never by generation + 1 alone (Spotify repeats takes by itself, seen on v0.6)
 * and never by comparing clocks. `running`: the last sight of our trigger in progress, as far as we know it is ours.
 */
export function verdictByAnnotation(
  before: JobFacts,
  now: JobFacts,
  running?: JobFacts,
  passed: Passed = new Set(),
): Verdict {
  const attempt = now.attempt
  const ours = attempt && isNewAttempt(before.attempt, attempt) && isByUser(attempt) ? attempt : undefined
  if (running && attempt && attempt.triggerId !== running.attempt?.triggerId)
    return replaced(running, now, attempt, passed)
  if (ours?.state === 'Succeeded')
    return hasNewLocation(before, now)
      ? { is: 'completed', attempt: ours }
      : { is: 'unplaced', attempt: ours }
  if (ours && hasFailed(ours)) return { is: 'failed', attempt: ours, message: ours.message ?? '' }
  if (controlEnded('Failed', before, now))
    return { is: 'failed', attempt: ours, message: now.control?.message ?? untriggered(before, now) ?? '' }
  if (now.stopped) return { is: 'stopped' }
  if (ours?.state === 'InProgress') return { is: 'running', attempt: ours }
  return { is: 'awaited', reacted: now.control?.updateTime !== before.control?.updateTime }
}

/** For a generation the first success whose generation is at least ours counts, whoever asked for it. */
export function verdictByGeneration(
  before: JobFacts,
  now: JobFacts,
  running: JobFacts | undefined,
  generation: number,
): Verdict {
  const attempt = now.attempt
  if (now.statusGeneration >= generation) return reached(before, now)
  const ours = attempt && isNewAttempt(before.attempt, attempt) && isByUser(attempt) ? attempt : undefined
  if (ours && hasFailed(ours)) return { is: 'failed', attempt: ours, message: ours.message ?? '' }
  if (running && attempt && attempt.triggerId !== running.attempt?.triggerId)
    return { is: 'replaced', attempt }
  if (now.stopped) return { is: 'stopped' }
  if (ours?.state === 'InProgress') return { is: 'running', attempt: ours }
  return { is: 'awaited', reacted: attempt !== undefined && isNewAttempt(before.attempt, attempt) }
}

function reached(before: JobFacts, now: JobFacts): Verdict {
  if (!hasNewLocation(before, now)) return { is: 'withdrawn' }
  return { is: 'completed', attempt: now.attempt?.state === 'Succeeded' ? now.attempt : undefined }
}

/**
 * The success of our trigger may have been missed between two sightings: then the generation has moved by one since it
 * ran and the location is another one, and what stands in its place is the operator's own repeat (seen on Spotify v0.6).
 * Where one of another reason stands there, ours may have failed and another such have succeeded: then the control, which only requests
 * by annotation change, does not tell of a success. A success in its place has a location of its own: good enough if a user asked for
 * it, else Flink has to tell of ours.
 */
function replaced(running: JobFacts, now: JobFacts, attempt: SavepointAttempt, passed: Passed): Verdict {
  if (!hasNewLocation(running, now) || passed.has(now.savepointLocation)) return { is: 'replaced', attempt }
  if (attempt.state === 'Succeeded')
    return isByUser(attempt) ? { is: 'completed', attempt } : { is: 'replaced', attempt }
  const toldApart = isByUser(attempt) || controlEnded('Succeeded', running, now)
  return toldApart && now.statusGeneration === running.statusGeneration + 1
    ? { is: 'completed', attempt: undefined }
    : { is: 'replaced', attempt }
}

/** A refused trigger has no id of its own: its times tell (controllers/flinkcluster_reconciler.go, both operators). */
export function isNewAttempt(before: SavepointAttempt | undefined, now: SavepointAttempt): boolean {
  if (now.state === 'TriggerFailed')
    return (
      before?.state !== 'TriggerFailed' ||
      now.requestTime !== before.requestTime ||
      now.triggerTime !== before.triggerTime
    )
  return now.triggerId !== undefined && now.triggerId !== before?.triggerId
}

function isByUser(attempt: SavepointAttempt): boolean {
  return attempt.reason === undefined || attempt.reason === 'user requested'
}

export function hasFailed(attempt: SavepointAttempt): boolean {
  return attempt.state === 'Failed' || attempt.state === 'TriggerFailed'
}

/** Why a request failed before it had a trigger: the control does not say it, the attempt without an id does (GCP >= -4). */
function untriggered(before: JobFacts, { attempt }: JobFacts): string | undefined {
  const stale =
    attempt?.requestTime === before.attempt?.requestTime && attempt?.message === before.attempt?.message
  return attempt && hasFailed(attempt) && isByUser(attempt) && !stale ? attempt.message : undefined
}

/** Its time alone does not tell: a quick savepoint begins and ends within the same second. */
function controlEnded(state: 'Succeeded' | 'Failed', before: JobFacts, { control }: JobFacts): boolean {
  const isNew = control?.updateTime !== before.control?.updateTime || before.control?.state !== state
  return control?.name === 'savepoint' && control.state === state && isNew
}

export function hasNewLocation(before: JobFacts, now: JobFacts): boolean {
  return now.savepointLocation !== undefined && now.savepointLocation !== before.savepointLocation
}
