import type { RestAnswer } from '../../domain/rest.ts'
import * as endings from './endings.ts'
import { complete, fail } from './finish.ts'
import { savepointSince } from './found.ts'
import { ask, end, later, type RestStep, type RestTake, step, type TakeByRest } from './take-state.ts'

const againMs = 2_000
/** Flink caches the list for 3 s (web.refresh-interval), and a restarted JobManager has to recover the job first. */
const mostLooks = 5

/** Looks for our savepoint in the list of checkpoints, the only trace of it where nobody knows its trigger. */
export function search(options: TakeByRest, state: RestTake): RestStep {
  return step(state, ask({ ask: 'checkpoints', jobId: options.flinkJobId }))
}

export function searched(options: TakeByRest, state: RestTake, answer: RestAnswer): RestStep {
  // A silent JobManager is one that is coming back: that look does not count.
  if (answer.answer === 'unreachable') return step(state, later('searching', againMs))
  if (answer.answer !== 'checkpoints' || !state.before) return missing(options, state)
  const found = savepointSince(state.before, answer.checkpoints, options.directory)
  switch (found.is) {
    case 'completed':
      return complete(options, state, found.location, found.checkpoint)
    case 'running':
      return step({ ...state, known: { ...state.known, state: 'InProgress' } }, later('searching', againMs))
    case 'failed':
      return fail(options, state, { message: found.message, rootCause: found.message })
    case 'nothing':
      return missing(options, state)
  }
}

function missing(options: TakeByRest, state: RestTake): RestStep {
  const tries = state.tries + 1
  return tries < mostLooks
    ? step({ ...state, tries }, later('searching', againMs))
    : end(state, endings.forgotten(options, state))
}
