import { rootCause } from '../domain/cause.ts'
import type { JobFacts, SavepointAttempt } from '../domain/job.ts'
import { sameLocation } from '../domain/location.ts'
import type { Savepoint, SavepointFailure, SavepointState } from '../domain/savepoint.ts'
import { utc } from '../domain/time.ts'
import { triggerOf } from '../operators/flink-cluster/take/our-savepoint.ts'
import { longestText } from './bounds.ts'
import { defined } from './entry.ts'

/**
 * What one object says about savepoints: the one it keeps, what the job was started from, and the last attempt. An
 * attempt that succeeded and whose location was overwritten since is Completed without a location; merging drops it
 * unless another source knows where it lies.
 */
export function savepointsOfStatus(facts: JobFacts): readonly Savepoint[] {
  return facts.listed ?? [...requested(facts), ...attempted(facts), ...kept(facts), ...origin(facts)]
}

/** Until savepointLocation is overwritten by a restore, it belongs to the generation and the time beside it. */
function kept(facts: JobFacts): Savepoint[] {
  const { savepointLocation: location, attempt } = facts
  if (location === undefined || sameLocation(location, facts.statusFromSavepoint)) return []
  const made = attempt?.state === 'Succeeded' ? fromAttempt(attempt) : {}
  const completedAt = utc(facts.savepointTime)
  return [
    {
      ...bare(facts, 'Completed'),
      location,
      ...made,
      ...defined({
        generation: facts.statusGeneration || undefined,
        triggerId: facts.savepointTriggerId ?? made.triggerId,
        completedAt,
        durationMillis: between(made.requestedAt, completedAt),
      }),
    },
  ]
}

/** Nobody saw it taken, as far as this object goes: no time, no trigger, no generation. */
function origin(facts: JobFacts): Savepoint[] {
  const { statusFromSavepoint: location } = facts
  return location === undefined ? [] : [{ ...bare(facts, 'Completed'), location, origin: true }]
}

function attempted(facts: JobFacts): Savepoint[] {
  const { attempt } = facts
  const state = attempt && attemptStates.get(attempt.state)
  if (!attempt || !state) return []
  if (state === 'Completed' && kept(facts).length > 0) return []
  return [
    {
      ...bare(facts, state),
      ...fromAttempt(attempt),
      ...defined({
        generation: isUnderWay(attempt) ? nextGeneration(facts) : undefined,
        failure: state === 'Failed' ? failureOf(attempt.message) : undefined,
      }),
    },
  ]
}

/** A generation that waits, with no attempt under way that would serve it. */
function requested(facts: JobFacts): Savepoint[] {
  const { attempt, pendingGeneration } = facts
  if (pendingGeneration === undefined || (attempt && isUnderWay(attempt))) return []
  return [{ ...bare(facts, 'Requested'), trigger: 'manual', generation: pendingGeneration }]
}

const attemptStates: ReadonlyMap<string, SavepointState> = new Map([
  ['NotTriggered', 'Requested'],
  ['InProgress', 'InProgress'],
  ['Succeeded', 'Completed'],
  ['Failed', 'Failed'],
  ['TriggerFailed', 'Failed'],
])

function isUnderWay(attempt: SavepointAttempt): boolean {
  return attempt.state === 'NotTriggered' || attempt.state === 'InProgress'
}

/** Any success moves the generation by one, whoever asked, so the waiting number is served by what is under way. */
function nextGeneration({ pendingGeneration, statusGeneration }: JobFacts): number | undefined {
  return pendingGeneration === statusGeneration + 1 ? pendingGeneration : undefined
}

function fromAttempt(attempt: SavepointAttempt): Partial<Savepoint> {
  return defined({
    trigger: triggerOf(attempt.reason),
    triggerId: attempt.triggerId,
    flinkJobId: attempt.flinkJobId,
    format: attempt.format,
    requestedAt: utc(attempt.requestTime) ?? utc(attempt.triggerTime),
  })
}

function failureOf(message = ''): SavepointFailure {
  const [first = ''] = message.split('\n', 1)
  const cause = message.includes('Caused by: ') ? rootCause(message) : undefined
  return {
    message: first.trim().slice(0, longestText) || 'the operator gave no reason',
    ...(cause && { rootCause: cause }),
  }
}

/** From the request until the operator knew, both by its own clock. */
function between(from: string | undefined, to: string | undefined): number | undefined {
  const ms = from && to ? Date.parse(to) - Date.parse(from) : -1
  return ms >= 0 ? ms : undefined
}

function bare(facts: JobFacts, state: SavepointState): Savepoint {
  return { job: facts.job, state, type: 'savepoint', restartPoint: false, origin: false, sources: ['status'] }
}
