import { applyPatch, type Operation } from 'rfc6902'
import type { Call } from './api.ts'
import { isJson, type Json, type KubeObject, valueAt } from './object.ts'
import { parseJson } from './prepare.ts'
import { badRequest, unprocessable, unsupportedPatch } from './status.ts'

const jsonPatch = 'application/json-patch+json'
const mergePatch = 'application/merge-patch+json'
const strategicPatch = 'application/strategic-merge-patch+json'
const applyPatchType = 'application/apply-patch+yaml'

/** The body of a PATCH as a function of the object, or the 415 that custom resources give to strategic patches. */
export async function readPatch(call: Call): Promise<(object: KubeObject) => Json> {
  const type = call.request.headers['content-type']?.split(';')[0]?.trim() ?? ''
  // Server-side apply is named because the real server names it; this server does not do it.
  const named = call.kind.custom
    ? [jsonPatch, mergePatch, applyPatchType]
    : [jsonPatch, mergePatch, strategicPatch, applyPatchType]
  if (type === applyPatchType || !named.includes(type)) throw unsupportedPatch(named)
  const patch = parseJson(await call.body(), text => `error decoding patch: ${text}`)
  if (type === jsonPatch) return object => applyJsonPatch(object, patch) as Json
  if (!isJson(patch))
    throw badRequest(
      'error decoding patch: json: cannot unmarshal array into Go value of type map[string]interface {}',
    )
  const plain = type === strategicPatch ? (withoutDirectives(patch) as Json) : patch
  return object => mergeInto(object, plain)
}

/** RFC 6902. Does not change `object`. */
export function applyJsonPatch(object: unknown, patch: unknown): unknown {
  if (!Array.isArray(patch)) {
    throw badRequest(
      'error decoding patch: json: cannot unmarshal object into Go value of type []handlers.jsonPatchOp',
    )
  }
  const copy = structuredClone(object)
  for (const operation of patch) {
    const [error] = applyPatch(copy, asGoReadsIt(copy, operation))
    if (error) throw unprocessable()
  }
  return copy
}

/**
 * Two liberties of kube-apiserver's library (evanphx/json-patch), seen on 1.36: a replace of a key that is not there
 * adds it, and a test for null holds where there is nothing.
 */
function asGoReadsIt(object: unknown, operation: Operation): Operation[] {
  const { op, path } = operation
  if (op !== 'replace' && op !== 'test') return [operation]
  const keys = path
    .split('/')
    .slice(1)
    .map(key => key.replaceAll('~1', '/').replaceAll('~0', '~'))
  const parent = valueAt(object, keys.slice(0, -1))
  if (!isJson(parent) || valueAt(object, keys) !== undefined) return [operation]
  if (op === 'replace') return [{ op: 'add', path, value: operation.value }]
  return operation.value === null ? [] : [operation]
}

/** RFC 7386. Does not change `object`. */
function mergeInto(object: Json, patch: Json): Json {
  const result: Json = { ...object }
  for (const [key, value] of Object.entries(patch)) {
    if (value === null) delete result[key]
    else if (isJson(value)) result[key] = mergeInto(isJson(object[key]) ? object[key] : {}, value)
    else result[key] = value
  }
  return result
}

/** kubectl's strategic patches of built-in kinds carry `$setElementOrder/…` and `$retainKeys`; as a merge they mean nothing. */
function withoutDirectives(patch: unknown): unknown {
  if (!isJson(patch)) return patch
  const entries = Object.entries(patch).filter(([key]) => !key.startsWith('$'))
  return Object.fromEntries(entries.map(([key, value]) => [key, withoutDirectives(value)]))
}
