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

/** Fills in `default`s, deep, after dropping every null that the schema does not allow. */
export function applyDefaults(value: unknown, schema: Schema): void {
  const { items, properties = {}, additionalProperties } = schema
  if (Array.isArray(value) && items) for (const item of value) applyDefaults(item, items)
  if (!isJson(value)) return
  for (const [key, property] of Object.entries(properties)) {
    dropNull(value, key, property)
    if (value[key] === undefined && property.default !== undefined)
      value[key] = structuredClone(property.default)
    applyDefaults(value[key], property)
  }
  if (!isJson(additionalProperties)) return
  for (const key of Object.keys(value).filter(key => !properties[key])) {
    dropNull(value, key, additionalProperties)
    applyDefaults(value[key], additionalProperties)
  }
}

function dropNull(value: Json, key: string, { nullable }: Schema): void {
  if (value[key] === null && !nullable) delete value[key]
}
