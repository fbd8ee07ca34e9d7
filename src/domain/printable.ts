import type { Fields } from './fields.ts'
import type { Inspection } from './inspection.ts'
import type { InspectionDiff } from './inspection-diff.ts'
import type { Rhythm } from './job.ts'
import type { Prune, PrunePlan } from './prune.ts'
import type { JobRef, Savepoint } from './savepoint.ts'
import type { Verification } from './verification.ts'

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

/** The savepoints that the operator takes by itself, and what it does after a failure: what `auto` prints. */
export interface Automatic {
  readonly job: JobRef
  /** Absent, as the schedule: none are taken. */
  readonly everySeconds?: number
  /** As Quartz reads it in the operator's time zone, which nobody tells: `nextAt` takes it for UTC. */
  readonly schedule?: string
  /** Checkpoints that the operator, not Flink, has taken by themselves. */
  readonly checkpoints?: Rhythm
  readonly directory?: string
  /** `restore`: the job is started again from its restart point. */
  readonly onFailure: 'restore' | 'stop'
  /** Older than this a savepoint is not good enough for the operator (Spotify), in seconds. */
  readonly maxStateAgeSeconds?: number
  readonly lastAt?: string
  readonly nextAt?: string
  readonly problems: readonly string[]
}

/** One job at a glance: what `status` prints. */
export interface JobStatus {
  readonly job: JobRef
  /** The operator's own word; '' before there is one. */
  readonly state: string
  /** A cluster whose jobs the operator does not know. */
  readonly session?: true
  /** The job will not run again by itself, unless its restart policy brings it back. */
  readonly stopped?: true
  /** The newest that completed, and not merely what the job was started from. */
  readonly lastSavepoint?: Savepoint
  readonly lastCheckpoint?: Savepoint
  /** What the operator would start from if it restarted the job after a failure now. */
  readonly restartPoint?: RestoreTarget
  /** What `restore --undo` would start it from, as the record has it. */
  readonly undo?: RestoreTarget
  readonly automatic?: {
    readonly everySeconds?: number
    /** As Quartz reads it in the operator's time zone, which nobody tells: `nextAt` takes it for UTC. */
    readonly schedule?: string
    readonly directory?: string
    readonly nextAt?: string
  }
  /** `restore`: the operator starts the job again from its restart point. */
  readonly onFailure: 'restore' | 'stop'
  /** Older than this a savepoint is not good enough for the operator (Spotify), in seconds. */
  readonly maxStateAgeSeconds?: number
  /** What the job was started from, and what the spec declares where that is something else. */
  readonly origin?: { readonly location: string; readonly declared?: string }
  /** Work that a failure now would cost, in milliseconds: since the restart point, or since the start where there is none. */
  readonly atRiskMillis?: number
  /** Why no savepoint can be taken now; absent: nothing is known to be in the way. */
  readonly cannotTake?: string
  /** What is wrong, and what to do about it, a sentence each. */
  readonly problems: readonly string[]
  readonly unknown: readonly Unknown[]
}

/** What could not be found out about a job, and why. A field without a value that is not named here has none. */
export interface Unknown {
  readonly field: 'lastSavepoint' | 'lastCheckpoint' | 'restartPoint'
  /** `NotAsked`: it would cost a request for each of many jobs. `NotKept`: nobody wrote it down. */
  readonly reason: 'Forbidden' | 'Unreachable' | 'NotAsked' | 'NotKept'
  /** A sentence. */
  readonly message: string
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

/** A savepoint as far as it is known; a location that no source knows has nothing else. */
export type RestoreTarget = Partial<Savepoint> & { readonly location: string }

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
