import type { RestCheckpoint } from '../../domain/rest.ts'
import type { SavepointFailure } from '../../domain/savepoint.ts'
import * as endings from './endings.ts'
import { measured } from './found.ts'
import {
  ask,
  end,
  type RestEffect,
  type RestStep,
  type RestTake,
  step,
  type TakeByRest,
} from './take-state.ts'

const measureMs = 2_000

/** There is a savepoint at `location`; one more question brings its size and times, where `entry` has not. */
export function complete(
  options: TakeByRest,
  state: RestTake,
  location: string,
  entry?: RestCheckpoint,
): RestStep {
  const { failure: _, ...seen } = state.known
  const known = measured({ ...seen, state: 'Completed', location }, entry)
  if (entry) return end({ ...state, known })
  return step(
    { ...state, phase: 'measuring', known },
    ask({ ask: 'checkpoints', jobId: options.flinkJobId }, measureMs),
  )
}

/** The same, after something that the person should know. */
export function completeAfter(
  options: TakeByRest,
  state: RestTake,
  location: string,
  warning: string,
): RestStep {
  const { state: after, effects } = complete(options, state, location)
  const warn: RestEffect = { type: 'warn', text: warning }
  return step(after, warn, ...effects)
}

/** The same where a stop ended with it, and not with the end of the job (flink-runtime StopWithSavepointStoppingException). */
export function notStopped(
  options: TakeByRest,
  state: RestTake,
  location: string,
  { message }: SavepointFailure,
): RestStep {
  const known = { ...state.known, state: 'Completed' as const, location }
  return end({ ...state, known }, endings.goesOn(options, location, message))
}

export function fail(options: TakeByRest, state: RestTake, failure: SavepointFailure): RestStep {
  const known = { ...state.known, state: 'Failed' as const, failure }
  return end({ ...state, known }, endings.failed(options, failure.rootCause ?? failure.message))
}
