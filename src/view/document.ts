import type { Fields } from '../domain/fields.ts'
import type { Inspection } from '../domain/inspection.ts'
import type { InspectionDiff } from '../domain/inspection-diff.ts'
import type { Automatic, JobStatus } from '../domain/job-status.ts'
import type { ChangePlan, PlannedJob, Restore, RestorePlan, TakePlan } from '../domain/plan.ts'
import type { Bundle, Printable, VersionInfo } from '../domain/printable.ts'
import type { Prune, PrunePlan } from '../domain/prune.ts'
import type { Savepoint } from '../domain/savepoint.ts'
import type { Verification } from '../domain/verification.ts'

/** What `-o json` and `-o yaml` print. docs/schema/v1.json is made from this type; it only ever gains fields. */
export type V1Document =
  | SavepointDocument
  | SavepointListDocument
  | TakePlanDocument
  | TakePlanListDocument
  | RestorePlanDocument
  | RestoreDocument
  | StopPlanDocument
  | PrunePlanDocument
  | PruneDocument
  | AutomaticPlanDocument
  | AutomaticDocument
  | JobStatusDocument
  | JobStatusListDocument
  | InspectionDocument
  | InspectionDiffDocument
  | VerificationDocument
  | VerificationListDocument
  | BundleDocument
  | VersionDocument

interface V1 {
  readonly apiVersion: 'flinksp/v1'
}
/** An earlier object of the job's name has no uid where nobody knows it. */
interface PrintedSavepoint extends Omit<Savepoint, 'job'> {
  readonly job: PlannedJob
}
export interface SavepointDocument extends V1, PrintedSavepoint {
  readonly kind: 'Savepoint'
}
export interface SavepointListDocument extends V1 {
  readonly kind: 'SavepointList'
  readonly items: readonly PrintedSavepoint[]
}
export interface TakePlanDocument extends V1, TakePlan {
  readonly kind: 'TakePlan'
}
export interface TakePlanListDocument extends V1 {
  readonly kind: 'TakePlanList'
  readonly items: readonly TakePlan[]
}
export interface RestorePlanDocument extends V1, RestorePlan {
  readonly kind: 'RestorePlan'
}
export interface RestoreDocument extends V1, Restore {
  readonly kind: 'Restore'
}
export interface StopPlanDocument extends V1, ChangePlan {
  readonly kind: 'StopPlan'
}
export interface PrunePlanDocument extends V1, PrunePlan {
  readonly kind: 'PrunePlan'
}
export interface PruneDocument extends V1, Prune {
  readonly kind: 'Prune'
}
export interface AutomaticPlanDocument extends V1, ChangePlan {
  readonly kind: 'AutomaticPlan'
}
export interface AutomaticDocument extends V1, Automatic {
  readonly kind: 'Automatic'
}
export interface JobStatusDocument extends V1, JobStatus {
  readonly kind: 'JobStatus'
}
export interface JobStatusListDocument extends V1 {
  readonly kind: 'JobStatusList'
  readonly items: readonly JobStatus[]
}
export interface InspectionDocument extends V1, Inspection {
  readonly kind: 'Inspection'
}
export interface InspectionDiffDocument extends V1, InspectionDiff {
  readonly kind: 'InspectionDiff'
}
export interface VerificationDocument extends V1, Verification {
  readonly kind: 'Verification'
}
export interface VerificationListDocument extends V1 {
  readonly kind: 'VerificationList'
  readonly items: readonly Verification[]
}
export interface BundleDocument extends V1, Bundle {
  readonly kind: 'Bundle'
}
export interface VersionDocument extends V1, VersionInfo {
  readonly kind: 'Version'
}

/** The document of a value, its fields always in the same order, and absent where nothing is known. A manifest is one already. */
export function documentOf(printable: Printable): V1Document | Fields {
  if (printable.kind === 'Manifest') return printable.value
  if (printable.kind === 'RestorePlan' && printable.manifest) return printable.manifest
  const { kind } = printable
  return JSON.parse(JSON.stringify({ apiVersion: 'flinksp/v1', kind, ...ordered(printable) }, known))
}

/** A uid that nobody knows is not printed. */
function known(field: string, value: unknown): unknown {
  return field === 'uid' && value === '' ? undefined : value
}

function ordered(printable: Exclude<Printable, { kind: 'Manifest' }>): object {
  switch (printable.kind) {
    case 'SavepointList':
      return { items: printable.value.items.map(inOrder) }
    case 'JobStatus':
      return statusInOrder(printable.value)
    case 'JobStatusList':
      return { items: printable.value.items.map(statusInOrder) }
    case 'Prune':
    case 'PrunePlan':
    case 'Inspection':
    case 'InspectionDiff':
    case 'Verification':
    case 'VerificationList':
    case 'Bundle':
      return printable.value
    default:
      return inOrder(printable.value)
  }
}

/** The order in which a person reads a savepoint. A field that is missing here does not compile. */
const savepointOrder: Readonly<Record<keyof Savepoint, number>> = {
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
  disposeOnDelete: 17,
  gone: 18,
  restartPoint: 19,
  origin: 20,
  sources: 21,
}

const statusOrder: Readonly<Record<keyof JobStatus, number>> = {
  job: 0,
  state: 1,
  session: 2,
  stopped: 3,
  lastSavepoint: 4,
  lastCheckpoint: 5,
  restartPoint: 6,
  undo: 7,
  atRiskMillis: 8,
  automatic: 9,
  onFailure: 10,
  maxStateAgeSeconds: 11,
  origin: 12,
  cannotTake: 13,
  problems: 14,
  unknown: 15,
}

function statusInOrder(status: JobStatus): object {
  const { lastSavepoint, lastCheckpoint, restartPoint, undo } = status
  const points = { lastSavepoint, lastCheckpoint, restartPoint, undo }
  const orderedPoints = Object.entries(points).map(([field, point]) => [field, point && inOrder(point)])
  return sorted({ ...status, ...Object.fromEntries(orderedPoints) }, statusOrder)
}

function inOrder(value: object): object {
  return sorted(value, savepointOrder)
}

function sorted(value: object, order: Readonly<Record<string, number>>): object {
  const place = (field: string) => order[field] ?? Number.MAX_VALUE
  return Object.fromEntries(Object.entries(value).toSorted(([a], [b]) => place(a) - place(b)))
}
