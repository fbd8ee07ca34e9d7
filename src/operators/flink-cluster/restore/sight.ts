import type { JobFacts, SavepointAttempt } from '../../../domain/job.ts'
import { isTarget, type PatchWish } from './state.ts'

/** What one look at the object says of our update, told by difference from the object before it. */

/** From now on the job's state is said of the job that is restored; before that it is the old one's. */
export function showsUpdate(options: PatchWish, before: JobFacts, now: JobFacts): boolean {
  return (
    isInUpdate(before, now) ||
    (isTarget(options, now.statusFromSavepoint) && !isTarget(options, before.statusFromSavepoint))
  )
}

/** The operator is at an update, or got through one since, whatever it was for. */
export function isInUpdate(before: JobFacts, now: JobFacts): boolean {
  return isUpdating(before, now) || hasUpdated(before, now)
}

/** A job that its restart policy brings back is Pending or Deploying again and again by itself (seen on GCP tag -9 and Spotify v0.6). */
function isUpdating(before: JobFacts, now: JobFacts): boolean {
  if (now.state === before.state) return false
  if (now.state === 'Updating') return true
  const quiet = before.running || (before.stopped && !before.restartsAfterFailure)
  return quiet && (now.state === 'Deploying' || now.state === 'Pending')
}

/** The operator has got through an update since, of which nothing else may have been seen. It proves no more than that (seen on both). */
function hasUpdated(before: JobFacts, now: JobFacts): boolean {
  return wantsUpdate(before, now) && now.currentRevision === now.nextRevision
}

/** The operator has seen that the spec is another one. */
export function wantsUpdate(before: JobFacts, now: JobFacts): boolean {
  return before.nextRevision !== undefined && now.nextRevision !== before.nextRevision
}

/** In Application mode the id is used again (controllers/flinkcluster/flinkcluster_util.go GenJobId): then the start time tells. */
export function isNewJob(before: JobFacts, now: JobFacts): boolean {
  return hasNewId(before, now) || (now.startTime !== undefined && now.startTime !== before.startTime)
}

/** A submission that failed leaves the old id, or none (both seen on GCP tag -9). */
export function hasNewId(before: JobFacts, now: JobFacts): boolean {
  return now.flinkJobId !== undefined && now.flinkJobId !== before.flinkJobId
}

/** submitterExitCode: 1 failed, -1 runs, absent or 0 well (seen on Spotify v0.6). */
export function submissionFailed(seen: JobFacts, now: JobFacts): boolean {
  return now.submitterExitCode === 1 && seen.submitterExitCode !== 1
}

/** The savepoint that the operator takes on its own before our update, if it is not one of an earlier update. */
export function updateAttempt(before: JobFacts, { attempt }: JobFacts): SavepointAttempt | undefined {
  const { attempt: old } = before
  const same =
    old?.state === attempt?.state &&
    old?.triggerId === attempt?.triggerId &&
    old?.triggerTime === attempt?.triggerTime &&
    old?.requestTime === attempt?.requestTime
  return attempt?.reason === 'update' && !same ? attempt : undefined
}

/**
 * What restarts are counted from. Until the update shows they are the old job's; it begins to count anew, sooner or
 * later (seen on GCP tag -9: 343 restarts before, none after).
 */
export function restartsBefore(before: JobFacts, now: JobFacts, shown: boolean): JobFacts {
  const { restartCount } = now
  return !shown || restartCount < before.restartCount ? { ...before, restartCount } : before
}
