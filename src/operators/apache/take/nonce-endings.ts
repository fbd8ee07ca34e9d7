import type { Failure } from '../../../domain/failure.ts'
import type { Resource } from '../../../domain/resource.ts'
import type { RestAnswer } from '../../../domain/rest.ts'
import type { SavepointFailure } from '../../../domain/savepoint.ts'
import * as endings from '../endings.ts'
import type { ApacheFacts } from '../facts.ts'
import type { SavepointInFlight } from '../savepoint-info.ts'
import { askOf, flinksWord, isTooEarly } from './flinks-word.ts'
import { done, keep, maxRepeats, type NonceState, type NonceStep } from './nonce-state.ts'
import { nonceVerdict } from './nonce-verdict.ts'
import { takeBackNonce } from './nonce-writes.ts'
import { completedByFlink, failedSavepoint, requestedSavepoint } from './our-savepoint.ts'

const restAgainMs = 2_000
/** A take that gives up ends, whatever becomes of its nonce. */
const takeBackMs = 10_000

/** Our trigger is gone. Why is nowhere in the cluster (seen on 1.7.0), and whether it failed at all Flink knows best. */
export function check(state: NonceState, trigger: SavepointInFlight): NonceStep {
  const question = askOf(state.known.flinkJobId, trigger.id)
  const checking: NonceState = { ...state, trigger, phase: 'checking' }
  return question ? keep(checking, question) : unexplained(checking, 'the operator tells no Flink job id')
}

export function explained(state: NonceState, answer: RestAnswer): NonceStep {
  if (state.phase !== 'checking') return keep(state)
  const word = flinksWord(answer)
  switch (word.is) {
    case 'completed': {
      const text = `Flink completed this savepoint, and the operator does not know it: it is in no field of ${state.now.shown}`
      return endWith({ ...state, known: completedByFlink(state.known, word.location) }, undefined, text)
    }
    case 'running':
      return keep(state, { type: 'timer', timer: 'ask', inMs: restAgainMs })
    case 'failed':
      return failedAttempt(state, word.failure)
    case 'unknown':
      return unexplained(state, word.reason)
  }
}

function failedAttempt(state: NonceState, failure: SavepointFailure): NonceStep {
  const cause = failure.rootCause ?? failure.message
  if (!isTooEarly(cause) || state.repeats >= maxRepeats || !state.trigger) return fail(state, failure)
  const { trigger, ...rest } = state
  const again: NonceState = {
    ...rest,
    phase: 'waiting',
    failed: [...state.failed, trigger.id],
    repeats: state.repeats + 1,
    known: requestedSavepoint(state.now),
  }
  const text = `not all tasks of ${state.now.shown} are running yet; the operator tries again`
  return keep(again, { type: 'tell', text })
}

function unexplained(state: NonceState, because: string): NonceStep {
  const message = 'the operator gives no reason'
  const { directory } = state.now
  const doubt =
    directory === undefined ? [] : [`Flink may have completed it all the same: look into ${directory}`]
  const hints = [`cause not available because ${because}`, ...doubt]
  return fail(state, { message }, endings.failed(state.now, message, ...hints))
}

/** It failed, or is given up on: then the nonce is taken back, if that is still needed. */
export function fail(state: NonceState, why: SavepointFailure | undefined, told?: Failure): NonceStep {
  const failure = told ?? endings.failed(state.now, why?.rootCause ?? why?.message ?? '')
  const lost =
    why ?? (failure.code === 'no' ? { message: failure.message.replace(/^error: /, '') } : undefined)
  return endWith({ ...state, known: lost ? failedSavepoint(state.known, lost) : state.known }, failure)
}

function endWith(state: NonceState, failure: Failure | undefined, warning?: string): NonceStep {
  const { before, nonce } = state
  const ending = { result: state.known, ...(failure && { failure }) }
  const make = (newest: Resource) => takeBackNonce(newest, before.job.uid, nonce)
  return keep(
    { ...state, phase: 'ended', ending },
    ...(warning ? [{ type: 'warn', text: warning } as const] : []),
    { type: 'timer', timer: 'take-back', inMs: takeBackMs },
    { type: 'write', id: 'take-back', make, late: true },
  )
}

/** Whether the operator has begun meanwhile shows in the object that the write has left. */
export function takenBack(state: NonceState, now: ApacheFacts): NonceStep {
  const { unserved } = state
  const begun = unserved && ['running', 'completed'].includes(nonceVerdict({ ...state, now }).is)
  const text = `savepointTriggerNonce ${state.nonce} of ${state.now.shown} is taken back: the operator does not try it again`
  return done(state, begun ? goesOn(state, unserved) : state.ending?.failure, { type: 'tell', text })
}

/** It need not be taken back, or could not be. */
export function giveUp(state: NonceState, why?: Failure): NonceStep {
  const { unserved, now } = state
  // The operator has looked at it after all.
  if (!why) return done(state, unserved ? goesOn(state, unserved) : state.ending?.failure)
  const failure = unserved ? endings.unserved(now, unserved, false) : state.ending?.failure
  const text = `savepointTriggerNonce ${state.nonce} could not be taken back (${why.message.replace(/^error: /, '')}), and the operator may try it again; to end that: ${endings.howToTakeBack(state.now)}`
  return done(state, failure, { type: 'warn', text })
}

/** The wait is over, and the savepoint is not. */
export function goesOn({ now }: NonceState, code: 'timed-out' | 'interrupted'): Failure {
  return code === 'timed-out' ? endings.timedOut(now) : endings.interrupted(now)
}
