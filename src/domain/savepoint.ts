export type SavepointState = 'Requested' | 'InProgress' | 'Completed' | 'Failed' | 'Withdrawn'

/** Who asked. `external`: somebody outside the operator, through Flink's REST API. */
export type Trigger = 'manual' | 'scheduled' | 'update' | 'cancel' | 'external'

/** Where something about a savepoint was seen. */
export type SourceName = 'record' | 'status' | 'snapshots' | 'revisions' | 'events' | 'rest' | 'scan'

export interface JobRef {
  readonly apiVersion: string
  readonly kind: string
  readonly namespace: string
  readonly name: string
  /** '' of an earlier object of this name, where nobody knows which. */
  readonly uid: string
}

/**
 * One savepoint (or checkpoint) of one job, as `-o json` prints it (docs/schema/v1.json is made from this type).
 * What is not known is absent. Times are RFC 3339 in UTC.
 */
export interface Savepoint {
  readonly job: JobRef
  readonly state: SavepointState
  readonly type: 'savepoint' | 'checkpoint'
  /** The path as Flink reported it. */
  readonly location?: string
  readonly name?: string
  readonly note?: string
  readonly trigger?: Trigger
  /** The savepointGeneration that this savepoint fulfilled. */
  readonly generation?: number
  readonly triggerId?: string
  readonly flinkJobId?: string
  readonly checkpointId?: number
  readonly format?: 'CANONICAL' | 'NATIVE'
  readonly requestedAt?: string
  readonly completedAt?: string
  readonly durationMillis?: number
  readonly sizeBytes?: number
  readonly failure?: SavepointFailure
  /** Of one that is an object of its own (FlinkStateSnapshot): true where deleting that object deletes the savepoint too. */
  readonly disposeOnDelete?: boolean
  /** It completed once, and cannot be used any more: `prune` deleted it, or it is not there (`history --scan` looked for it, or Flink says that it deleted a checkpoint). */
  readonly gone?: 'pruned' | 'missing'
  /** The operator would start the job from this one if it restarted it after a failure now. */
  readonly restartPoint: boolean
  /** The job was started from this one; nobody saw it taken. */
  readonly origin: boolean
  readonly sources: readonly SourceName[]
}

export interface SavepointFailure {
  /** The operator's or Flink's own first line. */
  readonly message: string
  /** Flink's last `Caused by:`, without class name and stack. */
  readonly rootCause?: string
}

/** A savepoint as far as it is known; a location that no source knows has nothing else. */
export type RestoreTarget = Partial<Savepoint> & { readonly location: string }
