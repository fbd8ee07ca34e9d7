import { type Failure, failure } from '../../domain/failure.ts'
import { maybeAsked, type RestTake, type TakeByRest } from './take-state.ts'

/** The words with which a take through Flink itself ends when it does not end well, and what to do then. */

export function refused(options: TakeByRest, reason: string, ...hints: string[]): Failure {
  return failure('not-asked', `cannot take a savepoint of ${options.shown}: ${reason}`, ...hints)
}

export function unreachable(options: TakeByRest, state: RestTake): Failure {
  return refused(
    options,
    `Flink's REST API cannot be reached: ${state.silence ?? 'no answer'}`,
    'give its address with --rest-url',
  )
}

export function failed(options: TakeByRest, reason: string): Failure {
  return failure('no', `the savepoint of ${options.shown} failed: ${reason}`)
}

export function gone(options: TakeByRest): Failure {
  return failure('no', `${options.shown} was deleted while its savepoint was awaited`, look(options))
}

/** Flink keeps triggers in the memory of one JobManager process (flink-runtime CompletedOperationCache). */
export function forgotten(options: TakeByRest, state: RestTake): Failure {
  const lost = state.known.triggerId
    ? `Flink no longer knows savepoint trigger ${state.triggerId} of ${options.shown}: its JobManager has restarted, most likely`
    : `whether Flink took a savepoint of ${options.shown} is not known: ${state.doubt ?? 'no answer'}`
  return failure('timed-out', `${lost}; the savepoint may be complete all the same`, look(options))
}

export function timedOut(options: TakeByRest, state: RestTake): Failure {
  if (!maybeAsked(state)) return unreachable(options, state)
  const silence = state.silence ? [`Flink's last answer: ${state.silence}`] : []
  return failure(
    'timed-out',
    `timed out waiting for the savepoint of ${options.shown}; it may still complete`,
    ...silence,
    look(options),
  )
}

export function interrupted(options: TakeByRest, state: RestTake): Failure {
  return maybeAsked(state)
    ? failure('interrupted', `interrupted; the savepoint of ${options.shown} goes on`, look(options))
    : failure('interrupted', `interrupted before a savepoint of ${options.shown} was asked for`)
}

function look(options: TakeByRest): string {
  return `to look: kubectl flinksp history ${options.shown} -n ${options.job.namespace} --sources rest`
}
