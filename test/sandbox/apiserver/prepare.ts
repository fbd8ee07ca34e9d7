import type { Call } from './api.ts'
import { definitionProblems } from './custom-kinds.ts'
import { apiVersionOf, type Kind } from './kind.ts'
import { isJson, type Json, type KubeObject, type ObjectMeta, valueAt } from './object.ts'
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

/** The body of a create or update as an object of the kind, or the refusal that it deserves. */
export function decodeObject(kind: Kind, bytes: Buffer): KubeObject {
  const parsed = parseJson(
    bytes,
    text => `${unrecognized(kind)}: couldn't get version/kind; json parse error: ${text}`,
  )
  if (!isJson(parsed)) throw badRequest(`${unrecognized(kind)}: json: not an object`)
  checkKind(kind, parsed)
  const wrong = notText(parsed)
  if (wrong) throw badRequest(`${cannotHandle(kind)}: ${wrong}`)
  return conform(kind, parsed)
}

const unrecognized = (kind: Kind) => `the object provided is unrecognized (must be of type ${kind.kind})`

export const cannotHandle = (kind: Kind) =>
  `${kind.kind} in version "${kind.version}" cannot be handled as a ${kind.kind}`

/** Built-in kinds may leave their name and version out; custom resources must say them, and rightly. */
function checkKind(kind: Kind, given: Json): void {
  const { apiVersion, kind: name } = given
  if (!kind.custom && apiVersion === undefined && name === undefined) return
  if (name === undefined) {
    const text = JSON.stringify(given)
    throw badRequest(`${unrecognized(kind)}: Object 'Kind' is missing in '${text}'`)
  }
  const wrong = [
    ['kind', name, kind.kind],
    ['apiVersion', apiVersion, apiVersionOf(kind)],
  ].find(([, is, must]) => is !== must)
  if (!wrong) return
  const [field = '', is, must] = wrong
  const message = `Invalid value: ${JSON.stringify(is)}: must be ${must}`
  const object = conform(kind, given)
  throw invalid(kind.group, String(name), object.metadata.name ?? '', [
    { reason: 'FieldValueInvalid', message, field: String(field) },
  ])
}

export function parseJson(bytes: Buffer, refuse: (text: string) => string = text => text): unknown {
  try {
    return JSON.parse(bytes.toString('utf8'))
  } catch (error) {
    throw badRequest(refuse((error as Error).message))
  }
}

/** What Go's decoder says to a label or annotation that is no string. */
export function notText(body: Json): string | undefined {
  for (const field of ['labels', 'annotations']) {
    const values = Object.values((valueAt(body, ['metadata', field]) ?? {}) as Json)
    const wrong = values.find(value => value !== null && typeof value !== 'string')
    if (wrong === undefined) continue
    const type = typeof wrong === 'boolean' ? 'bool' : typeof wrong
    return `json: cannot unmarshal ${type} into Go struct field ObjectMeta.${field} of type string`
  }
  return undefined
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
export function shape(kind: Kind, body: Json): { object: KubeObject; unknown: string[] } {
  const object = conform(kind, body)
  if (!kind.schema) return { object, unknown: [] }
  const given = isJson(body['metadata']) ? Object.keys(body['metadata']) : []
  const strange = given.filter(key => !metadataKeys.includes(key)).map(key => `metadata.${key}`)
  const copy = structuredClone(object)
  const unknown = prune(copy, kind.schema)
  applyDefaults(copy, kind.schema)
  return { object: copy, unknown: [...strange, ...unknown] }
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

const labelRule = /^(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])?$/
const labelMessage =
  "a valid label must be an empty string or consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character (e.g. 'MyValue',  or 'my_value',  or '12345', regex used for validation is '(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])?')"

function labelProblems({ metadata: { labels = {} } }: KubeObject): Cause[] {
  return Object.values(labels)
    .filter(value => value.length > 63 || !labelRule.test(value))
    .map(value => ({
      reason: 'FieldValueInvalid',
      message: `Invalid value: ${JSON.stringify(value)}: ${value.length > 63 ? 'must be no more than 63 bytes' : labelMessage}`,
      field: 'metadata.labels',
    }))
}

/** Throws the 422 for what the object may not be. */
export function validate(kind: Kind, object: KubeObject): void {
  const { name = '' } = object.metadata
  const problems: Cause[] = []
  // RBAC names may hold colons (system:discovery), those of Events anything (seen with the Apache operator's); the rest are DNS names.
  const free = kind.group.startsWith('rbac.') || kind.kind === 'Event'
  if (!free && (name.length > 253 || !nameRule.test(name))) {
    const message = `Invalid value: ${JSON.stringify(name)}: ${nameMessage}`
    problems.push({ reason: 'FieldValueInvalid', message, field: 'metadata.name' })
  }
  problems.push(...labelProblems(object))
  if (kind.schema) problems.push(...violations(object, kind.schema))
  if (kind.plural === 'customresourcedefinitions') problems.push(...definitionProblems(object))
  if (kind.group === 'admissionregistration.k8s.io') problems.push(...webhookProblems(object))
  if (problems.length > 0) throw invalid(kind.group, kind.kind, name, problems)
}
