import { Failure, failure } from '../../domain/failure.ts'
import type { Fields } from '../../domain/fields.ts'
import type { Restore, RestorePlan } from '../../domain/plan.ts'
import { type Cluster, refusedWith, type World } from '../../domain/ports.ts'
import type { Resource } from '../../domain/resource.ts'
import { utcOf } from '../../domain/time.ts'
import { defined, entryOfRestore } from '../../history/entry.ts'
import type { Creating, RestoreWish } from '../../operators/job-operator.ts'
import type { CommandResult } from '../command.ts'
import { nothingChanged, nothingSaved } from '../job/nothing-changed.ts'
import { idle } from '../job/waiting.ts'
import { factsOf, type Subject } from '../job/which-operator.ts'
import { keepRecord, takeSafetySavepoint } from '../take/safety-savepoint.ts'
import { type Creation, create, proveCreated } from './creation.ts'
import type { RestoreOptions } from './options.ts'
import { endedHalfway } from './recreation-endings.ts'
import { untilNothingRemains } from './remains.ts'
import { deleteExactly, untilGone } from './removal.ts'

/** A restore by deletion and creation, planned and agreed to. */
export interface Recreation {
  readonly world: World
  readonly cluster: Cluster
  readonly options: Pick<RestoreOptions, 'timeoutMs' | 'record'>
  readonly subject: Subject
  readonly wish: RestoreWish
  readonly creating: Creating
  readonly plan: RestorePlan
}

/** What is known while it goes on. */
interface Course {
  readonly recreation: Recreation
  /** The object as it is deleted. */
  readonly old: Resource
  readonly manifest: Fields
  readonly requestedAt: string
  readonly begun: Restore & { readonly manifestFile: string }
}

/**
 * The safety savepoint, the manifest in a file, the deletion, the creation, the proof. Until the deletion nothing is
 * changed; from then on every way it can end names the command that finishes it.
 */
export async function recreate(recreation: Recreation): Promise<CommandResult> {
  const { wish } = recreation
  const start = { ...recreation.plan, job: wish.facts.job, state: 'Unchanged', proof: unproven } as const
  let begun: Restore = start
  try {
    const { newest, ...saved } = await savedFirst(recreation)
    begun = { ...start, ...defined({ safetySavepoint: saved.safetySavepoint }) }
    if (saved.failure) return ended(begun, nothingSaved(saved.failure))
    const course = await prepared(recreation, newest, begun)
    return await carryOut(course)
  } catch (error) {
    if (!(error instanceof Failure)) throw error
    return ended(begun, nothingChanged(error))
  }
}

async function carryOut(course: Course): Promise<CommandResult> {
  const { begun } = course
  const unsure = await deleteIt(course).catch((error: unknown) => ({ refused: asFailure(error) }))
  if (unsure && 'refused' in unsure)
    return { ...ended(begun, nothingChanged(unsure.refused)), after: () => keep(course, [begun]) }
  return afterDeletion({ ...course, begun: { ...begun, state: 'InProgress' } }, unsure)
}

const unproven = { operator: false, rest: false }

/** The job's state, safe, and its object after that. */
async function savedFirst({ world, cluster, subject, options, wish }: Recreation): Promise<{
  safetySavepoint?: Restore['safetySavepoint']
  failure?: Failure
  newest: Resource
}> {
  if (!wish.safety) return { newest: wish.resource }
  const { savepoint, failure, newest } = await takeSafetySavepoint(world, cluster, subject, options)
  if (failure) return { safetySavepoint: savepoint, failure, newest }
  const quiet = await idle(world, cluster, { ...subject, resource: newest }, options.timeoutMs)
  return { safetySavepoint: savepoint, newest: quiet }
}

/** The record, then the file: whatever happens to this program then, both say what it was about. */
async function prepared(recreation: Recreation, old: Resource, start: Restore): Promise<Course> {
  const { world } = recreation
  const manifest = manifestFor(recreation, old)
  const requestedAt = utcOf(world.clock.now())
  if (world.interrupted.aborted) throw failure('interrupted', 'interrupted')
  const file = await world.manifests.keep(`${old.metadata.name}-restore`, manifest)
  world.person.warn(`manifest: ${file}`)
  const begun = { ...start, manifestFile: file }
  const course = { recreation, old, manifest, requestedAt, begun }
  await keep(course, [{ ...begun, state: 'InProgress' }])
  return course
}

/** A new object needs no nonce to be one. */
function manifestFor({ creating, wish }: Recreation, { body }: Resource): Fields {
  const { nonce: _, ...bare } = wish
  return creating.manifest(body, bare)
}

async function deleteIt({ recreation, old, manifest }: Course): Promise<Failure | undefined> {
  const { world, cluster } = recreation
  if (world.interrupted.aborted) throw failure('interrupted', 'interrupted')
  const wanted = JSON.stringify(manifest)
  const isSame = (newer: Resource) => JSON.stringify(manifestFor(recreation, newer)) === wanted
  const asked = await deleteExactly(cluster, old, isSame)
  return asked === 'asked' ? undefined : asked.unsure
}

async function afterDeletion(course: Course, unsure: Failure | undefined): Promise<CommandResult> {
  const { recreation, old, begun } = course
  const halfway = (reason: Failure, how: Parameters<typeof endedHalfway>[2]) => {
    const { result, failure: told } = endedHalfway(begun, reason, how)
    return { ...ended(result, told), after: () => keep(course, [result]) }
  }
  if (unsure) return halfway(unsure, 'unsure')
  const waiting = { ...recreation, timeoutMs: recreation.options.timeoutMs }
  const here = await untilGone(waiting, old)
  if (here) return halfway(here, 'going')
  const { name, namespace } = old.metadata
  const left = await untilNothingRemains(waiting, namespace, recreation.creating.remains(name))
  if (left) return halfway(left, 'gone')
  const creation: Creation = { ...recreation, manifest: course.manifest }
  const created = await create(creation).catch((error: unknown) => asFailure(error))
  if (created instanceof Failure) return halfway(created, refusedWith(created, 409) ? 'replaced' : 'gone')
  const { result, failure: reason } = await proveCreated(creation, created, begun)
  return { ...ended(result, reason), after: () => keep(course, [{ ...result, job: begun.job }, result]) }
}

function asFailure(error: unknown): Failure {
  if (error instanceof Failure) return error
  throw error
}

/** All in the record of the job, which is the same for the old and the new object. */
async function keep({ recreation, old, requestedAt }: Course, restores: readonly Restore[]): Promise<void> {
  const { world, cluster, options, subject, wish } = recreation
  if (!options.record) return
  const { flinkJobId, restartPoint } = factsOf({ ...subject, resource: old })
  const completedAt = restores.some(({ state }) => state !== 'InProgress')
    ? utcOf(world.clock.now())
    : undefined
  const about = { requestedAt, ...defined({ flinkJobId, restartPoint, completedAt }) }
  await keepRecord(
    world,
    cluster,
    wish.facts.job,
    restores.map(restore => entryOfRestore(restore, about)),
  )
}

function ended(value: Restore, reason?: Failure): CommandResult {
  return { value: { kind: 'Restore', value }, ...(reason && { failure: reason }) }
}
