import { apiVersionOf, type Kind, type PrinterColumn } from './kind.ts'
import { type Json, type KubeObject, valueAt } from './object.ts'

const nameColumn = {
  name: 'Name',
  type: 'string',
  format: 'name',
  description: 'Name must be unique within a namespace.',
  priority: 0,
}

const defaultColumns: readonly PrinterColumn[] = [
  { name: 'Age', type: 'date', jsonPath: '.metadata.creationTimestamp' },
]

export type IncludeObject = 'None' | 'Metadata' | 'Object'

/** A meta.k8s.io/v1 Table of the objects, with the kind's printer columns. */
export function tableOf(
  kind: Kind,
  objects: readonly KubeObject[],
  include: IncludeObject,
  metadata: Json = {},
  withColumns = true,
): Json {
  const columns = kind.columns ?? defaultColumns
  const definitions = columns.map(
    ({ name, type, jsonPath, format = '', description = '', priority = 0 }) => ({
      name,
      type,
      format,
      description: description || `Custom resource definition column (in JSONPath format): ${jsonPath}`,
      priority,
    }),
  )
  return {
    kind: 'Table',
    apiVersion: 'meta.k8s.io/v1',
    metadata,
    columnDefinitions: withColumns ? [nameColumn, ...definitions] : [],
    rows: objects.map(object => ({
      cells: [object.metadata.name, ...columns.map(column => cell(object, column))],
      ...(include !== 'None' && { object: include === 'Object' ? object : partialMetadata(object) }),
    })),
  }
}

export const partialMetadata = (object: KubeObject): KubeObject => ({
  kind: 'PartialObjectMetadata',
  apiVersion: 'meta.k8s.io/v1',
  metadata: object.metadata,
})

export const partialMetadataList = (items: readonly KubeObject[], metadata: Json): Json => ({
  kind: 'PartialObjectMetadataList',
  apiVersion: 'meta.k8s.io/v1',
  metadata,
  items: items.map(partialMetadata),
})

function cell(object: KubeObject, { jsonPath, type }: PrinterColumn): unknown {
  const value = valueAt(object, jsonPathKeys(jsonPath))
  if (type === 'date') return humanAge(value)
  if (value === undefined || value === null) return null
  if (type === 'integer' || type === 'number') return typeof value === 'number' ? value : null
  return typeof value === 'string' ? value : JSON.stringify(value)
}

/** The keys of a simple JSONPath: `.spec.nodeSelector.topology\.kubernetes\.io/zone`, `.a[0]`, `.a['b']`. */
function jsonPathKeys(path: string): string[] {
  const keys = path.matchAll(/\.((?:\\.|[^.[\\])+)|\[(?:'([^']*)'|(\d+))\]/g)
  return [...keys].map(
    ([, dotted, quoted, index]) => dotted?.replaceAll(/\\(.)/g, '$1') ?? quoted ?? index ?? '',
  )
}

/** apimachinery util/duration HumanDuration, for the server's side of AGE. */
function humanAge(value: unknown): string | null {
  if (typeof value !== 'string') return null
  const seconds = Math.floor((Date.now() - Date.parse(value)) / 1000)
  if (Number.isNaN(seconds)) return '<unknown>'
  return duration(seconds)
}

function duration(seconds: number): string {
  if (seconds < -1) return '<invalid>'
  if (seconds < 0) return '0s'
  const [minutes, hours, days] = [60, 3600, 86_400].map(unit => Math.floor(seconds / unit)) as [
    number,
    number,
    number,
  ]
  const pair = (whole: string, rest: number, unit: string) => (rest === 0 ? whole : `${whole}${rest}${unit}`)
  if (seconds < 120) return `${seconds}s`
  if (minutes < 10) return pair(`${minutes}m`, seconds % 60, 's')
  if (minutes < 180) return `${minutes}m`
  if (hours < 8) return pair(`${hours}h`, minutes % 60, 'm')
  if (hours < 48) return `${hours}h`
  if (days < 8) return pair(`${days}d`, hours % 24, 'h')
  if (days < 730) return `${days}d`
  return days < 2920 ? pair(`${Math.floor(days / 365)}y`, days % 365, 'd') : `${Math.floor(days / 365)}y`
}

/** An object as one version shows it: the stored object may have come in under another. */
export function asVersion(kind: Kind, object: KubeObject): KubeObject {
  const apiVersion = apiVersionOf(kind)
  if (object.apiVersion === apiVersion && object.kind === kind.kind) return object
  return { ...object, apiVersion, kind: kind.kind }
}
