import { isJson, type Json } from './object.ts'
import type { Cause } from './status.ts'

/** What the schema has against the value: required, type, enum, bounds; worded as apiextensions-apiserver does. */
export function violations(value: unknown, schema: Json, field = ''): Cause[] {
  if (value === null && schema['nullable'] === true) return []
  const wrongType = typeViolation(value, schema, field)
  if (wrongType) return [wrongType]
  const own = [...enumViolation(value, schema, field), ...boundViolations(value, schema, field)]
  if (Array.isArray(value)) {
    const items = schema['items']
    const inside = isJson(items)
      ? value.flatMap((item, at) => violations(item, items, `${field}[${at}]`))
      : []
    return [...own, ...inside]
  }
  return isJson(value) ? [...own, ...objectViolations(value, schema, field)] : own
}

function objectViolations(value: Json, schema: Json, field: string): Cause[] {
  const at = (key: string) => (field === '' ? key : `${field}.${key}`)
  const required = Array.isArray(schema['required']) ? schema['required'].map(String) : []
  const missing = required
    .filter(key => value[key] === undefined)
    .map(key => ({ reason: 'FieldValueRequired', message: 'Required value', field: at(key) }))
  const properties = isJson(schema['properties']) ? schema['properties'] : {}
  const inside = Object.keys(value).flatMap(key => {
    const property = Object.hasOwn(properties, key) ? properties[key] : schema['additionalProperties']
    return isJson(property) ? violations(value[key], property, at(key)) : []
  })
  return [...missing, ...inside]
}

function typeViolation(value: unknown, schema: Json, field: string): Cause | undefined {
  const wanted = schema['x-kubernetes-int-or-string'] === true ? 'integer,string' : schema['type']
  if (typeof wanted !== 'string') return undefined
  const is = typeOf(value)
  const fits = wanted.split(',').some(one => one === is || (one === 'number' && is === 'integer'))
  if (fits) return undefined
  return {
    reason: 'FieldValueTypeInvalid',
    message: `Invalid value: ${quoted(is)}: ${field} in body must be of type ${wanted}: ${quoted(is)}`,
    field: field || '<nil>',
  }
}

function typeOf(value: unknown): string {
  if (value === null) return 'null'
  if (Array.isArray(value)) return 'array'
  if (typeof value === 'number') return Number.isInteger(value) ? 'integer' : 'number'
  return typeof value
}

function enumViolation(value: unknown, schema: Json, field: string): Cause[] {
  const allowed = schema['enum']
  if (!Array.isArray(allowed) || allowed.includes(value)) return []
  const message = `Unsupported value: ${quoted(value)}: supported values: ${allowed.map(quoted).join(', ')}`
  return [{ reason: 'FieldValueNotSupported', message, field }]
}

type Bound = (value: never, bound: never) => boolean

const numberBounds: Record<string, [Bound, string]> = {
  minimum: [(value: number, bound: number) => value >= bound, 'be greater than or equal to %'],
  maximum: [(value: number, bound: number) => value <= bound, 'be less than or equal to %'],
}

const stringBounds: Record<string, [Bound, string]> = {
  minLength: [(value: string, bound: number) => value.length >= bound, 'be at least % chars long'],
  maxLength: [(value: string, bound: number) => value.length <= bound, 'be at most % chars long'],
  pattern: [(value: string, bound: string) => new RegExp(bound).test(value), "match '%'"],
}

function boundViolations(value: unknown, schema: Json, field: string): Cause[] {
  const bounds = { number: numberBounds, string: stringBounds }[typeof value as string] ?? {}
  return Object.entries(bounds)
    .filter(([name, [holds]]) => schema[name] !== undefined && !holds(value as never, schema[name] as never))
    .map(([name, [, text]]) => {
      const should = text.replace('%', String(schema[name]))
      const message = `Invalid value: ${quoted(value)}: ${field} in body should ${should}`
      return { reason: 'FieldValueInvalid', message, field }
    })
}

const quoted = (value: unknown) => JSON.stringify(value)
