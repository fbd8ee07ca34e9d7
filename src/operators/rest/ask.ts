import type { Failure } from '../../domain/failure.ts'
import type { RestAnswer, RestQuestion } from '../../domain/rest.ts'
import * as endings from './endings.ts'
import { hasTriggerIds } from './flink-version.ts'
import { follow } from './follow.ts'
import { search } from './search.ts'
import { ask, end, later, type RestStep, type RestTake, step, type TakeByRest } from './take-state.ts'

const postMs = 10_000
const againMs = 1_000
const mostTries = 5

/** The POST. With an id of ours it may be sent as often as needed. */
export function request(options: TakeByRest, state: RestTake): RestStep {
  const { directory, flinkJobId } = options
  const modern = isModern(state)
  const question: RestQuestion = {
    ...(options.stop ? { ask: 'stop', drain: options.stop.drain } : { ask: 'take' }),
    jobId: flinkJobId,
    ...(directory !== undefined && { directory }),
    ...(modern && options.format && { format: options.format }),
    ...(modern && { triggerId: state.triggerId }),
  }
  const known = modern && options.format ? { ...state.known, format: options.format } : state.known
  return step({ ...state, phase: 'posting', known }, ask(question, postMs))
}

export function requested(options: TakeByRest, state: RestTake, answer: RestAnswer): RestStep {
  switch (answer.answer) {
    case 'taken':
      return options.wait
        ? follow(options, accepted(state, answer.triggerId))
        : end(accepted(state, answer.triggerId))
    case 'refused':
      return answer.status < 500
        ? end(state, refusal(options, answer.status, answer.reason))
        : unsure(options, { ...state, sent: true, tries: state.tries + 1 }, true)
    case 'unreachable':
      if (answer.forbidden && !state.sent) return end(state, endings.unreachable(options, state))
      return unsure(options, { ...state, sent: state.sent || answer.mayHaveBeenSent }, answer.mayHaveBeenSent)
    default:
      return unsure(options, { ...state, sent: true }, true)
  }
}

/** Without an id of ours a POST that may have arrived is never sent again: there would be two savepoints. */
function unsure(options: TakeByRest, state: RestTake, mayHaveArrived: boolean): RestStep {
  if ((mayHaveArrived && !isModern(state)) || state.tries >= mostTries) {
    const doubt = state.silence ?? 'no answer'
    return search(options, { ...state, phase: 'searching', tries: 0, doubt })
  }
  return step({ ...state, phase: 'asking' }, later('asking', againMs))
}

function refusal(options: TakeByRest, status: number, reason: string): Failure {
  const hints =
    status === 400 && options.directory === undefined ? ['give a directory with --target-directory'] : []
  return endings.refused(options, reason, ...hints)
}

function accepted(state: RestTake, triggerId: string): RestTake {
  const known = { ...state.known, state: 'InProgress' as const, triggerId }
  return { ...state, phase: 'following', triggerId, sent: true, tries: 0, known }
}

function isModern(state: RestTake): boolean {
  return hasTriggerIds(state.version ?? '')
}
