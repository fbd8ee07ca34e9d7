import type { Resource } from '../domain/resource.ts'
import type { RestoreWish } from '../operators/job-operator.ts'

/** What may surprise whichever operator serves the job, for the person who says yes: of the savepoint, then of who else owns the object. */
export function targetRisks({ target, facts }: RestoreWish): string[] {
  const foreign = target.job !== undefined && target.job.uid !== facts.job.uid
  const all = [
    foreign ? 'this savepoint was taken by an earlier object of the same name' : undefined,
    target.state !== undefined && target.state !== 'Completed' ? `its state is ${target.state}` : undefined,
    target.sources === undefined
      ? 'nothing is known of this location: whether it is a savepoint shows when Flink reads it'
      : undefined,
    target.type === 'checkpoint' ? 'this is a checkpoint: Flink may delete it while the job runs' : undefined,
  ]
  return all.filter(risk => risk !== undefined)
}

/** Argo CD tracks by annotation or label, Flux by labels of its kustomize and helm controllers. */
export function ownerRisks({ metadata }: Resource): string[] {
  const marks = [...Object.keys(metadata.labels), ...Object.keys(metadata.annotations)]
  if (marks.some(mark => mark.startsWith('argocd.argoproj.io/')))
    return ['Argo CD owns this object and may put the old values back: change them in its repository too']
  if (marks.some(mark => /^(kustomize|helm)\.toolkit\.fluxcd\.io\//.test(mark)))
    return ['Flux owns this object and may put the old values back: change them in its repository too']
  return []
}
