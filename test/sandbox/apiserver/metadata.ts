import { randomInt, randomUUID } from 'node:crypto'
import { isDeepStrictEqual } from 'node:util'
import type { Kind } from './kind.ts'
import { type Json, type KubeObject, type ObjectMeta, timestamp } from './object.ts'
import { badRequest, conflict, invalid, staleVersion } from './status.ts'

// The alphabet of apimachinery's rand.String: no vowels, so no words.
const nameAlphabet = 'bcdfghjklmnpqrstvwxz2456789'

/** The metadata of a new object. */
export function newMetadata(kind: Kind, given: ObjectMeta, namespace: string): ObjectMeta {
  const { generation: _, resourceVersion: __, deletionTimestamp: ___, ...rest } = given
  const name = given.name ?? generated(given.generateName)
  return {
    ...rest,
    ...(name && { name }),
    ...(kind.namespaced && { namespace }),
    uid: randomUUID(),
    creationTimestamp: timestamp(),
    ...(countsGenerations(kind) && { generation: 1 }),
  }
}

function generated(prefix: string | undefined): string | undefined {
  if (!prefix) return undefined
  const letters = Array.from({ length: 5 }, () => nameAlphabet[randomInt(nameAlphabet.length)])
  return `${prefix.slice(0, 58)}${letters.join('')}`
}

const counted = ['apps', 'batch', 'apiextensions.k8s.io', 'admissionregistration.k8s.io']

export const countsGenerations = (kind: Kind) =>
  kind.custom || (counted.includes(kind.group) && kind.kind !== 'ControllerRevision')

/** Throws where the object to be written is not the one that is there. `put`: an update, else a patch. */
export function checkPreconditions(kind: Kind, before: KubeObject, after: KubeObject, put: boolean): void {
  const { name = '', namespace = '', uid, resourceVersion } = before.metadata
  const wanted = after.metadata
  if (wanted.name !== undefined && wanted.name !== name) {
    throw badRequest(`the name of the object (${wanted.name}) does not match the name on the URL (${name})`)
  }
  if (wanted.namespace && wanted.namespace !== namespace) {
    throw badRequest('the namespace of the provided object does not match the namespace sent on the request')
  }
  if (wanted.uid !== undefined && wanted.uid !== uid)
    throw put ? otherUid(kind, before, wanted) : movedUid(kind, after)
  if (wanted.resourceVersion && wanted.resourceVersion !== resourceVersion) throw staleVersion(kind, name)
  if (put && kind.custom && !wanted.resourceVersion) {
    const message = 'Invalid value: 0: must be specified for an update'
    throw invalid(kind.group, kind.plural, name, [
      { reason: 'FieldValueInvalid', message, field: 'metadata.resourceVersion' },
    ])
  }
}

/** etcd3 store's Preconditions.Check, as an update with another uid meets it. */
function otherUid(kind: Kind, { metadata }: KubeObject, wanted: ObjectMeta) {
  const key = ['/registry', kind.group, kind.plural, metadata.namespace, metadata.name]
    .filter(Boolean)
    .join('/')
  return conflict(
    kind,
    metadata.name ?? '',
    `StorageError: invalid object, Code: 4, Key: ${key}, ResourceVersion: 0, AdditionalErrorMsg: Precondition failed: UID in precondition: ${wanted.uid}, UID in object meta: ${metadata.uid}`,
  )
}

/** A patch that names another uid meets the rule that metadata.uid never changes. */
function movedUid(kind: Kind, { metadata }: KubeObject) {
  const message = `Invalid value: ${JSON.stringify(metadata.uid)}: field is immutable`
  const cause = { reason: 'FieldValueInvalid', message, field: 'metadata.uid' }
  // The real server validates metadata twice for a custom resource, and lists the cause twice.
  return invalid(kind.group, kind.kind, metadata.name ?? '', kind.custom ? [cause, cause] : [cause])
}

/** The object as a write to the main resource leaves it. */
export function updated(kind: Kind, before: KubeObject, after: KubeObject): KubeObject {
  const { status: _, ...rest } = after
  const kept = kind.statusSubresource ? { ...rest, ...(before.status && { status: before.status }) } : after
  const fixed = keptMetadata(before.metadata, after.metadata)
  const moved = countsGenerations(kind) && !isDeepStrictEqual(desired(kind, before), desired(kind, kept))
  const generation = (before.metadata.generation ?? 0) + (moved ? 1 : 0)
  return {
    ...kept,
    metadata: { ...fixed, ...(countsGenerations(kind) && { generation }) },
  } as KubeObject
}

/** The object as a write to `/status` leaves it: only the status is taken over. */
export function statusUpdated(before: KubeObject, after: KubeObject): KubeObject {
  const { status: _, ...rest } = before
  return (after.status === undefined ? rest : { ...rest, status: after.status }) as KubeObject
}

/** What a generation counts: everything but metadata, and the status where it has a door of its own. */
function desired(kind: Kind, { metadata: _, apiVersion: __, ...rest }: KubeObject): Json {
  if (!kind.statusSubresource) return rest
  const { status: ___, ...spec } = rest
  return spec
}

const serverOwned = [
  'creationTimestamp',
  'deletionGracePeriodSeconds',
  'deletionTimestamp',
  'generateName',
  'generation',
  'name',
  'namespace',
  'resourceVersion',
  'uid',
] as const

function keptMetadata(before: ObjectMeta, after: ObjectMeta): ObjectMeta {
  const owned = serverOwned.map(key => [key, before[key]] as const)
  return withoutEmpty({ ...after, ...Object.fromEntries(owned) })
}

function withoutEmpty(metadata: ObjectMeta): ObjectMeta {
  const isEmpty = (value: unknown) =>
    value === undefined || (typeof value === 'object' && value !== null && Object.keys(value).length === 0)
  return Object.fromEntries(Object.entries(metadata).filter(([, value]) => !isEmpty(value))) as ObjectMeta
}
