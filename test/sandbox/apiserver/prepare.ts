import type { Call } from './api.ts'
import { definitionProblems } from './custom-kinds.ts'
import { apiVersionOf, type Kind } from './kind.ts'
import { isJson, type Json, type KubeObject, type ObjectMeta } from './object.ts'
import { applyDefaults, prune } from './schema.ts'
import { type ApiError, badRequest, type Cause, invalid } from './status.ts'
import { violations } from './validate.ts'
import { webhookProblems } from './webhook-configuration.ts'

const metadataKeys = [
  'annotations',
  'creationTimestamp',
  'deletionGracePeriodSeconds',
  'deletionTimestamp',
  'finalizers',
  'generateName',
  'generation',
  'labels',
  'managedFields',
  'name',
  'namespace',
  'ownerReferences',
  'resourceVersion',
  'uid',
]

/** The body of a create or update as an object of the kind, or the 400 that it deserves. */
export function decodeObject(kind: Kind, bytes: Buffer): KubeObject {
  const parsed = parseJson(bytes)
  if (!isJson(parsed)) throw badRequest('the body must be a JSON object')
  const { apiVersion = apiVersionOf(kind), kind: name = kind.kind } = parsed
  if (apiVersion !== apiVersionOf(kind) || name !== kind.kind) {
    throw badRequest(
      `the API version in the data (${apiVersion}, Kind=${name}) does not match the expected API version (${apiVersionOf(kind)}, Kind=${kind.kind})`,
    )
  }
  return conform(kind, parsed)
}

export function parseJson(bytes: Buffer): unknown {
  try {
    return JSON.parse(bytes.toString('utf8'))
  } catch (error) {
    throw badRequest(`couldn't get version/kind; json parse error: ${(error as Error).message}`)
  }
}

/** Gives the object its place: kind, version, and only the metadata that Kubernetes knows. */
export function conform(kind: Kind, body: Json): KubeObject {
  const given = isJson(body['metadata']) ? body['metadata'] : {}
  const metadata = Object.fromEntries(
    Object.entries(given).filter(([key, value]) => metadataKeys.includes(key) && value !== null),
  ) as ObjectMeta
  return { ...body, apiVersion: apiVersionOf(kind), kind: kind.kind, metadata }
}

/** Pruning and defaults of a custom resource, on a copy. Gives the unknown fields that were dropped. */
export function shape(kind: Kind, object: KubeObject): { object: KubeObject; unknown: string[] } {
  if (!kind.schema) return { object, unknown: [] }
  const copy = structuredClone(object)
  const unknown = prune(copy, kind.schema)
  applyDefaults(copy, kind.schema)
  return { object: copy, unknown }
}

/** What `fieldValidation` makes of unknown fields: a warning (also when not given), an error, nothing. */
export function tellUnknown(call: Call, unknown: string[], strict: (text: string) => ApiError): void {
  const mode = call.query.get('fieldValidation') ?? 'Warn'
  const texts = unknown.map(field => `unknown field "${field}"`)
  if (texts.length === 0 || mode === 'Ignore') return
  if (mode === 'Strict') throw strict(`strict decoding error: ${texts.join(', ')}`)
  for (const text of texts) call.warn(text)
}

const nameRule = /^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$/
const nameMessage =
  "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and end with an alphanumeric character (e.g. 'example.com', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*')"

/** Throws the 422 for what the object may not be. */
export function validate(kind: Kind, object: KubeObject): void {
  const { name = '' } = object.metadata
  const problems: Cause[] = []
  // RBAC names may hold colons (system:discovery); everything else here is a DNS name.
  if (!kind.group.startsWith('rbac.') && (name.length > 253 || !nameRule.test(name))) {
    const message = `Invalid value: ${JSON.stringify(name)}: ${nameMessage}`
    problems.push({ reason: 'FieldValueInvalid', message, field: 'metadata.name' })
  }
  if (kind.schema) problems.push(...violations(object, kind.schema))
  if (kind.plural === 'customresourcedefinitions') problems.push(...definitionProblems(object))
  if (kind.group === 'admissionregistration.k8s.io') problems.push(...webhookProblems(object))
  if (problems.length > 0) throw invalid(kind.group, kind.kind, name, problems)
}
