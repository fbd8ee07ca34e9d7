/** An object as it came from outside: every value is unknown until one of the readers below has looked. */
export type Fields = Readonly<Record<string, unknown>>

const none: Fields = {}

/** The object at `path`, or an empty one: absent and of another type read the same. */
export function fieldsAt(from: Fields, ...path: string[]): Fields {
  let here = from
  for (const key of path) {
    const next = here[key]
    if (!isFields(next)) return none
    here = next
  }
  return here
}

/** The non-empty string at `path`, or undefined. */
export function textAt(from: Fields, ...path: string[]): string | undefined {
  const value = leaf(from, path)
  return typeof value === 'string' && value !== '' ? value : undefined
}

/** The whole number at `path`, or undefined. */
export function integerAt(from: Fields, ...path: string[]): number | undefined {
  const value = leaf(from, path)
  return Number.isSafeInteger(value) ? (value as number) : undefined
}

/** The boolean at `path`, or undefined. */
export function flagAt(from: Fields, ...path: string[]): boolean | undefined {
  const value = leaf(from, path)
  return typeof value === 'boolean' ? value : undefined
}

/** The objects in the array at `path`; other elements are dropped. */
export function listAt(from: Fields, ...path: string[]): Fields[] {
  const value = leaf(from, path)
  return Array.isArray(value) ? value.filter(isFields) : []
}

/** The string values of the object at `path` (labels, annotations). */
export function textsAt(from: Fields, ...path: string[]): Readonly<Record<string, string>> {
  const entries = Object.entries(fieldsAt(from, ...path))
  return Object.fromEntries(
    entries.filter((entry): entry is [string, string] => typeof entry[1] === 'string'),
  )
}

export function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function leaf(from: Fields, path: string[]): unknown {
  const last = path.at(-1)
  return last === undefined ? undefined : fieldsAt(from, ...path.slice(0, -1))[last]
}

/** The texts of a list; whatever is none is left out. */
export function textList(value: unknown): string[] {
  return Array.isArray(value) ? value.filter(each => typeof each === 'string') : []
}
