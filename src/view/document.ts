import type { Printable, Restore, RestorePlan, TakePlan, VersionInfo } from '../domain/printable.ts'
import type { Savepoint } from '../domain/savepoint.ts'

/** What `-o json` and `-o yaml` print. docs/schema/v1.json is made from this type; it only ever gains fields. */
export type V1Document =
  | SavepointDocument
  | SavepointListDocument
  | TakePlanDocument
  | RestorePlanDocument
  | RestoreDocument
  | VersionDocument

interface V1 {
  readonly apiVersion: 'flinksp/v1'
}
export interface SavepointDocument extends V1, Savepoint {
  readonly kind: 'Savepoint'
}
export interface SavepointListDocument extends V1 {
  readonly kind: 'SavepointList'
  readonly items: readonly Savepoint[]
}
export interface TakePlanDocument extends V1, TakePlan {
  readonly kind: 'TakePlan'
}
export interface RestorePlanDocument extends V1, RestorePlan {
  readonly kind: 'RestorePlan'
}
export interface RestoreDocument extends V1, Restore {
  readonly kind: 'Restore'
}
export interface VersionDocument extends V1, VersionInfo {
  readonly kind: 'Version'
}

/** The document of a value, its fields always in the same order, and absent where nothing is known. */
export function documentOf(printable: Printable): V1Document {
  const { kind, value } = printable
  const ordered = kind === 'SavepointList' ? { items: value.items.map(inOrder) } : inOrder(value)
  return JSON.parse(JSON.stringify({ apiVersion: 'flinksp/v1', kind, ...ordered }))
}

/** The order in which a person reads a savepoint. A field that is missing here does not compile. */
const order: Readonly<Record<keyof Savepoint, number>> = {
  job: 0,
  state: 1,
  type: 2,
  location: 3,
  name: 4,
  note: 5,
  trigger: 6,
  generation: 7,
  triggerId: 8,
  flinkJobId: 9,
  checkpointId: 10,
  format: 11,
  requestedAt: 12,
  completedAt: 13,
  durationMillis: 14,
  sizeBytes: 15,
  failure: 16,
  restartPoint: 17,
  origin: 18,
  sources: 19,
}

function inOrder(value: object): object {
  const place = (field: string) => (order as Readonly<Record<string, number>>)[field] ?? Number.MAX_VALUE
  return Object.fromEntries(Object.entries(value).toSorted(([a], [b]) => place(a) - place(b)))
}
