import { isJson, type Json } from './object.ts'

/** An OpenAPI v3 structural schema, as far as this server looks into it. */
interface Schema extends Json {
  type?: string
  properties?: Record<string, Schema>
  additionalProperties?: Schema | boolean
  items?: Schema
  default?: unknown
  nullable?: boolean
}

const preserves = (schema: Schema) => schema['x-kubernetes-preserve-unknown-fields'] === true
const embedded = (schema: Schema) => schema['x-kubernetes-embedded-resource'] === true

/**
 * Drops what the schema does not name, as structural pruning does, and gives the dropped paths.
 * Changes `value`, which must be the caller's own copy.
 */
export function prune(value: unknown, schema: Schema, path = ''): string[] {
  if (Array.isArray(value)) {
    const { items } = schema
    return items ? value.flatMap((item, at) => prune(item, items, `${path}[${at}]`)) : []
  }
  if (!isJson(value)) return []
  return Object.keys(value).flatMap(key => pruneKey(value, key, schema, path))
}

function pruneKey(value: Json, key: string, schema: Schema, path: string): string[] {
  // metadata, apiVersion and kind belong to every object (and embedded object), named by the schema or not.
  if ((path === '' || embedded(schema)) && ['apiVersion', 'kind', 'metadata'].includes(key)) return []
  const here = path === '' ? key : `${path}.${key}`
  const known =
    schema.properties && Object.hasOwn(schema.properties, key) ? schema.properties[key] : undefined
  if (known) return prune(value[key], known, here)
  if (isJson(schema.additionalProperties)) return prune(value[key], schema.additionalProperties, here)
  if (schema.additionalProperties === true || preserves(schema)) return []
  delete value[key]
  return [here]
}

/** Fills in `default`s, deep. A null that the schema does not allow is dropped where a default takes its place. */
export function applyDefaults(value: unknown, schema: Schema): void {
  const { items, properties = {}, additionalProperties } = schema
  if (Array.isArray(value) && items) for (const item of value) applyDefaults(item, items)
  if (!isJson(value)) return
  for (const [key, property] of Object.entries(properties)) {
    applyDefault(value, key, property)
    applyDefaults(value[key], property)
  }
  if (!isJson(additionalProperties)) return
  for (const key of Object.keys(value)) if (!properties[key]) applyDefaults(value[key], additionalProperties)
}

function applyDefault(value: Json, key: string, property: Schema): void {
  if (property.default === undefined) return
  if (value[key] === undefined || (value[key] === null && !property.nullable)) {
    value[key] = structuredClone(property.default)
  }
}
