import { type Fields, isFields } from '../../domain/fields.ts'
import type { Change } from '../../domain/plan.ts'

/** What stands under a key of spec.flinkConfiguration. */
export type Plain = string | number | boolean

/** One key of spec.flinkConfiguration as a patch sets it; `to` undefined: it is removed. */
export interface Setting {
  readonly key: string
  readonly to: Plain | undefined
}

/** A merge patch of spec.flinkConfiguration: each key is written where it stands, since from operator 1.13 on it may be nested. */
export function configurationPatch(now: Fields, settings: readonly Setting[]): Fields {
  const patches = settings.map(({ key, to }) => nested(placeOf(now, key) ?? [key], to ?? null))
  return patches.reduce(merged, {})
}

/** The same as a whole, as the API server makes it of the patch. */
export function configurationWith(now: Fields, settings: readonly Setting[]): Fields {
  return patched(now, configurationPatch(now, settings))
}

function patched(now: Fields, patch: Fields): Fields {
  const all: Record<string, unknown> = { ...now }
  for (const [key, value] of Object.entries(patch)) {
    const there = all[key]
    if (value === null) delete all[key]
    else all[key] = isFields(there) && isFields(value) ? patched(there, value) : value
  }
  return all
}

/** What stands there under a key, as it was written. */
export function standing(now: Fields, key: string): Plain | undefined {
  const found = (placeOf(now, key) ?? []).reduce<unknown>(
    (fields, name) => (isFields(fields) ? fields[name] : undefined),
    now,
  )
  return isPlain(found) ? found : undefined
}

/** For the plan. */
export function settingChange(now: Fields, { key, to }: Setting): Change {
  const from = standing(now, key)
  return {
    path: `spec.flinkConfiguration['${key}']`,
    ...(from !== undefined && { from }),
    ...(to !== undefined && { to }),
  }
}

/** A value that is neither a map, nor a list, nor null. */
export function isPlain(value: unknown): value is Plain {
  return typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean'
}

/** The keys one after the other under which `key` stands, however it is divided. */
function placeOf(fields: Fields, key: string): string[] | undefined {
  for (const [name, value] of Object.entries(fields)) {
    if (name === key && !isFields(value)) return [name]
    const below =
      isFields(value) && key.startsWith(`${name}.`) ? placeOf(value, key.slice(name.length + 1)) : undefined
    if (below) return [name, ...below]
  }
  return undefined
}

function nested(place: readonly string[], value: unknown): Fields {
  const [key = '', ...below] = place
  return { [key]: below.length === 0 ? value : nested(below, value) }
}

function merged(one: Fields, other: Fields): Fields {
  const all: Record<string, unknown> = { ...one }
  for (const [key, value] of Object.entries(other)) {
    const there = all[key]
    all[key] = isFields(there) && isFields(value) ? merged(there, value) : value
  }
  return all
}
