import type { Resource } from '../../../domain/resource.ts'
import type { RestAnswer, RestQuestion } from '../../../domain/rest.ts'
import type { RestoreProgress } from '../../job-operator.ts'
import { restoredFrom } from '../../rest/restored.ts'
import { upgradeModeAnnotation } from '../read.ts'
import {
  end,
  keep,
  notRestored,
  type RestoreEffect,
  type RestoreOrder,
  type RestoreState,
  type RestoreStep,
} from './state.ts'
import { putModeBack } from './writes.ts'

const restMs = 5_000
const proofMs = 5_000
const proofAgainMs = 1_000
const lookMs = 5_000

/** The operator's fields say that the job runs, new, from the target. Flink's own word is waited for a little longer. */
export function prove(state: RestoreState): RestoreStep {
  const result: RestoreProgress = { ...state.result, proof: { operator: true, rest: false } }
  return keep({ ...state, result, phase: 'proving' }, ...ask(state, 'checkpoints'), {
    type: 'timer',
    timer: 'proof-end',
    inMs: proofMs,
  })
}

function ask({ now }: RestoreState, what: 'checkpoints' | 'exceptions'): RestoreEffect[] {
  const { flinkJobId: jobId } = now
  return jobId === undefined ? [] : [{ type: 'ask-rest', question: { ask: what, jobId }, timeoutMs: restMs }]
}

/** The job will not run. Why stands in status.error in part, and in Flink's exceptions. */
export function explain(state: RestoreState, lost: { message: string; rootCause?: string }): RestoreStep {
  return keep({ ...state, phase: 'failing', lastError: lost }, ...ask(state, 'exceptions'), {
    type: 'timer',
    timer: 'unexplained',
    inMs: restMs,
  })
}

/** A job that is wanted and does not run: a JobManager that dies again and again may say why in between. */
export function lookIntoFlink(state: RestoreState): RestoreStep {
  const again = { type: 'timer', timer: 'look', inMs: lookMs } as const
  const { shown, now } = state
  const answers = now.jobManager === undefined || now.jobManager === 'READY'
  return shown && !now.running && answers
    ? keep(state, ...ask(state, 'exceptions'), again)
    : keep(state, again)
}

export function answered(
  order: RestoreOrder,
  state: RestoreState,
  question: RestQuestion,
  answer: RestAnswer,
): RestoreStep {
  if (question.ask === 'exceptions') return exceptionsSeen(order, state, answer)
  if (state.phase !== 'proving') return keep(state)
  const restored = restoredFrom(answer, order.target.location)
  switch (restored.is) {
    case 'target':
      return restoredNow(state, true)
    case 'failed-over':
      return restoredNow(
        state,
        false,
        `the job has failed over since: Flink last restored it from ${restored.from}; the operator started it from ${order.target.location}`,
      )
    case 'other':
      return notRestored(order, state, { message: `Flink restored the job from ${restored.from} instead` })
    case 'unknown':
      // Flink caches these numbers for 3 s (web.refresh-interval), and a way to it may open a moment later.
      return keep(state, { type: 'timer', timer: 'proof', inMs: proofAgainMs })
  }
}

function exceptionsSeen(order: RestoreOrder, state: RestoreState, answer: RestAnswer): RestoreStep {
  const cause = answer.answer === 'exceptions' ? answer.rootCause : undefined
  if (state.phase === 'failing') return unexplained(order, state, cause)
  if (state.phase !== 'waiting' || cause === undefined) return keep(state)
  return keep({ ...state, lastError: { message: `the job is ${state.now.state}`, rootCause: cause } })
}

function unexplained(order: RestoreOrder, state: RestoreState, cause: string | undefined): RestoreStep {
  const { message, rootCause = cause } = state.lastError ?? { message: 'the operator gives no reason' }
  const logs = `its JobManager's log may say more: kubectl logs -n ${state.now.job.namespace} deployment/${state.now.rest.podLabels['app']}`
  return notRestored(order, state, { message, ...(rootCause !== undefined && { rootCause }) }, logs)
}

export function dueInProof(order: RestoreOrder, state: RestoreState, timer: string): RestoreStep {
  if (timer === 'unexplained' && state.phase === 'failing') return unexplained(order, state, undefined)
  if (state.phase !== 'proving') return keep(state)
  if (timer === 'proof') return keep(state, ...ask(state, 'checkpoints'))
  if (timer !== 'proof-end') return keep(state)
  return restoredNow(
    state,
    false,
    "Flink's REST API gave no proof within 5 s: that the job was restored is the operator's word alone",
  )
}

/** What `stop` has changed for itself is put back now: stateless at the start would have begun empty. */
function restoredNow(state: RestoreState, rest: boolean, ...warnings: string[]): RestoreStep {
  const result: RestoreProgress = { ...state.result, state: 'Restored', proof: { operator: true, rest } }
  const told = warnings.map((text): RestoreEffect => ({ type: 'warn', text }))
  const restored = { ...state, result }
  if (!state.now.annotated) return end(restored, undefined, ...told)
  const make = (newest: Resource) => putModeBack(newest)
  return keep({ ...restored, phase: 'tidying' }, ...told, { type: 'write', id: 'tidy', make })
}

export function tidied(state: RestoreState): RestoreStep {
  const text = `spec.job.upgradeMode of ${state.now.shown} is what it was before the stop; ${upgradeModeAnnotation} is gone`
  return end(state, state.ending, { type: 'tell', text })
}
