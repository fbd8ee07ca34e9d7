import type { Resource } from '../domain/resource.ts'
import type { RestoreWish } from '../operators/job-operator.ts'

/** What may surprise whichever operator serves the job, for the person who says yes: of the savepoint, then of who else owns the object. */
export function targetRisks({ target, facts }: Pick<RestoreWish, 'target' | 'facts'>): string[] {
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

export function ownerRisks({ metadata }: Resource): string[] {
  const tool = owningTool(metadata)
  return tool === undefined
    ? []
    : [`${tool} owns this object and may put the old values back: change them in its repository too`]
}

/** Argo CD tracks by annotation or label, Flux by labels of its kustomize and helm controllers. */
export function owningTool({ labels, annotations }: Resource['metadata']): string | undefined {
  const marks = [...Object.keys(labels), ...Object.keys(annotations)]
  if (marks.some(isOfArgo)) return 'Argo CD'
  return marks.some(isOfFlux) ? 'Flux' : undefined
}

/** By these an owner finds what is its own: a copy must not have them. */
export function isOwnersMark(key: string): boolean {
  return isOfArgo(key) || isOfFlux(key) || key.startsWith('meta.helm.sh/')
}

const isOfArgo = (mark: string) => mark.startsWith('argocd.argoproj.io/')
const isOfFlux = (mark: string) => /^(kustomize|helm)\.toolkit\.fluxcd\.io\//.test(mark)
