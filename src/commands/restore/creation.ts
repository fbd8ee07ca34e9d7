import { Failure } from '../../domain/failure.ts'
import type { Fields } from '../../domain/fields.ts'
import { sameLocation } from '../../domain/location.ts'
import type { Restore } from '../../domain/plan.ts'
import { type Cluster, refusedWith, type World } from '../../domain/ports.ts'
import { type Resource, refOf, resourceOf, shortName } from '../../domain/resource.ts'
import type { Creating, CreationWish } from '../../operators/job-operator.ts'
import { drive } from '../../wait.ts'
import { stickyWarning } from '../job/sticky-warning.ts'
import { waiting } from '../job/waiting.ts'
import { factsOf, type Subject } from '../job/which-operator.ts'
import type { RestoreOptions } from './options.ts'

/** An object that is to be created with a savepoint in it. */
export interface Creation {
  readonly world: World
  readonly cluster: Cluster
  readonly options: Pick<RestoreOptions, 'timeoutMs' | 'record'>
  /** Whose operator and build it will be. */
  readonly subject: Subject
  readonly creating: Creating
  readonly wish: Omit<CreationWish, 'resource' | 'facts' | 'how'>
  readonly manifest: Fields
}

const mostTries = 5
const pauseMs = 2_000

/** The object, created. What passes by itself is tried again; an answer that was lost is looked up. Throws the refusal. */
export async function create(creation: Creation): Promise<Resource> {
  const { world, manifest } = creation
  for (let tries = 1; ; tries++) {
    const created = await createOnce(creation, tries > 1)
    if (!(created instanceof Failure)) return created
    if (world.interrupted.aborted || tries === mostTries || !isPassing(created)) throw created
    world.person.tell(`creating ${shortName(refOf(wanted(manifest)))} again: ${created.message}`)
    await world.clock.sleep(pauseMs, world.interrupted)
  }
}

async function createOnce(creation: Creation, again: boolean): Promise<Resource | Failure> {
  const { cluster, manifest } = creation
  const ref = refOf(wanted(manifest))
  try {
    return (await cluster.write({ verb: 'create', ref, body: manifest })).object
  } catch (error) {
    if (!(error instanceof Failure)) throw error
    // `already exists` may be said of what a try before this one has created, whose answer was lost.
    const look = mayHaveArrived(error) || (again && refusedWith(error, 409))
    return (look && (await lookFor(creation))) || error
  }
}

/** The object as the manifest has it. */
export function wanted(manifest: Fields): Resource {
  const resource = resourceOf(manifest)
  if (!resource) throw new Error('the manifest is no object')
  return resource
}

/** Waits for the proof; `begun` becomes what is known in the end. */
export async function proveCreated(
  { world, cluster, options, subject, creating, wish }: Creation,
  created: Resource,
  begun: Restore,
): Promise<{ result: Restore; failure?: Failure }> {
  const facts = factsOf({ ...subject, resource: created })
  const wait = waiting(world, cluster, facts, options.timeoutMs)
  const { result, failure } = await drive(creating.created(wish), created, wait)
  if (!failure && subject.operator.sticky) world.person.warn(stickyWarning(facts.job, wish.target.location))
  return { result: { ...begun, job: facts.job, ...result }, ...(failure && { failure }) }
}

/** A request whose answer was lost, or given up by something in between. */
export function mayHaveArrived({ status }: Failure): boolean {
  return status === undefined || status.code >= 500
}

function isPassing(error: Failure): boolean {
  return error.code === 'not-asked' && (mayHaveArrived(error) || error.status?.code === 429)
}

/** The object, if it is there and is the one that was to be created. */
async function lookFor({ cluster, subject, wish, manifest }: Creation): Promise<Resource | undefined> {
  try {
    const resource = await cluster.get(refOf(wanted(manifest)))
    const { specFromSavepoint } = factsOf({ ...subject, resource })
    return sameLocation(specFromSavepoint, wish.target.location) ? resource : undefined
  } catch (error) {
    if (error instanceof Failure) return undefined
    throw error
  }
}

/** Whether something with this name is there: what may not be read is told by its creation. */
export async function existing(cluster: Cluster, manifest: Fields): Promise<Resource | undefined> {
  try {
    return await cluster.get(refOf(wanted(manifest)))
  } catch (error) {
    if (refusedWith(error, 404) || refusedWith(error, 403)) return undefined
    throw error
  }
}
