import type { Failure } from '../domain/failure.ts'
import type { RestorePlan } from '../domain/plan.ts'
import type { RestoreWish, Restoring } from '../operators/job-operator.ts'
import { ownerRisks, targetRisks } from './restore-risks.ts'
import { restoreSteps } from './restore-steps.ts'
import { cannotRestore, recreationCommand, sessionCluster, unknownLocation } from './target.ts'

/** The plan of a restore in place, or why there cannot be one. Changes nothing. `safe`: how a safety savepoint is asked for. */
export function planRestore(wish: RestoreWish, restoring: Restoring, safe: string): RestorePlan | Failure {
  const { facts, target, resource } = wish
  return (
    impossible(wish, restoring) ??
    unknownLocation(wish) ?? {
      job: facts.job,
      savepoint: target,
      changes: restoring.changes(wish),
      steps: restoreSteps(wish, restoring, safe),
      risks: [...restoring.risks(wish), ...targetRisks(wish), ...ownerRisks(resource)],
    }
  )
}

function impossible(wish: RestoreWish, restoring: Restoring): Failure | undefined {
  if (wish.facts.session) return cannotRestore(wish, sessionCluster)
  const refusal = restoring.refusal(wish)
  return refusal === undefined
    ? undefined
    : cannotRestore(wish, refusal, `delete it and create it again: ${recreationCommand(wish)}`)
}
