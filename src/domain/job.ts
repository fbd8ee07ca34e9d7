import type { ClaimMode } from './claim-mode.ts'
import type { RestPlace } from './rest.ts'
import type { JobRef, Savepoint } from './savepoint.ts'

/** A kind of job, as people name it. */
export interface JobKind {
  readonly group: string
  readonly kind: string
  /** Singular, plural and short names, in lower case; the first is the plural. */
  readonly words: readonly string[]
}

/** How often something is done: by an interval or by a schedule. */
export interface Rhythm {
  readonly everySeconds?: number
  /** As Quartz reads it, in the operator's time zone. */
  readonly schedule?: string
}

/** The savepoints that the operator takes by itself, as the object asks for them. */
export interface AutomaticSavepoints extends Rhythm {
  /** When the next one is due by the operator's own rule, RFC 3339; in the past where it is late. Absent: it cannot be told. */
  readonly nextAt?: string
  /** Counted from the newest snapshot that the operator has made for it. */
  readonly fromSnapshots?: true
  /** What a schedule is counted from, RFC 3339; absent: from now. */
  readonly since?: string
  /** There was none yet, and the first is due whenever the operator looks. */
  readonly atOnce?: true
}

/** What the operator says of the last savepoint it was asked for (`status.savepoint` of a FlinkCluster). Times are as the operator wrote them. */
export interface SavepointAttempt {
  /** NotTriggered, InProgress, Succeeded, Failed, TriggerFailed. */
  readonly state: string
  readonly triggerId?: string
  /** `user requested`, `scheduled`, `scheduled initial`, `update`, `job cancel`. */
  readonly reason?: string
  readonly message?: string
  readonly requestTime?: string
  readonly triggerTime?: string
  readonly flinkJobId?: string
  readonly format?: 'CANONICAL' | 'NATIVE'
}

/** What the operator says of the last command given by annotation (`status.control`). */
export interface Control {
  /** `savepoint` or `job-cancel`. */
  readonly name: string
  /** Requested, Progressing, InProgress, Succeeded, Failed. */
  readonly state: string
  readonly updateTime?: string
  readonly message?: string
  /** Seen on GCP tag -3 alone, where it is the only link from a request to its savepoint. */
  readonly triggerId?: string
}

/**
 * One job's resource in the operator-neutral words that history, plans and views read. Made by each operator's
 * `read.ts`, the only place that looks into a status. What is empty or absent there is absent here.
 */
export interface JobFacts {
  readonly job: JobRef
  /** `flinkcluster/orders`. */
  readonly shown: string
  /** The operator's own word for the job's state; '' before there is one. */
  readonly state: string
  readonly running: boolean
  /** The job will not run again by itself, unless its restart policy brings it back. */
  readonly stopped: boolean
  /** A cluster without a job of its own. */
  readonly session: boolean
  readonly restartsAfterFailure: boolean
  /** Savepoints are taken by themselves: only where an interval or a schedule is set. */
  readonly automatic?: AutomaticSavepoints
  /** Checkpoints that the operator, not Flink, has taken by themselves. */
  readonly automaticCheckpoints?: Rhythm
  /** Spotify: how old a savepoint may be for a restart or an update, in seconds. */
  readonly maxStateAgeSeconds?: number
  /** Fields of the spec whose spelling no operator reads (`spec.job.fromSavePoint`), as they stand there. */
  readonly misspelled: readonly string[]
  readonly flinkJobId?: string
  readonly startTime?: string
  /** Where the operator lets savepoints be written. */
  readonly directory?: string
  readonly specGeneration: number
  readonly statusGeneration: number
  readonly savepointLocation?: string
  readonly savepointTime?: string
  /** The trigger that made savepointLocation, where the operator says so by itself (GCP <= -3). */
  readonly savepointTriggerId?: string
  /** Declared: what the next update would start from. */
  readonly specFromSavepoint?: string
  readonly allowNonRestoredState: boolean
  /** What the job was started from. */
  readonly statusFromSavepoint?: string
  readonly attempt?: SavepointAttempt
  readonly control?: Control
  /** The command that stands in the annotation, not taken away yet. */
  readonly command?: string
  /** `spec.job.savepointGeneration` is above the status: a request that waits. */
  readonly pendingGeneration?: number
  /** What the operator would start from if it restarted the job after a failure now. */
  readonly restartPoint?: string
  readonly restartCount: number
  /** Who owns what the job was started from, where the object's configuration says it. */
  readonly claimMode?: ClaimMode
  /** The revision of the spec that was carried out last, and the one that is wanted: they differ while an update is under way. */
  readonly currentRevision?: string
  readonly nextRevision?: string
  readonly submitterExitCode?: number
  readonly rest: RestPlace
  /** Every savepoint that the object tells of, where that is more than the fields above can hold. */
  readonly listed?: readonly Savepoint[]
}
