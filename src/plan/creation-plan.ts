import { type Failure, failure } from '../domain/failure.ts'
import { type Fields, fieldsAt, flagAt, listAt, textAt, textList } from '../domain/fields.ts'
import type { JobFacts } from '../domain/job.ts'
import { sameLocation } from '../domain/location.ts'
import { differences, manifestOf } from '../domain/manifest.ts'
import type { RestorePlan } from '../domain/plan.ts'
import type { Resource } from '../domain/resource.ts'
import { shellWord } from '../domain/shell.ts'
import type { Creating, CreationWish, RestoreWish, Restoring } from '../operators/job-operator.ts'
import { owningTool, targetRisks } from './restore-risks.ts'
import { beforeRestore, proofStep, safetyStep } from './restore-steps.ts'
import { cannotRestore, describeTarget, sessionCluster, unknownLocation } from './target.ts'

/** What is made of the object, and by what a job is planned to be created from it. */
export interface Recreation {
  readonly wish: RestoreWish
  readonly creating: Creating
  readonly restoring: Restoring
  readonly manifest: Fields
  /** How a safety savepoint is asked for. */
  readonly safe: string
}

/** The plan of a restore by which the object is deleted and created again, or why there cannot be one. Changes nothing. */
export function planRecreation(recreation: Recreation): RestorePlan | Failure {
  const { wish, manifest, safe } = recreation
  const { facts, resource, target } = wish
  if (wish.facts.session) return cannotRestore(wish, sessionCluster)
  if (textAt(resource.body, 'metadata', 'deletionTimestamp') !== undefined)
    return cannotRestore(
      wish,
      'it is being deleted',
      wish.resumed
        ? `once it is gone: kubectl flinksp restore ${shellWord(target.location)} --filename MANIFEST creates it again`
        : 'once it is gone: --filename MANIFEST creates it again',
    )
  const unknown = unknownLocation(wish)
  if (unknown) return unknown
  return {
    job: facts.job,
    way: 'recreate',
    savepoint: target,
    changes: differences(manifestOf(resource.body), manifest),
    steps: [
      beforeRestore(wish),
      ...safetyStep(wish, safe),
      'write its manifest to a file, from which kubectl create can finish the restore whatever happens',
      `delete ${facts.shown}, and wait until it and what its operator made for it are gone`,
      `create it again: start from ${describeTarget(target, wish.now)}`,
      'the operator creates the cluster and submits the job',
      proofStep,
    ],
    risks: recreationRisks(recreation),
  }
}

function recreationRisks({ wish, creating, restoring }: Recreation): string[] {
  const { facts, resource, safety } = wish
  const all = [
    'between its deletion and its creation there is no job',
    restoring.refusal(wish) === undefined
      ? 'it could be changed in place, without being deleted: leave --recreate out'
      : undefined,
    facts.running && !safety
      ? 'no safety savepoint is taken: what the job did since its last savepoint is lost'
      : undefined,
    ...creating.risks({ ...wish, how: 'recreate' }),
    ...targetRisks(wish),
    ...misspelled(facts.misspelled),
    ...others(resource, creating),
  ]
  return all.filter(risk => risk !== undefined)
}

/** Who else has a say in whether the object goes and comes. */
function others({ body, metadata }: Resource, { ownFinalizer }: Creating): (string | undefined)[] {
  const owners = listAt(body, 'metadata', 'ownerReferences')
  const controller = owners.find(owner => flagAt(owner, 'controller')) ?? owners[0]
  const finalizers = textList(fieldsAt(body, 'metadata')['finalizers']).filter(name => !ownFinalizer?.(name))
  const tool = owningTool(metadata)
  return [
    tool &&
      `${tool} owns this object, and may create it again before this does, without the savepoint: stop it first`,
    controller &&
      `its ownerReferences are kept: ${textAt(controller, 'kind')}/${textAt(controller, 'name')} owns it, and may create it again by itself`,
    finalizers.length > 0
      ? `it is gone only once its finalizers are taken away by those who put them there: ${finalizers.join(', ')}`
      : undefined,
  ]
}

function misspelled(fields: readonly string[]): string[] {
  return fields.map(
    field => `${field} is spelled as no operator reads it: it is written right in the manifest`,
  )
}

/** A job that is created beside others. */
export interface NewJob {
  /** `resource` and `facts`: of the object that the manifest is made from. */
  readonly wish: CreationWish & Pick<RestoreWish, 'allowUnknownLocation' | 'now'>
  readonly creating: Creating
  readonly manifest: Fields
  /** What the manifest says, in operator-neutral words. */
  readonly facts: JobFacts
  /** The job whose savepoint it is, where that is still there. */
  readonly original?: { readonly resource: Resource; readonly facts: JobFacts }
}

/** The plan of a job that is created from another's savepoint, or why there cannot be one. Changes nothing. */
export function planNewJob(plan: NewJob): RestorePlan | Failure {
  const { wish, manifest, facts, original } = plan
  const refusal = badName(plan) ?? sharing(plan)
  if (refusal) return refusal
  if (wish.facts.session) return cannotRestore(wish, sessionCluster)
  // Not what the manifest says now: the savepoint stands there already.
  const told = original?.facts ?? wish.facts
  const unknown = unknownLocation({ ...wish, facts: told })
  if (unknown) return unknown
  const { uid: _, ...job } = facts.job
  return {
    job,
    way: 'create',
    savepoint: wish.target,
    changes: differences(manifestOf(wish.resource.body), manifest),
    steps: [
      ...(original ? [`leave ${original.facts.shown} as it is`] : []),
      `create ${facts.shown}: start from ${describeTarget(wish.target, wish.now)}`,
      'the operator creates the cluster and submits the job',
      proofStep,
    ],
    risks: [
      ...twice(plan),
      ...plan.creating.risks(wish),
      ...targetRisks({ ...wish, facts: told }),
      ...misspelled(wish.facts.misspelled),
    ],
  }
}

function twice({ facts, original }: NewJob): string[] {
  if (!original) return []
  const both = `${original.facts.shown} and ${facts.shown}`
  const when = original.facts.running ? '' : `, once ${original.facts.shown} runs again`
  const { directory } = facts
  return [
    `sources are read and sinks are written twice${when}: by ${both}`,
    ...(directory !== undefined && sameLocation(directory, original.facts.directory)
      ? [`savepoints of both are in one directory: ${directory}`]
      : []),
  ]
}

function badName({ creating, wish, facts }: NewJob): Failure | undefined {
  const { name } = facts.job
  const why = creating.badName(name, wish.build)
  return why === undefined
    ? undefined
    : failure('not-asked', `${JSON.stringify(name)} is no name for a job: ${why}`)
}

/** Two jobs that share these take each other's state for their own. */
function sharing({ creating, manifest, original, facts }: NewJob): Failure | undefined {
  // One that is to be created under its own name again is refused for that.
  if (!original || original.facts.shown === facts.shown) return undefined
  const shared = creating.shared(original.resource.body, manifest)
  if (shared.length === 0) return undefined
  const file = `${facts.job.name}.yaml`
  return failure(
    'not-asked',
    `${facts.shown} would share ${shared.join(' and ')} with ${original.facts.shown}`,
    `write its manifest with --manifest > ${file}, give it its own there, and create it with --filename ${file}`,
  )
}
