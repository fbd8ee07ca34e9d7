import { firstLine, rootCause } from '../../../domain/cause.ts'
import type { Control, JobFacts, SavepointAttempt } from '../../../domain/job.ts'
import type { Savepoint, SavepointFailure } from '../../../domain/savepoint.ts'
import { completedSavepoint, failedSavepoint, savepointInProgress } from '../take/our-savepoint.ts'
import { hasFailed, hasNewLocation, isNewAttempt } from '../take/verdict.ts'

/** What one look at the object says of our job-cancel, told by difference from the object before it. */

/** The words of both operators for a savepoint of job-cancel (SavepointReason in api/v1beta1/flinkcluster_types.go). */
const byCancel = 'job cancel'

export function ourAttempt(before: JobFacts, { attempt }: JobFacts): SavepointAttempt | undefined {
  return attempt?.reason === byCancel && isNewAttempt(before.attempt, attempt) ? attempt : undefined
}

/** The savepoint as far as this object shows it; undefined: nothing of it. */
export function savepointSeen(before: JobFacts, now: JobFacts, known: Savepoint): Savepoint | undefined {
  const attempt = ourAttempt(before, now)
  if (!attempt) return savedInLoop(before, now, known)
  const seen = savepointInProgress(now, attempt)
  if (attempt.state === 'Succeeded') return hasNewLocation(before, now) ? completedSavepoint(now, seen) : seen
  return hasFailed(attempt) ? failedSavepoint(seen, failureOf(attempt.message)) : seen
}

/** GCP tag -3 takes it inside its loop and shows nothing but its success, under the control (controllers/flinkcluster_reconciler.go). */
function savedInLoop(before: JobFacts, now: JobFacts, known: Savepoint): Savepoint | undefined {
  if (now.attempt || !hasNewLocation(before, now) || !isNewControl(before, now)) return undefined
  const triggerId = now.savepointTriggerId
  return completedSavepoint(now, { ...known, ...(triggerId && { triggerId }) })
}

/** The end of our command, if it is seen: Succeeded, or Failed with a message. */
export function controlEnd(before: JobFacts, now: JobFacts): Control | undefined {
  const { control } = now
  return control && isOver(control) && isNewControl(before, now) ? control : undefined
}

function isOver({ state }: Control): boolean {
  return state === 'Succeeded' || state === 'Failed'
}

/** Times have whole seconds: a command may be taken up and ended in the same one. */
export function isNewControl({ control: was }: JobFacts, { control: is }: JobFacts): boolean {
  if (is?.name !== 'job-cancel') return false
  return was?.name !== is.name || was.state !== is.state || was.updateTime !== is.updateTime
}

/** What tells one failed savepoint of the command from the next; a trigger that was refused has no id. */
export function failureKey({ triggerId, requestTime, triggerTime }: SavepointAttempt): string {
  return triggerId ?? `${requestTime} ${triggerTime}`
}

/** The operator's own words, which it begins and cuts (controllers/flinkcluster_updater.go, both operators). */
export function failureOf(message: string | undefined): SavepointFailure {
  const text = (message ?? '').replace(/^Savepoint error: /, '')
  const cause = rootCause(text)
  return {
    message: firstLine(text) ?? 'the operator gives no reason',
    ...(cause !== undefined && { rootCause: cause }),
  }
}

/**
 * Where a job-cancel is under way that we join, its savepoint may be too, or be complete: all of it is ours, as it is of a
 * request of our own whose answer was lost.
 */
export function withoutCancel(facts: JobFacts): JobFacts {
  const { control, ...others } = facts
  // The end of an earlier one: the annotation has not been taken up yet.
  if (control?.name !== 'job-cancel' || isOver(control)) return facts
  if (facts.attempt?.reason !== byCancel || facts.attempt.flinkJobId !== facts.flinkJobId) return others
  const { attempt: _, savepointLocation: __, ...none } = others
  return none
}

/** A job that was stopped by job-cancel: where its savepoint lies. One of a job before is not meant. */
export function leftByCancel(facts: JobFacts): string | undefined {
  const { attempt, stopped, savepointLocation, flinkJobId } = facts
  const ours = attempt?.reason === byCancel && attempt.state === 'Succeeded'
  return stopped && ours && attempt.flinkJobId === flinkJobId ? savepointLocation : undefined
}
