import type { Failure } from '../../../domain/failure.ts'
import type { Event, Protocol, Step } from '../../../domain/protocol.ts'
import type { Resource } from '../../../domain/resource.ts'
import type { Savepoint } from '../../../domain/savepoint.ts'
import type { StopWish } from '../../job-operator.ts'
import { silence, triesAgain } from '../endings.ts'
import type { ApacheFacts } from '../facts.ts'
import { operatorName } from '../operator.ts'
import { readJob, upgradeModeAnnotation } from '../read.ts'
import { patchJob } from '../restore/writes.ts'
import type { StatusError } from '../status-error.ts'
import { requestedSavepoint } from '../take/our-savepoint.ts'
import {
  type Course,
  gone,
  interrupted,
  invalid,
  takenBack,
  timedOut,
  unwatched,
  withoutSavepoint,
} from './endings.ts'
import { isSuspending, stopRefusal } from './plan.ts'
import { setForStop } from './settings.ts'
import { isSuspended, savepointLeft } from './sight.ts'

/** What differs from `before` is ours. `lastError` blinks: it is set and taken away in each of the operator's loops (seen on 1.7.0 and 1.15.0). */
interface StopState extends Course {
  readonly known: Savepoint
  /** Our wish has been seen in the object. */
  readonly seen: boolean
  readonly reacted: boolean
}

type StopStep = Step<StopState, Savepoint>

const silenceMs = 15_000

/**
 * Stops the job with a savepoint: `state: suspended` together with `upgradeMode: savepoint`. A savepoint that fails is
 * tried again by the operator in each of its loops, and the job goes on (seen on 1.7.0 and 1.15.0).
 */
export function suspend(wish: StopWish): Protocol<StopState, Savepoint> {
  const read = (resource: Resource) => readJob(resource, operatorName(wish.build))
  return {
    ask: resource => {
      const facts = read(resource)
      const refuse = stopRefusal({ ...wish, resource, facts })
      if (refuse) return { refuse }
      return isSuspending(facts) ? { join: joined } : { write: patch({ ...wish, resource }, facts) }
    },
    begin: before => begin(wish, read(before)),
    next: (state, event) => next(wish, state, event, read),
  }
}

const joined = 'the job is being suspended already: waiting for that'

/** What was there is kept beside it, for `resume` (or, once the job is stopped, for us) to put back. */
function patch(wish: StopWish, { upgradeMode }: ApacheFacts) {
  const keeps = upgradeMode !== 'savepoint'
  const { annotations, ...beside } = setForStop(wish)
  const kept = { ...(keeps && { [upgradeModeAnnotation]: upgradeMode }), ...annotations }
  return patchJob(
    wish.resource,
    { state: 'suspended', ...(keeps && { upgradeMode: 'savepoint' }) },
    { ...beside, ...(Object.keys(kept).length > 0 && { annotations: kept }) },
  )
}

function begin({ wait }: StopWish, facts: ApacheFacts): StopStep {
  const joins = isSuspending(facts)
  const known = requestedSavepoint(facts, { trigger: 'update' })
  const state = { before: facts, now: facts, known, seen: joins, reacted: false }
  if (joins && !wait) return end(state)
  return keep(state, { type: 'timer', timer: 'silence', inMs: silenceMs })
}

function next(
  wish: StopWish,
  state: StopState,
  event: Event,
  read: (resource: Resource) => ApacheFacts,
): StopStep {
  switch (event.type) {
    case 'object':
      return sighted(wish, state, read(event.object))
    case 'written':
      return wish.wait ? keep({ ...state, before: read(event.before) }) : end(state)
    case 'deleted':
      return end(failed(state, 'it was deleted'), gone(state.now))
    case 'refused':
      return end(state, unwatched(wish, state, event.failure))
    case 'due':
      return state.reacted ? keep(state) : keep(state, { type: 'tell', text: silence })
    case 'timeout':
      return end(state, timedOut(wish, state))
    case 'interrupted':
      return end(state, interrupted(wish, state))
    default:
      return keep(state)
  }
}

function sighted(wish: StopWish, old: StopState, now: ApacheFacts): StopStep {
  if (now.job.uid !== old.before.job.uid) return end(failed(old, 'it was deleted'), gone(old.now))
  const seen = old.seen || now.wish.wanted === 'suspended'
  const state = { ...old, now, seen, reacted: old.reacted || hasReacted(old.before, now) }
  if (isSuspended(now) && seen) return suspended(state)
  if (seen && now.wish.wanted !== 'suspended')
    return end(failed(state, 'somebody else wants it to run'), takenBack(state))
  // It stands there for good, and nothing is tried (seen on 1.7.0).
  if (seen && now.error?.type === 'ValidationException')
    return end(failed(state, now.error.message), invalid(wish, state, now.error))
  return now.error ? told(state, now.error) : keep(state)
}

function hasReacted(before: ApacheFacts, now: ApacheFacts): boolean {
  return now.error !== undefined || now.lifecycle !== before.lifecycle || now.state !== before.state
}

function suspended(state: StopState): StopStep {
  const savepoint = savepointLeft(state.before, state.now)
  if (savepoint) return end({ ...state, known: savepoint })
  const message = 'the operator shows no savepoint of the stop'
  return end(failed(state, message), withoutSavepoint(state.now))
}

/** Each failure is told once, as long as it is not another. */
function told(state: StopState, error: StatusError): StopStep {
  const isNew = state.lastError?.message !== error.message || state.lastError.rootCause !== error.rootCause
  const text = triesAgain(state.now, 'suspended', error)
  return keep({ ...state, lastError: error }, ...(isNew ? [{ type: 'tell', text } as const] : []))
}

function failed(state: StopState, message: string): StopState {
  return { ...state, known: { ...state.known, state: 'Failed', failure: { message } } }
}

function keep(state: StopState, ...effects: StopStep['effects']): StopStep {
  return { state, effects }
}

function end(state: StopState, reason?: Failure): StopStep {
  const outcome = reason ? { result: state.known, failure: reason } : { result: state.known }
  return keep(state, { type: 'done', outcome })
}
