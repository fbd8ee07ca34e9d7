import { humanDuration } from '../../domain/duration.ts'
import type { JobFacts } from '../../domain/job.ts'
import type { Savepoint } from '../../domain/savepoint.ts'
import { isRestorable, isTaken } from '../../history/candidates.ts'
import { timeOf } from '../../history/order.ts'

/** What is wrong with a job of any kind, and what to do about it, a sentence each. `own`: its savepoints, newest first. */
export function generalProblems(facts: JobFacts, own: readonly Savepoint[], now: number): string[] {
  if (facts.session) return []
  return [notRunning(facts), lastFailed(own, now), nothingToStartFrom(facts, own)].filter(
    problem => problem !== undefined,
  )
}

function notRunning({ running, stopped, state, restartsAfterFailure, job }: JobFacts): string | undefined {
  if (running) return undefined
  if (state === '') return 'the operator has not started the job yet'
  if (!stopped) return `the job is not running yet (${state})`
  if (restartsAfterFailure) return `the job is not running (${state})`
  return `the job is not running (${state}), and nothing starts it again by itself: kubectl flinksp resume ${job.name} or restore ${job.name}`
}

/** The newest attempt whose end is known; what was taken back is no attempt. */
function lastFailed(own: readonly Savepoint[], now: number): string | undefined {
  const ended = own.filter(({ type, origin }) => type === 'savepoint' && !origin)
  const last = ended.find(({ state }) => state === 'Completed' || state === 'Failed')
  if (last?.state !== 'Failed') return undefined
  const { failure, completedAt, requestedAt } = last
  const dated = completedAt !== undefined || requestedAt !== undefined
  const when = dated ? ` ${humanDuration(now - timeOf(last))} ago` : ''
  const cause = failure?.rootCause ?? failure?.message
  return `the last savepoint failed${when}${cause === undefined ? '' : `: ${cause}`}`
}

function nothingToStartFrom(
  { running, restartPoint, job }: JobFacts,
  own: readonly Savepoint[],
): string | undefined {
  if (!running || restartPoint !== undefined) return undefined
  // One that was taken by a FlinkStateSnapshot, or by Flink alone: another take would change nothing of that.
  if (own.some(one => isRestorable(one) && isTaken(one)))
    return `the operator would start from none of its savepoints: after a failure that Flink cannot mend by itself, kubectl flinksp restore ${job.name} latest does`
  return `the operator knows no savepoint to start from: a failure that Flink cannot mend by itself would cost all state; kubectl flinksp take ${job.name}`
}
