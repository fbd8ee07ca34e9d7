import { Failure, failure } from '../../domain/failure.ts'
import { type Fields, fieldsAt } from '../../domain/fields.ts'
import { without, withoutAnnotations } from '../../domain/manifest.ts'
import type { RestorePlan } from '../../domain/plan.ts'
import { type Cluster, refusedWith, type World } from '../../domain/ports.ts'
import { type Resource, shortName } from '../../domain/resource.ts'
import type { RestoreTarget, Savepoint } from '../../domain/savepoint.ts'
import { isRestorable } from '../../history/candidates.ts'
import { findSavepoint } from '../../history/find-savepoint.ts'
import { operatorOf } from '../../operators/index.ts'
import { planNewJob } from '../../plan/creation-plan.ts'
import { isOwnersMark } from '../../plan/restore-risks.ts'
import type { JobName } from '../job/name.ts'
import { factsOf, type Subject, whichOperator } from '../job/which-operator.ts'
import { gatherSavepoints, recordedSavepoints } from '../sources/gather.ts'
import type { OperatorsWish } from '../verify/look.ts'
import { type Creation, wanted } from './creation.ts'
import { jobInFile } from './manifest-file.ts'
import type { RestoreOptions, RestoreWay } from './options.ts'
import type { ToVerify } from './verified.ts'
import { gathering } from './wish.ts'

export type NewWay = Extract<RestoreWay, { how: 'copy' | 'file' }>

/** A job that is to be created from a savepoint: what, and how that goes. */
export interface PlannedNewJob extends Pick<Creation, 'subject' | 'creating' | 'wish' | 'manifest'> {
  readonly plan: RestorePlan
  readonly toVerify: ToVerify
}

/** Reads what the new job is made from, and finds its savepoint. Throws why it cannot be. */
export async function plannedNewJob(
  world: World,
  cluster: Cluster,
  options: RestoreOptions,
  way: NewWay,
): Promise<PlannedNewJob> {
  const template = way.how === 'file' ? await jobInFile(world, cluster, way.path) : undefined
  const source = await savepointSource(world, options.job ?? nameOf(template), options, way)
  const original = source.original && (await whichOperator(cluster, source.original, options.operator))
  const resource = template ?? source.original
  if (!resource) throw new Error('a copy has an original')
  const subject = template ? await whichOperator(cluster, template, options.operator) : original
  if (!subject) throw new Error('a job has an operator')
  const creating = await subject.operator.creating()
  const wish = {
    build: subject.build,
    target: targetOf(world, source.savepoints, options, original ?? subject),
    allowNonRestoredState: options.allowNonRestoredState ?? false,
    nonce: '',
    wait: options.wait,
  }
  const { target, allowNonRestoredState } = wish
  const made = creating.manifest(resource.body, { target, allowNonRestoredState })
  const manifest = way.how === 'copy' ? copied(made, way.name) : made
  const facts = factsOf({ ...subject, resource: wanted(manifest) })
  const plan = planNewJob({
    wish: {
      ...wish,
      how: 'create',
      resource,
      facts: factsOf({ ...subject, resource }),
      allowUnknownLocation: options.allowUnknownLocation,
      now: world.clock.now(),
    },
    creating,
    manifest,
    facts,
    ...(original && { original: { resource: original.resource, facts: factsOf(original) } }),
  })
  if (plan instanceof Failure) throw plan
  const toVerify: ToVerify = {
    ...{ job: plan.job, operator: subject.operator, target, allowNonRestoredState },
    resource: wanted(manifest),
    facts: original ? factsOf(original) : facts,
    ...(way.how === 'copy' ? { operators: { by: 'job' } } : { operators: ofManifest, otherVolumes: true }),
    what: 'restore',
  }
  return { subject, creating, wish, manifest, plan, toVerify }
}

/** It may be another version of the job. */
const ofManifest: OperatorsWish = {
  by: 'nobody',
  why: 'nobody tells the operators of a job that does not run yet; kubectl flinksp verify takes its uids',
}

/** A copy has its own name, and is nobody's: whoever owns the original would delete it, or count it among its own. */
function copied(manifest: Fields, name: string): Fields {
  const metadata = without(fieldsAt(manifest, 'metadata'), 'ownerReferences', 'finalizers')
  const own = withoutAnnotations(withoutAnnotations(metadata, isOwnersMark), isOwnersMark, 'labels')
  return { ...manifest, metadata: { ...own, name } }
}

function nameOf(template: Resource | undefined): JobName {
  if (!template) throw new Error('without a manifest a job is named')
  return { kind: operatorOf(template).kind, name: template.metadata.name }
}

interface Source {
  /** The job whose savepoints they are, if it is still there. */
  readonly original?: Resource
  readonly savepoints: readonly Savepoint[]
}

/** The record outlives the job, and a manifest is mostly created again when that is gone. */
async function savepointSource(
  world: World,
  job: JobName,
  options: RestoreOptions,
  way: NewWay,
): Promise<Source> {
  try {
    const { resource, savepoints } = await gatherSavepoints(world, job, gathering(options))
    return { original: resource, savepoints }
  } catch (error) {
    if (way.how === 'copy' || !refusedWith(error, 404)) throw error
    return { savepoints: await recordedSavepoints(world, job) }
  }
}

/** Of an object that is gone, a savepoint has to be named: `latest` means those of an object that is there. */
function targetOf(
  world: World,
  savepoints: readonly Savepoint[],
  { savepoint }: RestoreOptions,
  subject: Subject,
): RestoreTarget {
  if (savepoint === 'before') throw new Error('a new job has had no restore')
  const { job } = factsOf(subject)
  const counted = savepoint.by === 'latest' || savepoint.by === 'generation'
  if (job.uid !== '' || !counted) return findSavepoint(savepoints, savepoint, job, world.clock.now())
  const newest = savepoints.find(isRestorable)
  throw failure(
    'not-asked',
    `there is no ${shortName(job)} whose savepoints could be counted: name the savepoint by its location`,
    ...(newest ? [`the newest that its record knows is ${newest.location}`] : []),
  )
}
