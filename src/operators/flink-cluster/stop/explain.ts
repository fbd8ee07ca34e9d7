import type { RestAnswer, RestSavepoint } from '../../../domain/rest.ts'
import type { SavepointFailure } from '../../../domain/savepoint.ts'
import { tasksNotRunning } from '../take/failure.ts'
import * as endings from './endings.ts'
import {
  end,
  isSaved,
  keep,
  maxRepeats,
  type StopEffect,
  type StopState,
  type StopStep,
  stopped,
} from './state.ts'

const restMs = 5_000
const againMs = 3_000

/** The operator cuts the cause, and gives up on savepoints that Flink completes (GCP tag -9 after 60 s): Flink knows. */
export function check(state: StopState): StopStep {
  const question = askOf(state.known.flinkJobId, state.known.triggerId)
  return question
    ? keep({ ...state, phase: 'checking' }, question)
    : unexplained(state, 'the operator shows no trigger')
}

export function askOf(jobId: string | undefined, triggerId: string | undefined): StopEffect | undefined {
  if (jobId === undefined || triggerId === undefined) return undefined
  return { type: 'ask-rest', question: { ask: 'savepoint', jobId, triggerId }, timeoutMs: restMs }
}

/** Flink's word on the savepoint of a command that has come to its end. */
export function checked(state: StopState, answer: RestAnswer): StopStep {
  // What was sighted meanwhile is the operator's own word.
  if (isSaved(state)) return saved(state)
  if (answer.answer === 'savepoint') return known(state, answer.savepoint)
  const reason = 'reason' in answer ? answer.reason : 'Flink gave an answer to another question'
  return unexplained(state, reason)
}

function known(state: StopState, savepoint: RestSavepoint): StopStep {
  const location = savepoint.state === 'IN_PROGRESS' ? undefined : savepoint.location
  if (location !== undefined) {
    const complete = { ...state.known, state: 'Completed' as const, location, sources: ['rest'] as const }
    const { failure: _, ...rest } = complete
    return saved({ ...state, known: rest }, location)
  }
  if (savepoint.state === 'FAILED') return failed(state, savepoint.failure)
  return unexplained(
    state,
    'Flink is still taking the savepoint',
    'the savepoint may complete all the same, without the end of the job',
  )
}

function saved(state: StopState, untold?: string): StopStep {
  const { now, known, ended } = state
  if (!now.stopped)
    return end(
      state,
      endings.goesOn(now, known.location ?? '', ended?.message ?? 'the operator has given up on it'),
    )
  const text = `Flink completed this savepoint, and the operator does not know it: it is in no field of ${now.shown}`
  return untold === undefined ? stopped(state) : stopped(state, { type: 'warn', text })
}

function failed(state: StopState, failure: SavepointFailure, ...hints: string[]): StopStep {
  const cause = failure.rootCause ?? failure.message
  if (cause.includes(tasksNotRunning) && !state.now.stopped && state.repeats < maxRepeats) return pause(state)
  const known = { ...state.known, state: 'Failed' as const, failure }
  const { now } = state
  return end(
    { ...state, known },
    now.stopped
      ? endings.gone(now, `its savepoint failed: ${cause}`, ...hints)
      : endings.notStopped(now, cause, ...hints),
  )
}

/** Nothing was taken: a job that says Running may still be deploying its tasks, up to 4 s (seen on GCP tag -9). */
function pause(state: StopState): StopStep {
  return keep(
    { ...state, phase: 'pausing', repeats: state.repeats + 1 },
    { type: 'tell', text: `not all tasks of ${state.now.shown} are running yet; asking again in 3 s` },
    { type: 'timer', timer: 'again', inMs: againMs },
  )
}

/** The operator's own words, and why there are no better ones. */
function unexplained(state: StopState, because: string, ...hints: string[]): StopStep {
  const { known, now, ended } = state
  const failure = known.failure ?? { message: ended?.message ?? 'the operator gives no reason' }
  if (now.stopped && known.failure === undefined) {
    const message = `the job is gone (${now.state})`
    return end({ ...state, known: { ...known, state: 'Failed', failure: { message } } }, endings.gone(now))
  }
  return failed(state, failure, `cause not available because ${because}`, ...hints)
}
