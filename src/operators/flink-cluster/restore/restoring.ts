import { flagAt } from '../../../domain/fields.ts'
import type { RestoreWish, Restoring } from '../../job-operator.ts'
import { abilitiesOf, operatorName } from '../operator.ts'
import { restoreInPlace } from './restore.ts'
import { restoreRisks } from './risks.ts'
import { mustClearControl, restoreChanges } from './writes.ts'

/** How a FlinkCluster is started from a savepoint. */
export const restoring: Restoring = {
  refusal,
  changes: wish => restoreChanges(wish, wish.facts, wish.resource),
  preparations: wish =>
    mustClearControl(wish, wish.facts)
      ? ['clear status.control, whose job-cancel would cancel the restored job again']
      : [],
  steps: wish => [operatorStep(wish)],
  risks: restoreRisks,
  protocol: restoreInPlace,
}

function refusal({ build, facts, resource }: RestoreWish): string | undefined {
  const operator = operatorName(build)
  if (operator !== undefined && !abilitiesOf(operator).restoresInPlace)
    return `its operator (${operator}) refuses every change of the spec: it has to be deleted and created again`
  if (flagAt(resource.spec, 'job', 'cancelRequested') === true)
    return 'spec.job.cancelRequested is true, after which no change of the object is let through'
  if (facts.directory === undefined)
    return 'spec.job.savepointsDir is not set, and the operator lets no change through without it'
  return undefined
}

/** Seen on GCP tag -9 and Spotify v0.6. */
function operatorStep({ build, facts }: RestoreWish): string {
  if (build === 'spotify')
    return 'the operator deletes the JobManager without a savepoint of its own, creates the cluster again and submits the job'
  if (build === undefined) return 'the operator stops the job, replaces the cluster and submits the job'
  if (!facts.running) return 'the operator creates the cluster again and submits the job'
  return 'the operator takes a savepoint of its own unless one is younger than 300 s, cancels the job, replaces the cluster and submits the job'
}
