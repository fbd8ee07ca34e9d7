import type { JobFacts } from '../../../domain/job.ts'
import { sameLocation } from '../../../domain/location.ts'
import type { Savepoint, SavepointFailure } from '../../../domain/savepoint.ts'
import type { ApacheFacts } from '../facts.ts'
import { type KeptSavepoint, type SavepointInFlight, timeAt } from '../savepoint-info.ts'

/** A savepoint that was asked for and of which nothing has been seen yet. */
export function requestedSavepoint(facts: JobFacts, more: Partial<Savepoint> = {}): Savepoint {
  return {
    job: facts.job,
    state: 'Requested',
    type: 'savepoint',
    trigger: 'manual',
    ...(facts.flinkJobId && { flinkJobId: facts.flinkJobId }),
    ...more,
    restartPoint: false,
    origin: false,
    sources: ['status'],
  }
}

export function savepointInFlight(facts: ApacheFacts, { id, at, format }: SavepointInFlight): Savepoint {
  const requestedAt = timeAt(at)
  return requestedSavepoint(facts, {
    state: 'InProgress',
    triggerId: id,
    ...(format && { format }),
    ...(requestedAt && { requestedAt }),
  })
}

/**
 * Its time is that of its trigger: when it was complete the operator does not say (seen on 1.7.0). What was thought to have failed,
 * and is complete after all, has not.
 */
export function completedSavepoint(
  facts: ApacheFacts,
  { failure: _, ...known }: Savepoint,
  { location, at, format }: KeptSavepoint,
): Savepoint {
  const requestedAt = known.requestedAt ?? timeAt(at)
  return {
    ...known,
    state: 'Completed',
    location,
    ...(format && { format }),
    ...(requestedAt && { requestedAt }),
    restartPoint: sameLocation(location, facts.restartPoint),
  }
}

/** Completed as Flink says, and not as the operator knows. */
export function completedByFlink({ failure: _, ...known }: Savepoint, location: string): Savepoint {
  return { ...known, state: 'Completed', location, sources: ['rest'] }
}

export function failedSavepoint(known: Savepoint, failure: SavepointFailure): Savepoint {
  return { ...known, state: 'Failed', failure }
}
