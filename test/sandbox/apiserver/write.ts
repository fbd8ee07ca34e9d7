import { isDeepStrictEqual } from 'node:util'
import { admit, mutate } from './admission.ts'
import { type Call, isDryRun } from './api.ts'
import { established } from './custom-kinds.ts'
import { type Kind, storageOf } from './kind.ts'
import { checkPreconditions, newMetadata, statusUpdated, updated } from './metadata.ts'
import type { Json, KubeObject } from './object.ts'
import { readPatch } from './patch.ts'
import { cannotHandle, conform, decodeObject, notText, shape, tellUnknown, validate } from './prepare.ts'
import { ApiError, alreadyExists, badRequest, forbidden, invalid, notFound } from './status.ts'
import { withWebhookDefaults } from './webhook-configuration.ts'

export interface Answer {
  readonly code: number
  readonly object: Json
}

/** POST to a collection. */
export async function create(call: Call): Promise<Answer> {
  const { kind, target, api } = call
  const object = await decodeAndShape(call)
  checkNew(kind, object, target.namespace)
  checkNamespace(call)
  const { status: _, ...withoutStatus } = object
  const started = (kind.statusSubresource ? withoutStatus : object) as KubeObject
  const named: KubeObject = { ...started, metadata: newMetadata(kind, object.metadata, target.namespace) }
  const mutated = shape(kind, await mutate(call, { operation: 'CREATE', object: named })).object
  validate(kind, mutated)
  await admit(call, { operation: 'CREATE', object: mutated })
  const storage = storageOf(kind)
  const { name = '' } = mutated.metadata
  if (api.store.get(storage, target.namespace, name)) throw alreadyExists(kind, name)
  const final = finished(kind, mutated)
  return { code: 201, object: isDryRun(call) ? final : api.store.put(storage, final) }
}

/** The body of a create or update: pruned, with its defaults, its unknown fields told. */
async function decodeAndShape(call: Call): Promise<KubeObject> {
  const { object, unknown } = shape(call.kind, decodeObject(call.kind, await call.body()))
  tellUnknown(call, unknown, text => badRequest(`${cannotHandle(call.kind)}: ${text}`))
  return object
}

function checkNew(kind: Kind, { metadata }: KubeObject, namespace: string): void {
  if (metadata.namespace && metadata.namespace !== namespace) {
    throw badRequest('the namespace of the provided object does not match the namespace sent on the request')
  }
  if (metadata.resourceVersion) {
    throw new ApiError(500, '', 'resourceVersion should not be set on objects to be created')
  }
  if (metadata.name || metadata.generateName) return
  const message = 'Required value: name or generateName is required'
  throw invalid(kind.group, kind.kind, '', [
    { reason: 'FieldValueRequired', message, field: 'metadata.name' },
  ])
}

/** The NamespaceLifecycle admission plugin. */
function checkNamespace({ api, kind, target }: Call): void {
  if (!kind.namespaced) return
  const namespace = api.store.get('/namespaces', '', target.namespace)
  if (!namespace) throw notFound({ group: '', plural: 'namespaces' }, target.namespace)
  if (namespace.metadata.deletionTimestamp) {
    const why = `unable to create new content in namespace ${target.namespace} because it is being terminated`
    throw forbidden(kind, target.name, why)
  }
}

/** What the controllers that this server has no place for would do at once. */
function finished(kind: Kind, object: KubeObject): KubeObject {
  if (kind.kind === 'CustomResourceDefinition') return established(object)
  if (kind.kind === 'Namespace') {
    const labels = { 'kubernetes.io/metadata.name': object.metadata.name ?? '', ...object.metadata.labels }
    return {
      ...object,
      metadata: { ...object.metadata, labels },
      spec: { finalizers: ['kubernetes'], ...object.spec },
      status: { phase: 'Active' },
    }
  }
  if (kind.kind === 'Pod') return { ...object, status: { phase: 'Pending', ...object.status } }
  if (kind.kind === 'Secret') return secret(object)
  if (kind.group === 'admissionregistration.k8s.io') return withWebhookDefaults(object)
  return object
}

function secret(object: KubeObject): KubeObject {
  const { stringData, ...rest } = object
  const encoded = Object.entries((stringData as Record<string, string> | undefined) ?? {}).map(
    ([key, value]) => [key, Buffer.from(value).toString('base64')] as const,
  )
  const data = { ...(object['data'] as Json | undefined), ...Object.fromEntries(encoded) }
  return { type: 'Opaque', ...rest, data } as KubeObject
}

/** PUT. */
export async function update(call: Call): Promise<Answer> {
  const object = await decodeAndShape(call)
  return write(call, () => object, true)
}

/** PATCH: JSON and merge, and strategic for built-in kinds. */
export async function patch(call: Call): Promise<Answer> {
  const apply = await readPatch(call)
  const { kind } = call
  return write(
    call,
    before => {
      const body = apply(before)
      const refusal = (text: string) => {
        const message = `Invalid value: ${JSON.stringify(JSON.stringify(body))}: ${text}`
        return invalid('', '', '', [{ reason: 'FieldValueInvalid', message, field: 'patch' }])
      }
      const wrong = notText(body)
      if (wrong) throw refusal(wrong)
      const { object, unknown } = shape(kind, body)
      tellUnknown(call, unknown, refusal)
      return object
    },
    false,
  )
}

/**
 * Writes `change(before)`, again where another write came between (webhooks take time). A resourceVersion in the
 * change makes that a conflict instead.
 */
async function write(call: Call, change: (before: KubeObject) => KubeObject, put: boolean): Promise<Answer> {
  const { kind, target, api } = call
  const storage = storageOf(kind)
  for (;;) {
    const stored = api.store.get(storage, target.namespace, target.name)
    if (!stored) throw notFound(kind, target.name)
    const before = conform(kind, stored)
    const after = await changed(call, before, change(before), put)
    if (api.store.get(storage, target.namespace, target.name) !== stored) continue
    if (isDeepStrictEqual(after, before)) return { code: 200, object: before }
    if (isDryRun(call)) return { code: 200, object: after }
    if (after.metadata.deletionTimestamp && !after.metadata.finalizers?.length) {
      return { code: 200, object: api.store.remove(storage, after) }
    }
    return { code: 200, object: api.store.put(storage, after) }
  }
}

async function changed(
  call: Call,
  before: KubeObject,
  wanted: KubeObject,
  put: boolean,
): Promise<KubeObject> {
  const { kind, target } = call
  const forStatus = target.subresource === 'status'
  const door = (object: KubeObject) =>
    forStatus ? statusUpdated(before, object) : updated(kind, before, object)
  const mutated = await mutate(call, { operation: 'UPDATE', object: door(wanted), oldObject: before })
  // The preconditions are the caller's own words, not what a webhook made of them.
  checkPreconditions(kind, before, wanted, put)
  const after = door(shape(kind, mutated).object)
  validate(kind, after)
  await admit(call, { operation: 'UPDATE', object: after, oldObject: before })
  return kind.kind === 'CustomResourceDefinition' && !forStatus ? established(after) : after
}
