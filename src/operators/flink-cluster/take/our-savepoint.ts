import type { JobFacts, SavepointAttempt } from '../../../domain/job.ts'
import type { Savepoint, SavepointFailure, Trigger } from '../../../domain/savepoint.ts'
import { utc } from '../../../domain/time.ts'

/** The operators' words for who asked (controllers/flinkcluster_util.go, SavepointReason in api/v1beta1/flinkcluster_types.go). */
const triggers: ReadonlyMap<string, Trigger> = new Map([
  ['user requested', 'manual'],
  ['scheduled', 'scheduled'],
  ['scheduled initial', 'scheduled'],
  ['update', 'update'],
  ['job cancel', 'cancel'],
])

export function triggerOf(reason: string | undefined): Trigger | undefined {
  return reason === undefined ? undefined : triggers.get(reason)
}

/** A savepoint that was asked for and of which nothing has been seen yet. */
export function requestedSavepoint(facts: JobFacts): Savepoint {
  return {
    job: facts.job,
    state: 'Requested',
    type: 'savepoint',
    trigger: 'manual',
    ...(facts.flinkJobId && { flinkJobId: facts.flinkJobId }),
    restartPoint: false,
    origin: false,
    sources: ['status'],
  }
}

/** The savepoint of one attempt, in progress. */
export function savepointInProgress(facts: JobFacts, attempt: SavepointAttempt): Savepoint {
  const trigger = triggerOf(attempt.reason)
  const requestedAt = utc(attempt.requestTime) ?? utc(attempt.triggerTime)
  return {
    ...requestedSavepoint(facts),
    state: 'InProgress',
    ...(trigger && { trigger }),
    ...(attempt.triggerId && { triggerId: attempt.triggerId }),
    ...(attempt.flinkJobId && { flinkJobId: attempt.flinkJobId }),
    ...(attempt.format && { format: attempt.format }),
    ...(requestedAt && { requestedAt }),
  }
}

/** The savepoint that the object reports as done: its location, generation and times, by the operator's own clock. */
export function completedSavepoint(facts: JobFacts, known: Savepoint): Savepoint {
  const completedAt = utc(facts.savepointTime)
  const durationMillis = between(known.requestedAt, completedAt)
  return {
    ...known,
    state: 'Completed',
    ...(facts.savepointLocation && { location: facts.savepointLocation }),
    generation: facts.statusGeneration,
    ...(completedAt && { completedAt }),
    ...(durationMillis !== undefined && { durationMillis }),
    restartPoint: facts.savepointLocation === facts.restartPoint,
  }
}

export function failedSavepoint(known: Savepoint, failure: SavepointFailure): Savepoint {
  return { ...known, state: 'Failed', failure }
}

function between(from: string | undefined, to: string | undefined): number | undefined {
  if (from === undefined || to === undefined) return undefined
  const ms = Date.parse(to) - Date.parse(from)
  return ms >= 0 ? ms : undefined
}
