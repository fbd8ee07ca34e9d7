import { fieldsAt, flagAt, textAt } from '../../../domain/fields.ts'
import type { RestoreWish } from '../../job-operator.ts'
import { restartsWithoutEnd } from '../failure-policy.ts'
import { operatorName } from '../operator.ts'
import { isBusy } from '../take/choose-take.ts'
import { mustClearControl } from './writes.ts'

/** What may surprise in the restore of a FlinkCluster. Each was seen on GCP tag -9 or Spotify v0.6, or read in their sources. */
export function restoreRisks(wish: RestoreWish): string[] {
  const all = [doubt(wish), sticky, ...job(wish), ...operator(wish)]
  return all.filter(risk => risk !== undefined)
}

const sticky =
  'spec.job.fromSavepoint stays set: every later change of the spec starts the job from this savepoint again, until the field is changed or removed'

function doubt({ build }: RestoreWish): string | undefined {
  return build === undefined
    ? 'it cannot be told which operator serves this job: GCP up to v1beta1-5 refuses the change (--operator names it)'
    : undefined
}

function job({ facts, resource, safety, target }: RestoreWish): (string | undefined)[] {
  const properties = fieldsAt(resource.spec, 'flinkProperties')
  const ha = textAt(properties, 'high-availability') ?? textAt(properties, 'high-availability.type')
  return [
    facts.specFromSavepoint === target.location
      ? 'spec.job.fromSavepoint has this value already, which alone is no change: a nonce in podAnnotations makes it one'
      : undefined,
    facts.pendingGeneration !== undefined
      ? `savepointGeneration ${facts.pendingGeneration} is pending: it will fire in the restored job`
      : undefined,
    ha !== undefined && ha.toUpperCase() !== 'NONE'
      ? 'high availability is on: its metadata of the old job may win over the savepoint'
      : undefined,
    facts.running && !safety
      ? 'no safety savepoint is taken: what the job did since its last savepoint is lost'
      : undefined,
    !safety && isBusy(facts) ? 'a savepoint is in flight, and may be lost' : undefined,
  ]
}

function operator(wish: RestoreWish): (string | undefined)[] {
  const { build, facts, safety, resource } = wish
  if (build === 'spotify')
    return [
      mustClearControl(wish, facts)
        ? 'the job was cancelled by annotation: status.control is cleared first, which needs the right to patch flinkclusters/status'
        : undefined,
    ]
  if (build === undefined) return []
  const upgrade = flagAt(resource.spec, 'job', 'takeSavepointOnUpgrade')
  return [
    facts.running
      ? 'the operator waits for a savepoint that succeeds before it restarts the job; while they fail the restore is blocked, and goes on by itself after a repair'
      : undefined,
    facts.running && !safety
      ? 'a savepoint younger than 300 s is fresh enough for the operator: up to 5 minutes of work may be lost'
      : undefined,
    restartsWithoutEnd(facts, operatorName(build))
      ? 'under FromSavepointOnFailure this operator restarts a job that fails without end, and never submits it'
      : undefined,
    build === 'gcp-master' && upgrade === undefined
      ? 'this operator crashes on an update of a running job where spec.job.takeSavepointOnUpgrade is not set: set it first'
      : undefined,
  ]
}
