import type { JobFacts } from '../../../domain/job.ts'
import type { RestAnswer, RestJob } from '../../../domain/rest.ts'
import { restoredFrom } from '../../rest/restored.ts'
import { keep, notRestored, type PatchWish, type RestoreState, type RestoreStep, restored } from './state.ts'

const restMs = 5_000
const proofMs = 5_000
const proofAgainMs = 1_000

/** The operator's fields say that the job runs, new, from the target. Flink's own word is waited for a little longer. */
export function prove(state: RestoreState): RestoreStep {
  const result = { ...state.result, proof: { operator: true, rest: false } }
  const step = askRestored({ ...state, result, phase: 'proving' })
  return {
    state: step.state,
    effects: [...step.effects, { type: 'timer', timer: 'proof-end', inMs: proofMs }],
  }
}

const unproven = { operator: false, rest: false }

/** The job ended. Its operator does not say why, so Flink is asked: the FAILED job, then its exceptions. */
export function explain(state: RestoreState): RestoreStep {
  return {
    state: {
      ...state,
      result: { ...state.result, proof: unproven },
      phase: 'failing',
      ended: state.now.state,
    },
    effects: [{ type: 'ask-rest', question: { ask: 'jobs' }, timeoutMs: restMs }],
  }
}

/** An answer of Flink's, or a timer of the proof. */
export function answered(options: PatchWish, state: RestoreState, answer: RestAnswer | string): RestoreStep {
  if (typeof answer === 'string') return dueInProof(state, answer)
  if (state.phase === 'failing') return explained(options, state, answer)
  if (state.phase !== 'proving') return keep(state)
  return restoredSeen(options, state, answer)
}

function restoredSeen(options: PatchWish, state: RestoreState, answer: RestAnswer): RestoreStep {
  const { location } = options.target
  const word = restoredFrom(answer, location)
  switch (word.is) {
    case 'unknown':
      return again(state)
    case 'target':
      return restored(state, true)
    case 'failed-over': {
      const text = `the job has failed over since: Flink last restored it from ${word.from}; the operator started it from ${location}`
      return restored(state, false, text)
    }
    case 'other':
      return notRestored(options, state, { message: `Flink restored the job from ${word.from} instead` })
  }
}

function askRestored(state: RestoreState): RestoreStep {
  const { flinkJobId } = state.now
  if (!flinkJobId) return keep(state)
  return {
    state,
    effects: [{ type: 'ask-rest', question: { ask: 'checkpoints', jobId: flinkJobId }, timeoutMs: restMs }],
  }
}

/** Flink caches these numbers for 3 s (web.refresh-interval), and a way to it may open a moment later. */
function again(state: RestoreState): RestoreStep {
  return { state, effects: [{ type: 'timer', timer: 'proof', inMs: proofAgainMs }] }
}

function dueInProof(state: RestoreState, timer: string): RestoreStep {
  if (timer === 'proof') return askRestored(state)
  if (timer !== 'proof-end') return keep(state)
  return restored(
    state,
    false,
    "Flink's REST API gave no proof within 5 s: that the job was restored is the operator's word alone",
  )
}

function explained(options: PatchWish, state: RestoreState, answer: RestAnswer): RestoreStep {
  if (answer.answer === 'jobs') {
    const failed = newestFailure(state.before, answer.jobs)
    if (failed)
      return {
        state,
        effects: [{ type: 'ask-rest', question: { ask: 'exceptions', jobId: failed.id }, timeoutMs: restMs }],
      }
  }
  const message = `the job ended as ${state.ended}`
  if (answer.answer === 'exceptions' && answer.rootCause)
    return notRestored(options, state, { message, rootCause: answer.rootCause })
  const reason = 'reason' in answer ? answer.reason : 'Flink lists no failed job'
  return notRestored(options, state, { message }, `cause not available because ${reason}`)
}

/** The job that was submitted since: FAILED, and not the one from before. */
export function newestFailure(before: JobFacts, jobs: readonly RestJob[]): RestJob | undefined {
  return jobs
    .filter(job => job.state === 'FAILED' && job.id !== before.flinkJobId)
    .sort((a, b) => (b.startedAt ?? 0) - (a.startedAt ?? 0))[0]
}
