import { Failure, failure } from '../../../domain/failure.ts'
import type { Event, Protocol, Step } from '../../../domain/protocol.ts'
import type { Resource } from '../../../domain/resource.ts'
import type { Savepoint } from '../../../domain/savepoint.ts'
import type { StopWish } from '../../job-operator.ts'
import { look, silence, where } from '../endings.ts'
import type { ApacheFacts } from '../facts.ts'
import { operatorName } from '../operator.ts'
import { readJob, upgradeModeAnnotation } from '../read.ts'
import { patchJob } from '../restore/writes.ts'
import type { StatusError } from '../status-error.ts'
import { requestedSavepoint } from '../take/our-savepoint.ts'
import { isSuspending, stopRefusal } from './plan.ts'
import { isSuspended, savepointLeft } from './sight.ts'

interface StopState {
  /** The object as it was when we asked: what differs from it is ours. */
  readonly before: ApacheFacts
  readonly now: ApacheFacts
  readonly known: Savepoint
  /** Our wish has been seen in the object. */
  readonly seen: boolean
  readonly reacted: boolean
  /** What status.error said last: it blinks, set and taken away in each of the operator's loops (seen on 1.7.0 and 1.15.0). */
  readonly lastError?: StatusError
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
      return isSuspending(facts) ? { join: joined } : { write: patch(resource, facts) }
    },
    begin: before => begin(wish, read(before)),
    next: (state, event) => next(wish, state, event, read),
  }
}

const joined = 'the job is being suspended already: waiting for that'

/** The upgradeMode that was there is kept beside it, for `resume` to put back. */
function patch(before: Resource, { upgradeMode }: ApacheFacts) {
  const keeps = upgradeMode === 'savepoint' ? undefined : { [upgradeModeAnnotation]: upgradeMode }
  return patchJob(before, { state: 'suspended', ...(keeps && { upgradeMode: 'savepoint' }) }, keeps)
}

function begin({ wait }: StopWish, facts: ApacheFacts): StopStep {
  const joins = isSuspending(facts)
  const known = requestedSavepoint(facts, { trigger: 'update' })
  const state = { before: facts, now: facts, known, seen: joins, reacted: false }
  if (joins && !wait) return end(state)
  return keep(state, { type: 'timer', timer: 'silence', inMs: silenceMs })
}

function next(
  { wait }: StopWish,
  state: StopState,
  event: Event,
  read: (resource: Resource) => ApacheFacts,
): StopStep {
  switch (event.type) {
    case 'object':
      return sighted(state, read(event.object))
    case 'written':
      return wait ? keep({ ...state, before: read(event.before) }) : end(state)
    case 'deleted':
      return end(failed(state, 'it was deleted'), gone(state.now))
    case 'refused':
      return end(state, unwatched(state, event.failure))
    case 'due':
      return state.reacted ? keep(state) : keep(state, { type: 'tell', text: silence })
    case 'timeout':
      return end(state, timedOut(state))
    case 'interrupted':
      return end(state, interrupted(state))
    default:
      return keep(state)
  }
}

function sighted(old: StopState, now: ApacheFacts): StopStep {
  if (now.job.uid !== old.before.job.uid) return end(failed(old, 'it was deleted'), gone(old.now))
  const seen = old.seen || now.wish.wanted === 'suspended'
  const state = { ...old, now, seen, reacted: old.reacted || hasReacted(old.before, now) }
  if (isSuspended(now) && seen) return suspended(state)
  if (seen && now.wish.wanted !== 'suspended')
    return end(failed(state, 'somebody else wants it to run'), takenBack(state))
  // It stands there for good, and nothing is tried (seen on 1.7.0).
  if (seen && now.error?.type === 'ValidationException')
    return end(failed(state, now.error.message), invalid(state, now.error))
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
  const cause = (error.rootCause ?? error.message).replace(/[.]$/, '')
  const text = `${state.now.shown} could not be suspended: ${cause}; the operator tries again by itself`
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

// ---- the words with which a stop ends when it does not end well

function gone(facts: ApacheFacts): Failure {
  return failure('no', `${facts.shown} was deleted while it was being stopped`, look(facts))
}

function takenBack({ now }: StopState): Failure {
  return failure(
    'no',
    `${now.shown} was not stopped: spec.job.state was set to ${now.wish.wanted} again`,
    look(now),
  )
}

function invalid({ before, now }: StopState, { message }: StatusError): Failure {
  return failure(
    'no',
    `${now.shown} was not stopped: its operator refuses the spec: ${message}`,
    'the job goes on; it stops by itself once the spec is mended',
    takeBack(now, before),
  )
}

/** The operator may keep the last state of a job that is not healthy. */
function withoutSavepoint(facts: ApacheFacts): Failure {
  return failure(
    'no',
    `${facts.shown} is suspended, and the operator shows no savepoint of it`,
    'it may have kept the last state: setting spec.job.state to running goes on from there',
    look(facts),
  )
}

function timedOut({ before, now, lastError }: StopState): Failure {
  const text = `timed out waiting for ${now.shown} to stop with a savepoint; the operator goes on trying`
  return failure('timed-out', text, ...soFar(lastError), look(now), takeBack(now, before))
}

function interrupted({ before, now, lastError }: StopState): Failure {
  const text = `interrupted; the operator goes on stopping ${now.shown}`
  return failure('interrupted', text, ...soFar(lastError), look(now), takeBack(now, before))
}

function soFar(error: StatusError | undefined): string[] {
  return error ? [`its last savepoint failed: ${error.rootCause ?? error.message}`] : []
}

function unwatched({ before, now }: StopState, { code, message, status, cause }: Failure): Failure {
  const hints = [`${now.shown} was asked to stop, and may stop unseen`, look(now), takeBack(now, before)]
  return new Failure(code, message, { hints, cause, ...(status && { status }) })
}

/** With the upgradeMode that was there: the one we ask for may be what the operator refuses. */
function takeBack(facts: ApacheFacts, { upgradeMode }: ApacheFacts): string {
  const mode = upgradeMode !== 'savepoint' && {
    metadata: { annotations: { [upgradeModeAnnotation]: null } },
    spec: { job: { state: 'running', upgradeMode } },
  }
  const body = JSON.stringify(mode || { spec: { job: { state: 'running' } } })
  return `to take the request back: kubectl patch ${facts.shown} ${where(facts)} --type=merge -p '${body}'`
}
