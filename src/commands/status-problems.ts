import { humanDuration } from '../domain/duration.ts'
import type { JobFacts } from '../domain/job.ts'
import type { Savepoint } from '../domain/savepoint.ts'
import { timeOf } from '../history/order.ts'

/** What is wrong with a job of any kind, and what to do about it, a sentence each. `own`: its savepoints, newest first. */
export function generalProblems(facts: JobFacts, own: readonly Savepoint[], now: number): string[] {
  if (facts.session) return []
  return [notRunning(facts), lastFailed(facts, own, now), nothingToStartFrom(facts)].filter(
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
function lastFailed(facts: JobFacts, own: readonly Savepoint[], now: number): string | undefined {
  const taken = own.filter(({ type, origin }) => type === 'savepoint' && !origin)
  const failed = taken.find(({ state }) => state === 'Failed')
  const completed = taken.find(({ state }) => state === 'Completed')
  if (!failed || (completed && !isAfter(failed, completed, facts))) return undefined
  const { failure, completedAt, requestedAt } = failed
  const dated = completedAt !== undefined || requestedAt !== undefined
  const when = dated ? ` ${humanDuration(now - timeOf(failed))} ago` : ''
  const cause = failure?.rootCause ?? failure?.message
  return `the last savepoint failed${when}${cause === undefined ? '' : `: ${cause}`}`
}

/** The operators' times are whole seconds, Flink's are not: within one second, what the operator shows as its last attempt is later. */
function isAfter(failed: Savepoint, completed: Savepoint, { attempt }: JobFacts): boolean {
  const second = (savepoint: Savepoint) => Math.floor(timeOf(savepoint) / 1_000)
  const later = second(failed) - second(completed)
  return later > 0 || (later === 0 && (attempt?.state === 'Failed' || attempt?.state === 'TriggerFailed'))
}

function nothingToStartFrom({ running, restartPoint, job }: JobFacts): string | undefined {
  if (!running || restartPoint !== undefined) return undefined
  return `the operator knows no savepoint to start from: a failure that Flink cannot mend by itself would cost all state; kubectl flinksp take ${job.name}`
}
