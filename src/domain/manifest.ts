import { type Fields, fieldsAt, isFields, listAt, textList } from './fields.ts'

/** What the API server alone writes; `generateName` would make another name out of an object that has one. */
const serverMetadata = [
  'uid',
  'resourceVersion',
  'generation',
  'creationTimestamp',
  'managedFields',
  'selfLink',
  'deletionTimestamp',
  'deletionGracePeriodSeconds',
  'generateName',
]

/** kubectl's own memory of what was applied: a new object has none. */
const lastApplied = 'kubectl.kubernetes.io/last-applied-configuration'

/** Put there by a DELETE, and acted on by the garbage collector alone (kubernetes/apimachinery pkg/apis/meta/v1 types.go). */
const deletionFinalizers = ['foregroundDeletion', 'orphan']

/**
 * An object as its user could have written it, to be created again: without status and without what only the server
 * writes. Labels, annotations, owners and finalizers of others stay.
 */
export function manifestOf(object: Fields): Fields {
  const { status: _, ...manifest } = object
  const metadata = without(fieldsAt(object, 'metadata'), ...serverMetadata)
  const finalizers = textList(metadata['finalizers']).filter(name => !deletionFinalizers.includes(name))
  const kept = without(
    metadata,
    'finalizers',
    ...(listAt(metadata, 'ownerReferences').length > 0 ? [] : ['ownerReferences']),
  )
  const named = finalizers.length > 0 ? { ...kept, finalizers } : kept
  return { ...manifest, metadata: withoutAnnotations(named, key => key === lastApplied) }
}

/** The metadata without the annotations (or labels) that meet the condition, and without an empty map of them. */
export function withoutAnnotations(
  metadata: Fields,
  unwanted: (key: string) => boolean,
  map: 'annotations' | 'labels' = 'annotations',
): Fields {
  const kept = Object.entries(fieldsAt(metadata, map)).filter(([key]) => !unwanted(key))
  return kept.length > 0 ? { ...metadata, [map]: Object.fromEntries(kept) } : without(metadata, map)
}

/** The same fields without some of them. */
export function without(fields: Fields, ...keys: readonly string[]): Fields {
  return Object.fromEntries(Object.entries(fields).filter(([key]) => !keys.includes(key)))
}

/** One field that differs. `from` absent: it is not there before; `to` absent: it is not there after. */
interface Difference {
  readonly path: string
  readonly from?: unknown
  readonly to?: unknown
}

/** Where two objects differ, value by value, in the order of the first; lists are values. */
export function differences(before: unknown, after: unknown, path = ''): Difference[] {
  if (isFields(before) && isFields(after)) {
    const keys = new Set([...Object.keys(before), ...Object.keys(after)])
    return [...keys].flatMap(key => differences(before[key], after[key], joined(path, key)))
  }
  if (before === undefined && isFields(after) && Object.keys(after).length > 0)
    return differences({}, after, path)
  if (after === undefined && isFields(before) && Object.keys(before).length > 0)
    return differences(before, {}, path)
  if (JSON.stringify(before) === JSON.stringify(after)) return []
  return [{ path, ...(before !== undefined && { from: before }), ...(after !== undefined && { to: after }) }]
}

/** `spec.job.fromSavepoint`; a key with dots in it stands in brackets. */
function joined(path: string, key: string): string {
  if (!/^[A-Za-z_][\w-]*$/.test(key)) return `${path}['${key}']`
  return path === '' ? key : `${path}.${key}`
}
