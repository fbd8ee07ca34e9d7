import { type Fields, isFields } from '../domain/fields.ts'
import { withoutArguments } from './arguments.ts'
import { isEnvironmentSetting, isSecretName, redacted } from './secret-names.ts'
import { type Taken, withoutSecrets } from './text.ts'

/** Nobody nests deeper than this; what does would end us. */
const deepest = 64

interface Place {
  readonly taken: Taken
  readonly depth: number
  /** All that is below is secret; `perhaps`: it is hidden here, and no secret elsewhere because of that. */
  readonly hidden?: 'certainly' | 'perhaps' | undefined
  /** What the value is called. */
  readonly key: string
  /** The object that it stands in. */
  readonly parent: Fields
}

/** Any JSON value without secrets: by the names of its fields, and in its texts. Of managedFields nobody learns anything. */
export function valueWithoutSecrets(value: unknown, taken: Taken): unknown {
  return at(value, { taken, depth: 0, key: '', parent: {} })
}

function at(value: unknown, place: Place): unknown {
  if (place.depth > deepest) return redacted
  if (Array.isArray(value)) return listAt(value, place)
  if (isFields(value)) return fieldsAt(value, place)
  if (place.hidden) return hiddenLeaf(value, place)
  return typeof value === 'string' ? textAt(value, place) : value
}

function hiddenLeaf(value: unknown, { taken, hidden }: Place): unknown {
  if (value === null || value === undefined || typeof value === 'boolean' || value === '') return value
  if (value === 'true' || value === 'false') return value
  taken(String(value), hidden === 'certainly')
  return redacted
}

/** JSON in a text (last-applied-configuration, lastReconciledSpec) is looked through as such. */
function textAt(text: string, place: Place): string {
  if (/^\s*[{[]/.test(text)) {
    const parsed = json(text)
    if (typeof parsed === 'object' && parsed !== null)
      return JSON.stringify(at(parsed, { ...place, depth: place.depth + 1 }))
  }
  return withoutSecrets(text, place.taken)
}

function json(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

function listAt(list: readonly unknown[], place: Place): unknown {
  const { key, hidden, taken, parent } = place
  if (hidden || !isArgumentList(key, list))
    return list.map(each => at(each, { ...place, depth: place.depth + 1 }))
  // A container's own program is Flink or a shell; what is not in a container are arguments of the user's program.
  const whose = 'image' in parent || 'volumeMounts' in parent ? 'container' : 'user'
  return withoutArguments(list as readonly string[], whose, taken)
}

function isArgumentList(key: string, list: readonly unknown[]): boolean {
  return /^(args|command|programArgs|extraArgs)$/.test(key) && list.every(each => typeof each === 'string')
}

function fieldsAt(fields: Fields, place: Place): Fields {
  const pair = isPairOfSecret(fields, place.key)
  const entries = Object.entries(fields)
    .filter(([key]) => key !== 'managedFields')
    .map(([key, value]) => {
      const hidden = place.hidden ?? (key === 'value' ? pair : undefined) ?? hides(key, value, fields, place)
      const below = { ...place, depth: place.depth + 1, hidden, key, parent: fields }
      return [withoutSecrets(key, place.taken), at(value, below)]
    })
  return Object.fromEntries(entries)
}

const environments = /^(env|envVars|environment)$/

/** `{name: DB_PASSWORD, value: x}`, `{key: s3.secret-key, value: x}`, and whatever is given as an environment. */
function isPairOfSecret(fields: Fields, key: string): Place['hidden'] {
  const name = fields['name'] ?? fields['key']
  if (typeof name === 'string' && isSecretName(name)) return 'certainly'
  const isEnvironment = typeof name === 'string' && isEnvironmentSetting(name)
  return isEnvironment || environments.test(key) ? 'perhaps' : undefined
}

function hides(key: string, value: unknown, fields: Fields, { key: above, parent }: Place): Place['hidden'] {
  if (fields['kind'] === 'Secret' && /^(data|stringData)$/.test(key)) return 'certainly'
  if (key === 'secret' && isFields(value) && 'secretName' in value) return undefined
  if (isSecretName(key)) return 'certainly'
  // A map of names and values; a list of pairs is looked at pair by pair.
  const isMap = environments.test(above) && !('name' in fields) && !Array.isArray(parent[above])
  // What the user's program was called with (flink-runtime JobConfigInfo).
  const isGiven = above === 'execution-config' && key === 'user-config'
  return isMap || isGiven || isEnvironmentSetting(key) ? 'perhaps' : undefined
}
