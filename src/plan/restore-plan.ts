import { type Failure, failure } from '../domain/failure.ts'
import type { JobFacts } from '../domain/job.ts'
import { isBelow, sameLocation } from '../domain/location.ts'
import type { RestorePlan } from '../domain/printable.ts'
import type { RestoreWish, Restoring, Taking } from '../operators/job-operator.ts'
import { ownerRisks, targetRisks } from './restore-risks.ts'
import { restoreSteps } from './restore-steps.ts'

/** The plan of a restore in place, or why there cannot be one. Changes nothing. `safe`: how a safety savepoint is asked for. */
export function planRestore(
  wish: RestoreWish,
  restoring: Restoring,
  safe: Taking['safe'],
): RestorePlan | Failure {
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
  if (wish.facts.session)
    return cannot(wish, 'it is a session cluster, whose jobs the operator does not know')
  const refusal = restoring.refusal(wish)
  return refusal === undefined ? undefined : cannot(wish, refusal, ...recreation(wish))
}

/** Whoever may write ConfigMaps, or shows a location to somebody, must not be able to steer a restore. */
function unknownLocation({ facts, target, allowUnknownLocation }: RestoreWish): Failure | undefined {
  const sources = target.sources ?? []
  const inside = facts.directory !== undefined && isBelow(target.location, facts.directory)
  const vouched = sources.some(source => source !== 'record') || (sources.length > 0 && inside)
  if (vouched || allowUnknownLocation || isNamedByObject(facts, target.location)) return undefined
  const why =
    sources.length === 0
      ? 'no source knows this location'
      : `this location is known only from the record, and is not below ${facts.directory}`
  return failure(
    'not-asked',
    `cannot restore ${facts.shown} from ${target.location}: ${why}`,
    'if it is the right one: --allow-unknown-location',
  )
}

function isNamedByObject(facts: JobFacts, location: string): boolean {
  return [facts.savepointLocation, facts.statusFromSavepoint, facts.specFromSavepoint].some(known =>
    sameLocation(known, location),
  )
}

function cannot({ facts, target }: RestoreWish, why: string, ...hints: string[]): Failure {
  return failure('not-asked', `cannot restore ${facts.shown} from ${target.location}: ${why}`, ...hints)
}

/** The kubectl commands that do it where the object cannot be changed; savepointGeneration, if kept, takes an unasked savepoint (seen on GCP tag -2). */
function recreation({ facts, target }: RestoreWish): string[] {
  const { name, namespace } = facts.job
  const file = `${name}.yaml`
  return [
    'take a savepoint first if the job still runs, then:',
    `  kubectl get ${facts.shown} -n ${namespace} -o yaml > ${file}`,
    `  in ${file}: remove status, metadata.uid, metadata.resourceVersion, spec.job.savepointGeneration and spec.job.cancelRequested,`,
    `  and set spec.job.fromSavepoint: ${target.location}`,
    `  kubectl delete ${facts.shown} -n ${namespace} --wait`,
    `  kubectl create -f ${file}`,
  ]
}
