import type { RestAnswer } from '../../../domain/rest.ts'
import type { Savepoint, SavepointFailure } from '../../../domain/savepoint.ts'
import * as endings from '../endings.ts'
import { askOf, flinksWord, isTooEarly } from './flinks-word.ts'
import { completedByFlink, failedSavepoint, requestedSavepoint } from './our-savepoint.ts'
import { done, keep, type SnapshotState, type SnapshotStep } from './snapshot-state.ts'

const againMs = 3_000
const restAgainMs = 2_000
/** The first, and five that follow one that came too early. */
export const maxAttempts = 6

/** FAILED and ABANDONED alike: which of the two a job that is stopped meanwhile gets is chance (seen on 1.15.0). */
export function tellFailure(state: SnapshotState, failure: SavepointFailure): SnapshotStep {
  const message = failure.rootCause ?? failure.message
  if (isTooEarly(message)) return pause(state, failure)
  const { triggerId } = state.known
  // Nothing was triggered: the job was not RUNNING at that moment, or the operator knows no directory.
  if (triggerId === undefined) return isMoment(state, message) ? pause(state, failure) : fail(state, failure)
  return check(state, message)
}

/** "Secondary resource demo (FlinkDeployment) for savepoint x is not running", of a job that has not stopped. */
function isMoment({ now }: SnapshotState, message: string): boolean {
  return message.endsWith('is not running') && !now.stopped
}

function pause(state: SnapshotState, failure: SavepointFailure): SnapshotStep {
  if (state.attempts >= maxAttempts) return fail(state, failure)
  return keep(
    { ...state, phase: 'pausing', known: { ...requestedSavepoint(state.now), sources: ['snapshots'] } },
    { type: 'tell', text: `${state.now.shown} is not ready for a savepoint yet; asking again in 3 s` },
    { type: 'timer', timer: 'again', inMs: againMs },
  )
}

/** The operator leaves the cause out ("IO-problem detected.", seen on 1.15.0): Flink knows it, and until it has spoken nothing has failed. */
export function check(state: SnapshotState, message: string): SnapshotStep {
  const { flinkJobId, triggerId } = state.known
  const known: Savepoint = { ...state.known, state: 'InProgress' }
  const checking: SnapshotState = { ...state, known, phase: 'checking', message }
  const question = askOf(flinkJobId, triggerId)
  return question ? keep(checking, question) : fail(state, { message })
}

export function explained(state: SnapshotState, answer: RestAnswer): SnapshotStep {
  if (state.phase !== 'checking') return keep(state)
  const word = flinksWord(answer)
  switch (word.is) {
    case 'completed': {
      const text = `Flink completed this savepoint, and the operator does not know it: it is in no field of ${state.now.shown}`
      return done({ ...state, known: completedByFlink(state.known, word.location) }, undefined, {
        type: 'warn',
        text,
      })
    }
    case 'running':
      return keep(state, { type: 'timer', timer: 'ask', inMs: restAgainMs })
    case 'failed': {
      const { message, rootCause = message } = word.failure
      const failure = { message: state.message || message, rootCause }
      return isTooEarly(rootCause) ? pause(state, failure) : fail(state, failure)
    }
    case 'unknown':
      return fail(state, { message: state.message }, `cause not available because ${word.reason}`)
  }
}

export function fail(state: SnapshotState, failure: SavepointFailure, ...hints: string[]): SnapshotStep {
  const known = failedSavepoint(state.known, failure)
  return done({ ...state, known }, endings.failed(state.now, failure.rootCause ?? failure.message, ...hints))
}
