import { Failure, failure } from '../../domain/failure.ts'
import { fieldsAt } from '../../domain/fields.ts'
import { type Cluster, refusedWith, type World } from '../../domain/ports.ts'
import type { Event, Protocol, Step } from '../../domain/protocol.ts'
import { type Resource, refOf, shortName } from '../../domain/resource.ts'
import { drive } from '../../wait.ts'
import { mayHaveArrived } from './creation.ts'

const mostConflicts = 5

/** Asked for; or not known to have been, because the answer was lost. */
export type Deletion = 'asked' | { readonly unsure: Failure }

/**
 * Asks for the deletion of exactly this object. `isSame` tells of a newer version whether it may be deleted just as well:
 * a status is written all the time. Throws where nothing was deleted.
 */
export async function deleteExactly(
  cluster: Cluster,
  object: Resource,
  isSame: (newer: Resource) => boolean,
): Promise<Deletion> {
  let newest = object
  for (let conflicts = 0; ; conflicts++) {
    const refusal = await refusalOf(cluster, newest)
    if (!refusal) return 'asked'
    const now = mayHaveArrived(refusal)
      ? await afterSilence(cluster, object, refusal)
      : await afterConflict(cluster, object, refusal)
    if (now === 'asked' || 'unsure' in now) return now
    if (!isSame(now)) throw changedMeanwhile(object)
    if (conflicts === mostConflicts) throw refusal
    newest = now
  }
}

async function refusalOf(cluster: Cluster, object: Resource): Promise<Failure | undefined> {
  try {
    await cluster.remove(object)
    return undefined
  } catch (error) {
    if (error instanceof Failure) return error
    throw error
  }
}

/** Whether it was asked for shows in the object. */
async function afterSilence(
  cluster: Cluster,
  object: Resource,
  refusal: Failure,
): Promise<Deletion | Resource> {
  try {
    const now = await cluster.get(refOf(object))
    return isBeingDeleted(now) || now.metadata.uid !== object.metadata.uid ? 'asked' : now
  } catch (error) {
    if (!(error instanceof Failure)) throw error
    return refusedWith(error, 404) ? 'asked' : { unsure: refusal }
  }
}

/** The newer version. Another object under its name is not what was asked about. */
async function afterConflict(
  cluster: Cluster,
  object: Resource,
  refusal: Failure,
): Promise<'asked' | Resource> {
  if (!refusedWith(refusal, 409)) throw refusal
  const now = await cluster.get(refOf(object))
  if (now.metadata.uid !== object.metadata.uid) throw refusal
  return isBeingDeleted(now) ? 'asked' : now
}

function isBeingDeleted({ body }: Resource): boolean {
  return 'deletionTimestamp' in fieldsAt(body, 'metadata')
}

function changedMeanwhile(object: Resource): Failure {
  return failure(
    'not-asked',
    `${shortName(refOf(object))} was changed by somebody else meanwhile; nothing was deleted`,
  )
}

/** Resolves once the object is gone; a Failure says why it is not. */
export async function untilGone(
  { world, cluster, timeoutMs }: { world: World; cluster: Cluster; timeoutMs: number },
  object: Resource,
): Promise<Failure | undefined> {
  const { clock, person, interrupted } = world
  const rest = () => Promise.reject(new Error('Flink is not asked whether an object is gone'))
  const waiting = { cluster, clock, person, interrupted, timeoutMs, rest }
  return (await drive(goneProtocol, object, waiting)).failure
}

interface Leaving {
  readonly uid: string
  readonly finalizers: readonly string[]
}

/** Writes nothing, and ends when the object is gone. */
const goneProtocol: Protocol<Leaving, undefined> = {
  ask: () => ({ join: '' }),
  begin: object => ({ state: leaving(object), effects: [] }),
  next,
}

function leaving(object: Resource): Leaving {
  const finalizers = fieldsAt(object.body, 'metadata')['finalizers']
  return {
    uid: object.metadata.uid,
    finalizers: Array.isArray(finalizers) ? finalizers.map(String) : [],
  }
}

function next(state: Leaving, event: Event): Step<Leaving, undefined> {
  switch (event.type) {
    case 'deleted':
      return end(state)
    case 'object':
      return event.object.metadata.uid === state.uid
        ? { state: leaving(event.object), effects: [] }
        : end(state)
    case 'refused':
      return end(state, event.failure)
    case 'timeout':
      return end(state, stuck(state))
    case 'interrupted':
      return end(state, failure('interrupted', 'interrupted'))
    default:
      return { state, effects: [] }
  }
}

function end(state: Leaving, reason?: Failure): Step<Leaving, undefined> {
  const outcome = reason ? { result: undefined, failure: reason } : { result: undefined }
  return { state, effects: [{ type: 'done', outcome }] }
}

function stuck({ finalizers }: Leaving): Failure {
  const why =
    finalizers.length > 0
      ? [`its finalizers hold it: ${finalizers.join(', ')}; is what takes them away running?`]
      : []
  return failure('timed-out', 'timed out waiting for it to be gone', ...why)
}
