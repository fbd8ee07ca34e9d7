import { type Failure, failure } from '../../domain/failure.ts'
import { maybeAsked, type RestTake, type TakeByRest } from './take-state.ts'

/** The words with which a take through Flink itself ends when it does not end well, and what to do then. */

export function refused(options: TakeByRest, reason: string, ...hints: string[]): Failure {
  const what = options.stop
    ? `stop ${options.shown} with a savepoint`
    : `take a savepoint of ${options.shown}`
  return failure('not-asked', `cannot ${what}: ${reason}`, ...hints)
}

export function unreachable(options: TakeByRest, state: RestTake): Failure {
  return refused(
    options,
    `Flink's REST API cannot be reached: ${state.silence ?? 'no answer'}`,
    'give its address with --rest-url',
  )
}

export function failed(options: TakeByRest, reason: string): Failure {
  return options.stop
    ? failure('no', `${options.shown} was not stopped: its savepoint failed: ${reason}`)
    : failure('no', `the savepoint of ${options.shown} failed: ${reason}`)
}

/** The savepoint is complete, and Flink could not end the job after it. */
export function goesOn(options: TakeByRest, location: string, reason: string): Failure {
  return failure(
    'no',
    `${options.shown} was not stopped: ${reason}`,
    `its savepoint is complete all the same: ${location}`,
    'the job may be running again: what it does from now on is not in that savepoint',
  )
}

export function gone(options: TakeByRest): Failure {
  return failure('no', `${options.shown} was deleted while its savepoint was awaited`, look(options))
}

/** Flink keeps triggers in the memory of one JobManager process (flink-runtime CompletedOperationCache). */
export function forgotten(options: TakeByRest, state: RestTake): Failure {
  const lost = state.known.triggerId
    ? `Flink no longer knows savepoint trigger ${state.triggerId} of ${options.shown}: its JobManager has restarted, most likely`
    : `whether Flink took a savepoint of ${options.shown} is not known: ${state.doubt ?? 'no answer'}`
  const still = options.stop
    ? 'the savepoint may be complete and the job stopped all the same'
    : 'the savepoint may be complete all the same'
  return failure('timed-out', `${lost}; ${still}`, look(options))
}

export function timedOut(options: TakeByRest, state: RestTake): Failure {
  if (!maybeAsked(state)) return unreachable(options, state)
  const silence = state.silence ? [`Flink's last answer: ${state.silence}`] : []
  const what = options.stop
    ? `${options.shown} to stop with a savepoint; it may still stop`
    : `the savepoint of ${options.shown}; it may still complete`
  return failure('timed-out', `timed out waiting for ${what}`, ...silence, look(options))
}

export function interrupted(options: TakeByRest, state: RestTake): Failure {
  if (!maybeAsked(state))
    return failure(
      'interrupted',
      options.stop
        ? `interrupted before ${options.shown} was asked to stop`
        : `interrupted before a savepoint of ${options.shown} was asked for`,
    )
  const what = options.stop
    ? `Flink goes on stopping ${options.shown}`
    : `the savepoint of ${options.shown} goes on`
  return failure('interrupted', `interrupted; ${what}`, look(options))
}

function look(options: TakeByRest): string {
  return `to look: kubectl flinksp history ${options.shown} -n ${options.job.namespace} --sources rest`
}
