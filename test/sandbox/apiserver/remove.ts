import { admit } from './admission.ts'
import { type Call, isDryRun } from './api.ts'
import { type Kind, storageOf } from './kind.ts'
import { isJson, type Json, type KubeObject, timestamp, valueAt } from './object.ts'
import { parseJson } from './prepare.ts'
import { listObject, matching } from './read.ts'
import { conflict, notFound } from './status.ts'
import type { Answer } from './write.ts'

/** DELETE of one object. */
export async function remove(call: Call): Promise<Answer> {
  const { kind, target, api } = call
  const object = api.store.get(storageOf(kind), target.namespace, target.name)
  if (!object) throw notFound(kind, target.name)
  const options = await deleteOptions(call)
  checkPreconditions(kind, object, options)
  await admit(call, { operation: 'DELETE', oldObject: object })
  const dryRun = isDryRun(call) || valueAt(options, ['dryRun', '0']) === 'All'
  const gone = dryRun ? object : take(call, object, options)
  // These kinds' strategies give the deleted object back (ReturnDeletedObject in pkg/registry).
  const givenBack = ['Namespace', 'Pod', 'Service', 'ServiceAccount'].includes(kind.kind) && kind.group === ''
  if (object.metadata.finalizers?.length || givenBack) return { code: 200, object: gone }
  const { name, uid } = object.metadata
  const details = { name, ...(kind.group && { group: kind.group }), kind: kind.plural, uid }
  return { code: 200, object: { kind: 'Status', apiVersion: 'v1', metadata: {}, status: 'Success', details } }
}

/** DELETE of a collection. */
export async function removeAll(call: Call): Promise<Answer> {
  const options = await deleteOptions(call)
  const objects = matching(call)
  for (const object of objects) {
    await admit(call, { operation: 'DELETE', oldObject: object })
    if (!isDryRun(call)) take(call, object, options)
  }
  const metadata = { resourceVersion: String(call.api.store.version()) }
  return { code: 200, object: listObject(call, { items: objects, metadata }) }
}

async function deleteOptions(call: Call): Promise<Json> {
  const bytes = await call.body()
  const body = bytes.length > 0 ? parseJson(bytes) : {}
  const propagationPolicy = call.query.get('propagationPolicy')
  return { ...(propagationPolicy && { propagationPolicy }), ...(isJson(body) ? body : {}) }
}

/** registry/rest/delete.go: the messages name the Kind, not the resource. */
function checkPreconditions(kind: Kind, { metadata }: KubeObject, options: Json): void {
  const named = { ...kind, plural: kind.kind }
  const uid = valueAt(options, ['preconditions', 'uid'])
  if (uid !== undefined && uid !== metadata.uid) {
    const why = `the UID in the precondition (${uid}) does not match the UID in record (${metadata.uid}). The object might have been deleted and then recreated`
    throw conflict(named, metadata.name ?? '', why)
  }
  const version = valueAt(options, ['preconditions', 'resourceVersion'])
  if (version !== undefined && version !== metadata.resourceVersion) {
    const why = `the ResourceVersion in the precondition (${version}) does not match the ResourceVersion in record (${metadata.resourceVersion}). The object might have been modified`
    throw conflict(named, metadata.name ?? '', why)
  }
}

/** Removes it, or marks it as being deleted where finalizers hold it. */
function take({ api: { store }, kind }: Call, object: KubeObject, options: Json): KubeObject {
  const storage = storageOf(kind)
  if (options['propagationPolicy'] === 'Orphan') orphan(store, object)
  if (object.metadata.finalizers?.length) {
    if (object.metadata.deletionTimestamp) return object
    const marked = { deletionTimestamp: timestamp(), deletionGracePeriodSeconds: 0 }
    return store.put(storage, { ...object, metadata: { ...object.metadata, ...marked } })
  }
  return store.remove(storage, object)
}

function orphan(store: Call['api']['store'], { metadata: { uid } }: KubeObject): void {
  for (const { storage, object } of [...store.everything()]) {
    const { ownerReferences = [] } = object.metadata
    const kept = ownerReferences.filter(owner => owner.uid !== uid)
    if (kept.length === ownerReferences.length) continue
    store.put(storage, { ...object, metadata: { ...object.metadata, ownerReferences: kept } })
  }
}
