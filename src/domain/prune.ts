import type { JobRef } from './savepoint.ts'

/** What `prune` was asked to leave. */
export interface PruneCriteria {
  /** So many of the newest good ones stay. */
  readonly keep?: number
  /** Only what is older may go. */
  readonly olderThanSeconds?: number
  /** What nobody recorded may go, too. */
  readonly includeUnrecorded?: true
  /** What has a name stays. */
  readonly keepNamed?: true
  /** Jobs that could not be listed, and savepoints of others that could not be read, were taken to use none of these. */
  readonly assumeNoOtherUsers?: true
}

/** What `prune` prints without `--yes`, and `--apply` carries out as long as all of it is still so. */
export interface PrunePlan {
  readonly job: JobRef
  /** When it was made: ages are told from then. */
  readonly at: string
  readonly criteria: PruneCriteria
  /** Where the job writes its savepoints. */
  readonly directories: readonly string[]
  /** Oldest first, which is the order of deletion. */
  readonly delete: readonly PlannedDeletion[]
  /** Newest first. */
  readonly keep: readonly KeptSavepoint[]
  readonly freedBytes: number
  readonly risks: readonly string[]
  /** What the plan was made from: that another value stands there later means that something changed. */
  readonly fingerprints: {
    readonly object: string
    readonly record: string
    readonly directories: string
  }
}

export interface PlannedDeletion {
  readonly location: string
  readonly name?: string
  readonly completedAt?: string
  /** flink: its JobManager is asked to; storage: from here or in its pod, file by file; snapshot: with its FlinkStateSnapshot, by the operator. */
  readonly via: 'flink' | 'storage' | 'snapshot'
  /** The FlinkStateSnapshot that goes with it. */
  readonly snapshot?: string
  /** How many go, `_metadata` among them, and their bytes. */
  readonly files: number
  readonly bytes: number
  /** How many of its files stay, because another savepoint or checkpoint needs them. */
  readonly sharedFiles?: number
  readonly unrecorded?: true
  /** Files without a `_metadata`, which a deletion that was broken off has left. */
  readonly remains?: true
  /** Of the files that go: their names, sizes and times. */
  readonly fingerprint: string
}

export interface KeptSavepoint {
  readonly location: string
  readonly name?: string
  readonly completedAt?: string
  readonly reasons: readonly string[]
}

/** What `prune` did. */
export interface Prune {
  readonly job: JobRef
  readonly items: readonly PrunedSavepoint[]
  readonly freedBytes: number
}

export interface PrunedSavepoint {
  readonly location: string
  /** Partly: its `_metadata` is deleted, so that nothing can be started from it, but not all its files. Kept: nothing of it was. */
  readonly state: 'Deleted' | 'Partly' | 'Kept'
  readonly via?: PlannedDeletion['via']
  readonly freedBytes: number
  /** Why it is not deleted, or not wholly. */
  readonly reason?: string
}
