import type { Fields } from './fields.ts'
import type { Inspection } from './inspection.ts'
import type { InspectionDiff } from './inspection-diff.ts'
import type { Automatic, JobStatus } from './job-status.ts'
import type { ChangePlan, Restore, RestorePlan, TakePlan } from './plan.ts'
import type { Prune, PrunePlan } from './prune.ts'
import type { JobRef, Savepoint } from './savepoint.ts'
import type { Verification } from './verification.ts'

export interface VersionInfo {
  readonly clientVersion: { readonly version: string; readonly node: string; readonly platform: string }
}

/** What `bundle` wrote. */
export interface Bundle {
  readonly job: JobRef
  readonly file: string
  readonly sizeBytes: number
  readonly contents: readonly BundledFile[]
  readonly missing: readonly NotBundled[]
  /** So many values were taken out. */
  readonly redactions: number
}

export interface BundledFile {
  /** Inside the archive. */
  readonly path: string
  readonly what: string
  readonly sizeBytes: number
}

/** What is not in it, or not all, and why. */
export interface NotBundled {
  readonly what: string
  readonly reason: string
}

/** Everything a command can print. JSON and YAML put `apiVersion: flinksp/v1` and the kind in front. */
export type Printable =
  | {
      readonly kind: 'Savepoint'
      readonly value: Savepoint
      /** The job was to be stopped with it. */
      readonly done?: 'stopped'
    }
  | {
      readonly kind: 'SavepointList'
      readonly value: { readonly items: readonly Savepoint[] }
      /** Not of one named job: a table says of each row whose it is, even where only one job has savepoints. */
      readonly several?: boolean
    }
  | { readonly kind: 'TakePlan'; readonly value: TakePlan }
  | { readonly kind: 'TakePlanList'; readonly value: { readonly items: readonly TakePlan[] } }
  | {
      readonly kind: 'RestorePlan'
      readonly value: RestorePlan
      /** The object that would be created: what json and yaml print then, as `kubectl create --dry-run -o yaml` does. */
      readonly manifest?: Fields
    }
  | { readonly kind: 'StopPlan'; readonly value: ChangePlan }
  | { readonly kind: 'PrunePlan'; readonly value: PrunePlan }
  | { readonly kind: 'Prune'; readonly value: Prune }
  | { readonly kind: 'AutomaticPlan'; readonly value: ChangePlan }
  | { readonly kind: 'Automatic'; readonly value: Automatic }
  | { readonly kind: 'JobStatus'; readonly value: JobStatus }
  | {
      readonly kind: 'JobStatusList'
      readonly value: { readonly items: readonly JobStatus[] }
      /** A table says of each row of which kind it is, even where all that are listed are of one. */
      readonly severalKinds?: boolean
    }
  | { readonly kind: 'Inspection'; readonly value: Inspection }
  | { readonly kind: 'InspectionDiff'; readonly value: InspectionDiff }
  | { readonly kind: 'Verification'; readonly value: Verification }
  | { readonly kind: 'VerificationList'; readonly value: { readonly items: readonly Verification[] } }
  /** An object to apply, as it would be sent: printed as it is, without an envelope of ours. */
  | { readonly kind: 'Manifest'; readonly value: Fields }
  | {
      readonly kind: 'Restore'
      readonly value: Restore
      /** The job was stopped, and went on from what the stop had left. */
      readonly done?: 'resumed'
    }
  | { readonly kind: 'Bundle'; readonly value: Bundle }
  | { readonly kind: 'Version'; readonly value: VersionInfo }
