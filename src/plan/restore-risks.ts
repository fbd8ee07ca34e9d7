import { fieldsAt, flagAt, textAt } from '../domain/fields.ts'
import type { Resource } from '../domain/resource.ts'
import { isBusy } from '../operators/flink-cluster/choose-take.ts'
import { mustClearControl } from '../operators/flink-cluster/restore-writes.ts'
import type { RestoreWish } from './restore-wish.ts'

/** What may surprise, for the person who says yes. Each was seen on GCP tag -9 or Spotify v0.6, or read in their sources. */
export function restoreRisks(wish: RestoreWish): string[] {
  const all = [
    doubt(wish),
    'spec.job.fromSavepoint stays set: every later change of the spec starts the job from this savepoint again, until the field is changed or removed',
    ...target(wish),
    ...job(wish),
    ...operator(wish),
    gitOps(wish.resource),
  ]
  return all.filter(risk => risk !== undefined)
}

function doubt({ operator }: RestoreWish): string | undefined {
  return operator === undefined
    ? 'it cannot be told which operator serves this job: GCP up to v1beta1-5 refuses the change (--operator names it)'
    : undefined
}

function target({ target, facts, inPlace }: RestoreWish): (string | undefined)[] {
  const foreign = target.job !== undefined && target.job.uid !== facts.job.uid
  return [
    foreign ? 'this savepoint was taken by an earlier object of the same name' : undefined,
    target.state !== undefined && target.state !== 'Completed' ? `its state is ${target.state}` : undefined,
    target.sources === undefined
      ? 'nothing is known of this location: whether it is a savepoint shows when Flink reads it'
      : undefined,
    target.type === 'checkpoint' ? 'this is a checkpoint: Flink may delete it while the job runs' : undefined,
    facts.specFromSavepoint === inPlace.target
      ? 'spec.job.fromSavepoint has this value already, which alone is no change: a nonce in podAnnotations makes it one'
      : undefined,
  ]
}

function job({ facts, resource, safety }: RestoreWish): (string | undefined)[] {
  const properties = fieldsAt(resource.spec, 'flinkProperties')
  const ha = textAt(properties, 'high-availability') ?? textAt(properties, 'high-availability.type')
  return [
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
  const { facts, safety, resource } = wish
  if (wish.operator === 'spotify')
    return [
      mustClearControl(wish.inPlace, facts)
        ? 'the job was cancelled by annotation: status.control is cleared first, which needs the right to patch flinkclusters/status'
        : undefined,
    ]
  if (wish.operator === undefined) return []
  const upgrade = flagAt(resource.spec, 'job', 'takeSavepointOnUpgrade')
  return [
    facts.running
      ? 'the operator waits for a savepoint that succeeds before it restarts the job; while they fail the restore is blocked, and goes on by itself after a repair'
      : undefined,
    facts.running && !safety
      ? 'a savepoint younger than 300 s is fresh enough for the operator: up to 5 minutes of work may be lost'
      : undefined,
    facts.restartsAfterFailure
      ? 'under FromSavepointOnFailure this operator restarts a job that fails without end, and never submits it'
      : undefined,
    wish.operator === 'gcp-master' && upgrade === undefined
      ? 'this operator crashes on an update of a running job where spec.job.takeSavepointOnUpgrade is not set: set it first'
      : undefined,
  ]
}

/** Argo CD tracks by annotation or label, Flux by labels of its kustomize and helm controllers. */
function gitOps({ metadata }: Resource): string | undefined {
  const marks = [...Object.keys(metadata.labels), ...Object.keys(metadata.annotations)]
  if (marks.some(mark => mark.startsWith('argocd.argoproj.io/')))
    return 'Argo CD owns this object and may put the old values back: change them in its repository too'
  if (marks.some(mark => /^(kustomize|helm)\.toolkit\.fluxcd\.io\//.test(mark)))
    return 'Flux owns this object and may put the old values back: change them in its repository too'
  return undefined
}
