import type { JobRef, Savepoint } from './savepoint.ts'

/** One field that a write sets: `spec.job.fromSavepoint`. `from` absent: the field is not there now; `to` absent: it is removed. */
export interface Change {
  readonly path: string
  readonly from?: unknown
  readonly to?: unknown
}

/** What `take --dry-run` prints. */
export interface TakePlan {
  readonly job: JobRef
  readonly via: string
  readonly changes: readonly Change[]
}

/** What `restore --dry-run` prints, and what is confirmed before anything is changed. */
export interface RestorePlan {
  readonly job: JobRef
  readonly savepoint: RestoreTarget
  readonly changes: readonly Change[]
  /** In order, for a person. */
  readonly steps: readonly string[]
  readonly risks: readonly string[]
}

/** A savepoint as far as it is known; a location that no source knows has nothing else. */
export type RestoreTarget = Partial<Savepoint> & { readonly location: string }

/** What `restore` did and how far it came. */
export interface Restore extends RestorePlan {
  /** Unchanged: nothing was written. InProgress: written, and not yet known how it ends. */
  readonly state: 'Restored' | 'InProgress' | 'Failed' | 'Unchanged'
  readonly safetySavepoint?: Savepoint
  /** Taken by the operator itself during the restore, and in no field of the object afterwards. */
  readonly updateSavepoint?: { readonly location: string }
  readonly proof: {
    /** The operator's own fields show the job running, new, from this location. */
    readonly operator: boolean
    /** Flink's `latest.restored.external_path` is this location. */
    readonly rest: boolean
  }
  readonly failure?: { readonly message: string; readonly rootCause?: string }
}

export interface VersionInfo {
  readonly clientVersion: { readonly version: string; readonly node: string; readonly platform: string }
}

/** Everything a command can print. JSON and YAML put `apiVersion: flinksp/v1` and the kind in front. */
export type Printable =
  | { readonly kind: 'Savepoint'; readonly value: Savepoint }
  | {
      readonly kind: 'SavepointList'
      readonly value: { readonly items: readonly Savepoint[] }
      /** Not of one named job: a table says of each row whose it is, even where only one job has savepoints. */
      readonly several?: boolean
    }
  | { readonly kind: 'TakePlan'; readonly value: TakePlan }
  | { readonly kind: 'RestorePlan'; readonly value: RestorePlan }
  | { readonly kind: 'Restore'; readonly value: Restore }
  | { readonly kind: 'Version'; readonly value: VersionInfo }
