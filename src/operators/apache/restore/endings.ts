import { failure } from '../../../domain/failure.ts'
import type { ApacheFacts } from '../facts.ts'
import { dueInProof } from './proof.ts'
import {
  end,
  notRestored,
  type RestoreOrder,
  type RestoreState,
  type RestoreStep,
  whatWasChanged,
} from './state.ts'

/** A blank path is refused of a FlinkDeployment alone: a session job starts empty then (DefaultValidator.java). */
export function startedFromElsewhere({ initialPath: { reconciled } }: ApacheFacts): { message: string } {
  const from = reconciled === undefined ? 'without any savepoint' : `from ${reconciled}`
  return {
    message: `the operator has started it ${from}: spec.job.initialSavepointPath was changed by somebody else meanwhile`,
  }
}

/** How ours would have ended nobody knows. */
export function replaced(order: RestoreOrder, state: RestoreState): RestoreStep {
  const { shown, redeploy } = state.now
  const text = `savepointRedeployNonce ${redeploy.wanted} took the place of ours (${state.nonce}) before ${shown} was seen to run from ${order.target.location}`
  return end(state, failure('timed-out', text, ...whatWasChanged(order, state)))
}

/** The time is over, or the person has enough of it. */
export function ended(
  order: RestoreOrder,
  state: RestoreState,
  code: 'timed-out' | 'interrupted',
): RestoreStep {
  if (state.phase === 'pruned' || state.phase === 'tidying') return end(state, state.ending)
  // The operator's proof is there, and Flink was given what time there was.
  if (state.phase === 'proving' && code === 'timed-out') return dueInProof(order, state, 'proof-end')
  const { now, lastError } = state
  // Flink itself has said why it does not run.
  if (code === 'timed-out' && lastError?.rootCause && !now.running)
    return notRestored(order, state, lastError)
  const text =
    code === 'timed-out'
      ? `timed out waiting for ${now.shown} to be restored from ${order.target.location} (its job is ${now.state || 'not there yet'}); it may still complete`
      : `interrupted; the restore of ${now.shown} goes on`
  const last = lastError ?? now.error
  const said = last ? [`the last that was said of it: ${last.rootCause ?? last.message}`] : []
  return end(state, failure(code, text, ...said, ...whatWasChanged(order, state)))
}
