import type { Event, Protocol } from '../../domain/protocol.ts'
import type { RestAnswer, RestQuestion } from '../../domain/rest.ts'
import type { Savepoint } from '../../domain/savepoint.ts'
import { request, requested } from './ask.ts'
import * as endings from './endings.ts'
import { follow, followed } from './follow.ts'
import { entryOf, measured } from './found.ts'
import { prepare, prepared } from './prepare.ts'
import { search, searched } from './search.ts'
import { end, maybeAsked, type RestStep, type RestTake, step, type TakeByRest } from './take-state.ts'

/**
 * A take that asks Flink itself and follows the trigger by its id: for jobs whose operator cannot, and for jobs that no
 * operator manages. Nothing is written to the object, and its operator never learns of the savepoint.
 */
export function takeByRest(options: TakeByRest): Protocol<RestTake, Savepoint> {
  return {
    ask: () => ({ rest: true }),
    begin: () => prepare(options, initial(options)),
    next: (state, event) => (state.phase === 'ended' ? step(state) : next(options, state, event)),
  }
}

function initial(options: TakeByRest): RestTake {
  const { job, flinkJobId, flinkVersion, triggerId } = options
  return {
    phase: 'preparing',
    ...(flinkVersion !== undefined && { version: flinkVersion }),
    triggerId,
    met: false,
    sent: false,
    tries: 0,
    repeats: 0,
    known: {
      job,
      state: 'Requested',
      type: 'savepoint',
      trigger: options.stop ? 'cancel' : 'manual',
      flinkJobId,
      restartPoint: false,
      origin: false,
      sources: ['rest'],
    },
  }
}

function next(options: TakeByRest, state: RestTake, event: Event): RestStep {
  switch (event.type) {
    case 'rest':
      return isAwaited(options, state, event.question) ? answered(options, state, event.answer) : step(state)
    case 'due':
      return event.timer === state.phase ? due(options, state) : step(state)
    case 'deleted':
      return stop(state, endings.gone(options))
    case 'timeout':
      return stop(state, endings.timedOut(options, state))
    case 'interrupted':
      return stop(state, endings.interrupted(options, state))
    default:
      return step(state)
  }
}

/** What is complete stays complete, whatever happens while its size is being asked. */
function stop(state: RestTake, failure: ReturnType<typeof endings.gone>): RestStep {
  if (state.phase === 'measuring') return end(state)
  if (failure.code !== 'no' || !maybeAsked(state)) return end(state, failure)
  const known: Savepoint = { ...state.known, state: 'Failed', failure: { message: failure.message } }
  return end({ ...state, known }, failure)
}

function due(options: TakeByRest, state: RestTake): RestStep {
  switch (state.phase) {
    case 'preparing':
      return prepare(options, state)
    case 'asking':
      return request(options, state)
    case 'following':
      return follow(options, state)
    case 'searching':
      return search(options, state)
    default:
      return step(state)
  }
}

function answered(options: TakeByRest, state: RestTake, answer: RestAnswer): RestStep {
  const met = state.met || answer.answer !== 'unreachable'
  const silence = answer.answer === 'unreachable' || answer.answer === 'refused' ? answer.reason : undefined
  const { silence: _, ...rest } = state
  const now: RestTake = { ...rest, met, ...(silence !== undefined && { silence }) }
  switch (state.phase) {
    case 'preparing':
      return prepared(options, now, answer)
    case 'posting':
      return requested(options, now, answer)
    case 'following':
      return followed(options, now, answer)
    case 'searching':
      return searched(options, now, answer)
    case 'measuring':
      return end({ ...now, known: sized(now.known, answer) })
    default:
      return step(now)
  }
}

function sized(known: Savepoint, answer: RestAnswer): Savepoint {
  return answer.answer === 'checkpoints'
    ? measured(known, entryOf(answer.checkpoints, known.location))
    : known
}

/** An answer that comes late, to a question of an earlier phase or trigger, says nothing about this one. */
function isAwaited(options: TakeByRest, state: RestTake, question: RestQuestion): boolean {
  switch (state.phase) {
    case 'preparing':
      return question.ask === (state.version === undefined ? 'version' : 'checkpoints')
    case 'posting':
      return question.ask === (options.stop ? 'stop' : 'take')
    case 'following':
      return question.ask === 'savepoint' && question.triggerId === state.triggerId
    case 'searching':
    case 'measuring':
      return question.ask === 'checkpoints'
    default:
      return false
  }
}
