import type { Rhythm } from './job.ts'
import type { JobRef, RestoreTarget, Savepoint } from './savepoint.ts'

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
