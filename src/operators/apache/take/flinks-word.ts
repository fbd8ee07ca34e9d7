import type { Effect } from '../../../domain/protocol.ts'
import type { RestAnswer } from '../../../domain/rest.ts'
import type { SavepointFailure } from '../../../domain/savepoint.ts'

/** What Flink itself says of a savepoint: the operator cuts its cause, or gives none (seen on 1.7.0 and 1.15.0). */
export type FlinksWord =
  | { readonly is: 'completed'; readonly location: string }
  | { readonly is: 'running' }
  | { readonly is: 'failed'; readonly failure: SavepointFailure }
  | { readonly is: 'unknown'; readonly reason: string }

const restMs = 5_000

export function askOf(
  jobId: string | undefined,
  triggerId: string | undefined,
): Extract<Effect<never>, { type: 'ask-rest' }> | undefined {
  if (jobId === undefined || triggerId === undefined) return undefined
  return { type: 'ask-rest', question: { ask: 'savepoint', jobId, triggerId }, timeoutMs: restMs }
}

export function flinksWord(answer: RestAnswer): FlinksWord {
  if (answer.answer === 'savepoint') {
    const { savepoint } = answer
    if (savepoint.state === 'COMPLETED') return { is: 'completed', location: savepoint.location }
    if (savepoint.state === 'IN_PROGRESS') return { is: 'running' }
    return savepoint.location === undefined
      ? { is: 'failed', failure: savepoint.failure }
      : { is: 'completed', location: savepoint.location }
  }
  const reason =
    'reason' in answer && answer.reason ? answer.reason : 'Flink gave an answer to another question'
  return { is: 'unknown', reason }
}

/** A job that says RUNNING may still be deploying its tasks: asking again helps. */
export function isTooEarly(message: string): boolean {
  return message.includes('Not all required tasks are currently running')
}
