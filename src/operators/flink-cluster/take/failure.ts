import { firstLine, rootCause } from '../../../domain/cause.ts'
import type { Failure } from '../../../domain/failure.ts'
import type { Resource } from '../../../domain/resource.ts'
import type { RestAnswer } from '../../../domain/rest.ts'
import { withdrawGeneration } from '../writes.ts'
import * as endings from './endings.ts'
import { failedSavepoint } from './our-savepoint.ts'
import {
  done,
  keep,
  maxRepeats,
  outcome,
  type TakeByStatus,
  type TakeEffect,
  type TakeState,
  type TakeStep,
} from './state.ts'

const repeatMs = 3_000
const restMs = 5_000
const restAgainMs = 2_000

/** A job that says Running may still be deploying its tasks, up to 4 s (seen on GCP tag -9 and Spotify v0.6). */
export const tasksNotRunning = 'Not all required tasks are currently running'

export function tellFailure(options: TakeByStatus, state: TakeState, message: string): TakeStep {
  return message.includes(tasksNotRunning) && state.repeats < maxRepeats
    ? pause(state)
    : checkOrFail(options, state, message)
}

function checkOrFail(options: TakeByStatus, state: TakeState, message: string): TakeStep {
  if (state.known.triggerId && state.known.flinkJobId) return check(state, 'failed', message)
  return failUnexplained(options, { ...state, message }, 'the operator did not get as far as a trigger')
}

/** The operator cuts or loses the cause, and sometimes gives up on a savepoint that Flink completes: Flink knows. */
export function check(state: TakeState, why: TakeState['why'], message: string): TakeStep {
  const { triggerId, flinkJobId } = state.known
  if (!triggerId || !flinkJobId) return keep(state)
  return {
    state: { ...state, phase: 'checking', why, message },
    effects: [
      { type: 'ask-rest', question: { ask: 'savepoint', jobId: flinkJobId, triggerId }, timeoutMs: restMs },
    ],
  }
}

export function answered(options: TakeByStatus, state: TakeState, answer: RestAnswer): TakeStep {
  if (state.phase !== 'checking') return keep(state)
  if (answer.answer === 'savepoint') {
    const { savepoint } = answer
    if (savepoint.state === 'COMPLETED') return completedByFlink(state, savepoint.location)
    if (savepoint.state === 'IN_PROGRESS')
      return { state, effects: [{ type: 'timer', timer: 'ask', inMs: restAgainMs }] }
    const cause = savepoint.failure.rootCause ?? savepoint.failure.message
    if (cause.includes(tasksNotRunning) && state.repeats < maxRepeats) return pause(state)
    return fail(options, state, cause)
  }
  const reason =
    answer.answer === 'unreachable' || answer.answer === 'refused'
      ? answer.reason
      : 'Flink gave an answer to another question'
  return unknownToFlink(options, state, reason, answer.answer === 'unreachable')
}

/** Not Flink's failure but the operator's patience (GCP tag -9: 60 s; Spotify: one unreachable moment). */
const impatience = /Timed out taking savepoint|Flink API is not available|Failed to get savepoint status/
const mayBeComplete = 'Flink may have completed it all the same: look into the savepoints directory'

/** Flink could not tell: what is known then depends on why it was asked. */
function unknownToFlink(
  options: TakeByStatus,
  state: TakeState,
  reason: string,
  unreachable: boolean,
): TakeStep {
  if (state.why === 'replaced') {
    const { triggerId: _, ...known } = state.known
    return keep({ ...state, phase: 'waiting', known: { ...known, state: 'Requested' } })
  }
  if (state.why === 'stopped') return done(state, endings.stopped(state.now))
  const doubt = unreachable && impatience.test(state.message) ? [mayBeComplete] : []
  return failUnexplained(options, state, reason, ...doubt)
}

function completedByFlink(state: TakeState, location: string): TakeStep {
  return {
    state,
    effects: [
      {
        type: 'warn',
        text: `Flink completed this savepoint, and the operator does not know it: it is in no field of ${state.now.shown}`,
      },
      {
        type: 'done',
        outcome: { result: { ...state.known, state: 'Completed', location, sources: ['rest'] } },
      },
    ],
  }
}

export function pause(state: TakeState): TakeStep {
  return {
    state: { ...state, phase: 'pausing', repeats: state.repeats + 1 },
    effects: [
      { type: 'tell', text: `not all tasks of ${state.now.shown} are running yet; asking again in 3 s` },
      { type: 'timer', timer: 'repeat', inMs: repeatMs },
    ],
  }
}

/** Asking again was refused. What has failed until then has failed for good. */
export function notAgain(state: TakeState, reason: Failure): TakeStep {
  if (state.known.state !== 'InProgress') return done(state, reason)
  const why = reason.message.replace(/^error: /, '')
  const message = `not all tasks were running, and asking again was refused: ${why}`
  return done(
    { ...state, known: failedSavepoint(state.known, { message }) },
    endings.failed(state.now, message),
  )
}

/** The operator's own words, and why there are no better ones. */
function failUnexplained(
  options: TakeByStatus,
  state: TakeState,
  because: string,
  ...hints: string[]
): TakeStep {
  const words = rootCause(unprefixed(state.message)) ?? 'the operator gives no reason'
  const result = failedSavepoint(state.known, { message: firstLine(unprefixed(state.message)) ?? words })
  const failure = endings.failed(state.now, words, `cause not available because ${because}`, ...hints)
  return failed(options, { ...state, known: result, failure })
}

function fail(options: TakeByStatus, state: TakeState, cause: string): TakeStep {
  const result = failedSavepoint(state.known, {
    message: firstLine(unprefixed(state.message)) ?? cause,
    rootCause: cause,
  })
  return failed(options, { ...state, known: result, failure: endings.failed(state.now, cause) })
}

/** Only a generation on Spotify does not end with its failure. */
function failed(options: TakeByStatus, state: TakeState): TakeStep {
  const ended: TakeState = { ...state, phase: 'ended' }
  if (state.via !== 'generation' || options.operator !== 'spotify') return finish(ended)
  if (options.withdraw === true) return withdraw(ended)
  if (options.withdraw === false) return giveUp(ended)
  const text = `The operator goes on trying savepointGeneration ${state.generation}, several times a second. Take the request back?`
  return { state: ended, effects: [{ type: 'question', question: 'withdraw', text }] }
}

function finish(state: TakeState): TakeStep {
  return { state, effects: [{ type: 'done', outcome: outcome(state.known, state.failure) }] }
}

export function withdraw(state: TakeState): TakeStep {
  const { generation, before } = state
  const make = (newest: Resource) => withdrawGeneration(newest, before.job.uid, generation)
  return { state, effects: [{ type: 'write', id: 'withdraw', make }] }
}

export function withdrawn(state: TakeState): TakeStep {
  return {
    state,
    effects: [
      { type: 'tell', text: `savepointGeneration ${state.generation} of ${state.now.shown} withdrawn` },
      {
        type: 'done',
        outcome: outcome({ ...state.known, state: 'Withdrawn', generation: state.generation }, state.failure),
      },
    ],
  }
}

export function giveUp(state: TakeState, why?: string): TakeStep {
  const how = `the operator goes on trying; to end it: ${endings.howToWithdraw(state.now, state.generation)}`
  const effects: TakeEffect[] = why
    ? [{ type: 'warn', text: `the request could not be withdrawn: ${why}` }]
    : []
  return {
    state,
    effects: [
      ...effects,
      { type: 'warn', text: how },
      { type: 'done', outcome: outcome(state.known, state.failure) },
    ],
  }
}

/** The operators put these two words before Flink's (controllers/flinkcluster_updater.go, both operators). */
function unprefixed(message: string): string {
  return message.replace(/^Savepoint error: /, '')
}
