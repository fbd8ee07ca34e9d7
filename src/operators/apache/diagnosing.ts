import type { Diagnosing } from '../job-operator.ts'
import { type ApacheFacts, ownFacts } from './facts.ts'
import { drainKey, settingsAnnotation } from './kept-settings.ts'

/** What of a FlinkDeployment or FlinkSessionJob will not go as one would think: a sentence each, with the remedy. */
export const diagnosing: Diagnosing = {
  problems(facts) {
    const own = ownFacts(facts)
    const all = [reported, lifecycle, waitingNonce, suspension, lastState, setByStop]
    return all.map(problem => problem(own)).filter(problem => problem !== undefined)
  },
}

/** It may be gone in the next moment (seen on 1.7.0 and 1.15.0). */
function reported({ error }: ApacheFacts): string | undefined {
  if (!error) return undefined
  const cause = error.rootCause ?? error.message
  if (error.type === 'ValidationException')
    return `the operator refuses the spec, and goes on with the one before it: ${cause}`
  return `the operator reports: ${cause}`
}

/** lifecycleState is STABLE over a job that does not run (seen on 1.15.0): the JobManager says more. */
function lifecycle({ lifecycle: state, jobManager }: ApacheFacts): string | undefined {
  if (jobManager === 'ERROR') return 'the JobManager does not start: kubectl logs shows why'
  if (state === 'ROLLED_BACK' || state === 'ROLLING_BACK')
    return 'the operator has rolled the last change of the spec back'
  return settled.has(state) ? undefined : `lifecycleState is ${state}: ${unsettled(state)}`
}

/** It is DEPLOYED for as long as a savepoint takes (seen on 1.7.0). */
const settled = new Set(['', 'CREATED', 'DEPLOYED', 'STABLE', 'SUSPENDED'])

function unsettled(state: string): string {
  return state === 'FAILED' ? 'the job does not come up' : 'the operator is not done with the last change'
}

/** Seen on 1.7.0: it is taken 1.5 s after the job is resumed. */
function waitingNonce({ pendingGeneration: nonce, running, job, nonce: { reconciled } }: ApacheFacts) {
  if (nonce === undefined || running) return undefined
  return `savepointTriggerNonce ${nonce} waits: as soon as ${job.name} runs a savepoint is taken; to take the request back set it to ${reconciled ?? 'null'}`
}

/** Each loop of the operator tries again, and the job goes on (seen on 1.7.0 and 1.15.0). */
function suspension({ wish, running }: ApacheFacts): string | undefined {
  if (wish.wanted !== 'suspended' || !running) return undefined
  return 'spec.job.state is suspended and the job still runs: the operator tries again while its savepoint fails'
}

/** Seen in no API: the state is in high-availability metadata, which a restore deletes. */
function lastState({ lastState: isLastState }: ApacheFacts): string | undefined {
  if (!isLastState) return undefined
  return 'it was suspended with its last state (upgradeMode last-state), which no savepoint has: it goes on from there once spec.job.state is running, and a restore gives it up'
}

/** It was started by somebody else than `resume`, which puts back what `stop` has set. */
function setByStop({ wish, setByStop: keys, upgradeMode }: ApacheFacts): string | undefined {
  if (keys.length === 0 || wish.wanted === 'suspended') return undefined
  const what = `spec.flinkConfiguration still has what a stop has set for itself: ${keys.join(', ')}`
  const drains = keys.includes(drainKey) && upgradeMode === 'savepoint'
  return `${what}; ${drains ? 'each change of the spec drains the job now; ' : ''}annotation ${settingsAnnotation} has the values from before`
}
