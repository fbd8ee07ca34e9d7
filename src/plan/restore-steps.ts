import type { RestoreWish, Restoring } from '../operators/job-operator.ts'
import { describeTarget } from './target.ts'

export const proofStep =
  "wait until the job runs, new, from this location, and Flink's latest.restored says so"

export function safetyStep({ safety }: RestoreWish, safe: string): string[] {
  const by = safe === 'rest' ? "Flink's REST API" : safe
  return safety ? [`take a safety savepoint of the running job by ${by}, and wait for it`] : []
}

/** What will happen, in order. `safe`: how a safety savepoint is asked for. */
export function restoreSteps(wish: RestoreWish, restoring: Restoring, safe: string): string[] {
  return [
    beforeRestore(wish),
    ...safetyStep(wish, safe),
    ...restoring.preparations(wish),
    `patch the object: start from ${describeTarget(wish.target, wish.now)}`,
    ...restoring.steps(wish),
    proofStep,
  ]
}

/** From what state. */
export function beforeRestore({ facts, safety }: RestoreWish): string {
  const from = facts.restartPoint ?? 'no savepoint'
  if (!facts.running) return `the job is ${facts.state || 'not started'}; its restart point is ${from}`
  const lost = safety ? 'kept in the safety savepoint' : `given up, as far as it is newer than ${from}`
  return `the job is Running; what it has done until then is ${lost}`
}
