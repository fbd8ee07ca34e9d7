import type { RestAnswer } from '../../domain/rest.ts'
import { request } from './ask.ts'
import * as endings from './endings.ts'
import { hasTriggerIds } from './flink-version.ts'
import { ask, end, later, type RestStep, type RestTake, step, type TakeByRest } from './take-state.ts'

const againMs = 1_000
/** A Flink that has never answered is more likely not there than restarting. */
const mostTries = 3

/** Which Flink this is, then what savepoints there were before ours: nothing has been asked for yet. */
export function prepare(options: TakeByRest, state: RestTake): RestStep {
  if (state.version === undefined) return step(state, ask({ ask: 'version' }))
  if (options.format === 'NATIVE' && !hasTriggerIds(state.version))
    return end(
      state,
      endings.refused(
        options,
        `${named(state.version)} has no native format; it came with 1.15`,
        'leave out --format',
      ),
    )
  return step(state, ask({ ask: 'checkpoints', jobId: options.flinkJobId }))
}

export function prepared(options: TakeByRest, state: RestTake, answer: RestAnswer): RestStep {
  switch (answer.answer) {
    case 'version':
      return prepare(options, { ...state, version: answer.version, tries: 0 })
    case 'checkpoints':
      return request(options, { ...state, before: answer.checkpoints, tries: 0 })
    case 'refused':
      return unprepared(options, state, answer.status, answer.reason)
    default:
      return wait(options, state)
  }
}

/** 404: Flink has no such job, or one that cannot have savepoints. Anything else only costs the list. */
function unprepared(options: TakeByRest, state: RestTake, status: number, reason: string): RestStep {
  if (state.version === undefined) return prepare(options, { ...state, version: '' })
  if (status === 404) return end(state, endings.refused(options, reason))
  return request(options, { ...state, tries: 0 })
}

function wait(options: TakeByRest, state: RestTake): RestStep {
  const tries = state.tries + 1
  if (!state.met && tries >= mostTries) return end(state, endings.unreachable(options, state))
  return step({ ...state, tries }, later('preparing', againMs))
}

function named(version: string): string {
  return version === '' ? 'this Flink does not tell its version, and before 1.15 it' : `Flink ${version}`
}
