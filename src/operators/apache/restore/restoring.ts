import { textAt } from '../../../domain/fields.ts'
import type { RestoreWish, Restoring } from '../../job-operator.ts'
import { configurationOf, isHighlyAvailable } from '../configuration.ts'
import { type ApacheFacts, ownFacts } from '../facts.ts'
import { operatorName, redeploys } from '../operator.ts'
import { restoreInPlace } from './restore.ts'
import { restoreChanges, wayOf } from './writes.ts'

/** How a FlinkDeployment or FlinkSessionJob is started from a savepoint. */
export const restoring: Restoring = {
  refusal,
  changes: wish => restoreChanges(wish, wish.resource, ownFacts(wish.facts)),
  preparations: () => [],
  steps: wish => [operatorStep(wish)],
  risks: wish => [...doubts(wish), ...stateRisks(wish), ...clusterRisks(wish)],
  protocol: restoreInPlace,
}

function refusal(wish: RestoreWish): string | undefined {
  const facts = ownFacts(wish.facts)
  if (wayOf(facts, wish) === 'start' || redeploys(operatorName(wish.build))) return undefined
  return 'its operator (up to 1.7) starts no job that exists from another savepoint: it has to be deleted and created again'
}

/** Seen on 1.15.0 and 1.7.0; AbstractJobReconciler.java redeployWithSavepoint. */
function operatorStep(wish: RestoreWish): string {
  const facts = ownFacts(wish.facts)
  const flink = textAt(wish.resource.spec, 'flinkVersion')
  const version = flink === undefined ? '' : ` (flinkVersion ${flink})`
  if (wayOf(facts, wish) === 'start')
    return `the operator starts the job again${version} from what it was suspended with`
  if (isSession(facts))
    return 'the operator cancels the job without a savepoint, and submits it again to its session cluster'
  return `the operator cancels the job without a savepoint, deletes its cluster and high-availability metadata, and deploys it again${version}`
}

function doubts({ build }: RestoreWish): string[] {
  return build === undefined
    ? [
        'it cannot be told which release of the operator serves this job: up to 1.7 the change does nothing, and is put back then (--operator names it)',
      ]
    : []
}

function stateRisks({ facts, safety, resource }: RestoreWish): string[] {
  const own = ownFacts(facts)
  const noHa = !isSession(own) && !isHighlyAvailable(configurationOf(resource.spec))
  return present([
    facts.running && !safety
      ? 'no safety savepoint is taken: what the job did since its last savepoint is lost, and there is no way back'
      : undefined,
    own.lastState
      ? 'the job was suspended with its last state, which no savepoint has: the restore deletes it, and there is no way back to it'
      : undefined,
    own.upgradeMode === 'stateless'
      ? 'upgradeMode is stateless: the next change of the spec starts the job empty'
      : undefined,
    own.upgradeMode === 'last-state'
      ? 'upgradeMode is last-state: the next change of the spec goes on from the latest checkpoint, or high-availability metadata'
      : undefined,
    noHa
      ? 'without high availability a JobManager that dies is started from this savepoint again, whatever was taken since'
      : undefined,
  ])
}

function clusterRisks({ facts, safety }: RestoreWish): string[] {
  const { pendingGeneration: nonce, savepoints, error } = ownFacts(facts)
  return present([
    error?.type === 'ValidationException'
      ? `the operator refuses the spec as it is now, and carries nothing out unless this change mends it: ${error.message}`
      : undefined,
    nonce !== undefined
      ? `savepointTriggerNonce ${nonce} is pending: it will take a savepoint of the restored job`
      : undefined,
    savepoints.inFlight && !safety ? 'a savepoint is in flight: the restore waits for it' : undefined,
  ])
}

function isSession({ job }: ApacheFacts): boolean {
  return job.kind === 'FlinkSessionJob'
}

function present(risks: readonly (string | undefined)[]): string[] {
  return risks.filter(risk => risk !== undefined)
}
