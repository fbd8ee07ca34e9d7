import { type Failure, failure } from '../domain/failure.ts'
import { fieldsAt, flagAt } from '../domain/fields.ts'
import type { JobFacts } from '../domain/job.ts'
import { isBelow, sameLocation } from '../domain/location.ts'
import type { RestorePlan } from '../domain/printable.ts'
import { abilitiesOf } from '../operators/flink-cluster/operator.ts'
import { restoreChanges } from '../operators/flink-cluster/restore-writes.ts'
import { restoreRisks } from './restore-risks.ts'
import { restoreSteps } from './restore-steps.ts'
import type { RestoreWish } from './restore-wish.ts'

/** The plan of a restore in place, or why there cannot be one. Changes nothing. */
export function planRestore(wish: RestoreWish): RestorePlan | Failure {
  const { facts, target, inPlace } = wish
  return (
    impossible(wish) ??
    unknownLocation(wish) ?? {
      job: facts.job,
      savepoint: target,
      changes: restoreChanges(inPlace, facts),
      steps: restoreSteps(wish),
      risks: restoreRisks(wish),
    }
  )
}

function impossible(wish: RestoreWish): Failure | undefined {
  const { facts, operator, resource } = wish
  const job = fieldsAt(resource.spec, 'job')
  if (facts.session) return cannot(wish, 'it is a session cluster, whose jobs the operator does not know')
  if (operator !== undefined && !abilitiesOf(operator).restoresInPlace)
    return cannot(
      wish,
      `its operator (${operator}) refuses every change of the spec: it has to be deleted and created again`,
      ...recreation(wish),
    )
  if (flagAt(job, 'cancelRequested') === true)
    return cannot(
      wish,
      'spec.job.cancelRequested is true, after which no change of the object is let through',
      ...recreation(wish),
    )
  if (facts.directory === undefined)
    return cannot(
      wish,
      'spec.job.savepointsDir is not set, and the operator lets no change through without it',
      ...recreation(wish),
    )
  return undefined
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
