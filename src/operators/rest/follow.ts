import type { RestAnswer, RestSavepoint } from '../../domain/rest.ts'
import { complete, completeAfter, fail, notStopped } from './finish.ts'
import { followingId } from './flink-version.ts'
import { search } from './search.ts'
import { ask, later, type RestStep, type RestTake, step, type TakeByRest } from './take-state.ts'

const firstMs = 250
const everyMs = 1_000
const repeatMs = 3_000
const mostRepeats = 5

/** A job that says RUNNING may still be deploying its tasks (flink-runtime CheckpointFailureReason NOT_ALL_REQUIRED_TASKS_RUNNING). */
const tasksNotRunning = 'Not all required tasks are currently running'

/** Asks how our trigger is doing. */
export function follow(options: TakeByRest, state: RestTake): RestStep {
  const { triggerId } = state
  return step(state, ask({ ask: 'savepoint', jobId: options.flinkJobId, triggerId }))
}

export function followed(options: TakeByRest, state: RestTake, answer: RestAnswer): RestStep {
  if (answer.answer === 'savepoint') return judged(options, state, answer.savepoint)
  // The JobManager process that knew the trigger is gone, or (Flink <= 1.14) another one answers.
  if (answer.answer === 'refused' && answer.status === 404)
    return search(options, { ...state, phase: 'searching', tries: 0 })
  return step(state, later('following', everyMs))
}

function judged(options: TakeByRest, state: RestTake, savepoint: RestSavepoint): RestStep {
  switch (savepoint.state) {
    case 'IN_PROGRESS':
      return step({ ...state, tries: state.tries + 1 }, later('following', nextMs(options, state.tries)))
    case 'COMPLETED':
      return complete(options, state, savepoint.location)
    case 'FAILED':
      return unsuccessful(options, state, savepoint)
  }
}

/** Of a job that ends with its savepoint the operator removes the JobManager, at its next look: what Flink knows has to be read before. */
function nextMs({ stop }: TakeByRest, tries: number): number {
  return stop ? Math.min(everyMs / 4, 25 * 2 ** tries) : Math.min(everyMs, firstMs * 2 ** tries)
}

function unsuccessful(
  options: TakeByRest,
  state: RestTake,
  savepoint: Extract<RestSavepoint, { state: 'FAILED' }>,
): RestStep {
  const { failure, location } = savepoint
  if (location !== undefined)
    return options.stop
      ? notStopped(options, state, location, failure)
      : completeAfter(options, state, location, failure.message)
  const text = `${failure.message} ${failure.rootCause ?? ''}`
  return text.includes(tasksNotRunning) && state.repeats < mostRepeats
    ? askAgain(options, state)
    : fail(options, state, failure)
}

/** With a new trigger: this failure proves that nothing was taken, and Flink would only repeat it for the old one. */
function askAgain(options: TakeByRest, state: RestTake): RestStep {
  const { triggerId: _, ...known } = state.known
  return step(
    {
      ...state,
      phase: 'asking',
      triggerId: followingId(state.triggerId),
      tries: 0,
      repeats: state.repeats + 1,
      known: { ...known, state: 'Requested' },
    },
    { type: 'tell', text: `not all tasks of ${options.shown} are running yet; asking again in 3 s` },
    later('asking', repeatMs),
  )
}
