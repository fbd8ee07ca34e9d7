import type { JobRef, RestoreTarget, Savepoint } from './savepoint.ts'

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

/** What `stop --dry-run` and `auto --dry-run` print, and what is confirmed before anything is changed. */
export interface ChangePlan {
  readonly job: JobRef
  readonly changes: readonly Change[]
  /** In order, for a person. */
  readonly steps: readonly string[]
  readonly risks: readonly string[]
}

/** A job as a plan names it: one that is yet to be created has no uid. */
export interface PlannedJob extends Omit<JobRef, 'uid'> {
  readonly uid?: string
}

/** What `restore --dry-run` prints, and what is confirmed before anything is changed. */
export interface RestorePlan {
  readonly job: PlannedJob
  /** Absent: the object is changed. recreate: it is deleted and created again. create: it is a new one. */
  readonly way?: 'recreate' | 'create'
  readonly savepoint: RestoreTarget
  readonly changes: readonly Change[]
  /** In order, for a person. */
  readonly steps: readonly string[]
  readonly risks: readonly string[]
}

/** What `restore` did and how far it came. */
export interface Restore extends RestorePlan {
  readonly job: JobRef
  /** Unchanged: nothing was written. InProgress: written, and not yet known how it ends. */
  readonly state: 'Restored' | 'InProgress' | 'Failed' | 'Unchanged'
  readonly safetySavepoint?: Savepoint
  /** The file that holds the object as it was, or was to be, created. */
  readonly manifestFile?: string
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
