import type { FlinkCluster } from './cluster.ts'

/** A JobManager or TaskManager, as one pod shows it. */
export interface Component {
  readonly ready: boolean
  /** It was made from the spec's next revision. */
  readonly updated: boolean
}

/** The submitter, which the real operators run as a batch Job. */
export interface Submitter {
  readonly name: string
  /** '' for a start without state. */
  readonly fromSavepoint: string
  readonly state: 'active' | 'succeeded' | 'failed'
  readonly exitCode: number
  readonly message: string
  /** From the pod's termination message, `jobID: <hex>`. */
  readonly jobId: string | undefined
}

export interface ObservedJob {
  readonly id: string
  readonly name: string
  /** Flink's. */
  readonly state: string
  /** Milliseconds. */
  readonly startedAt: number
}

/** What Flink says of the savepoint that status calls InProgress. */
export type ObservedSavepoint =
  | { readonly is: 'running' }
  | { readonly is: 'done'; readonly location: string }
  | { readonly is: 'failed'; readonly stackTrace: string }
  | { readonly is: 'unknown'; readonly error: string }

/** Everything that one reconcile pass looks at; what follows from it is pure. */
export interface Observed {
  readonly cluster: FlinkCluster
  /** Name of the ControllerRevision of the spec as it is now, and `name-number` as status has it. */
  readonly revisionName: string
  readonly nextRevision: string
  readonly jobManager: Component | undefined
  readonly taskManager: Component | undefined
  readonly service: { readonly updated: boolean } | undefined
  readonly submitter: Submitter | undefined
  /** undefined: the JobManager is not ready or did not answer. */
  readonly flinkJobs: readonly ObservedJob[] | undefined
  /** The stack trace of a FAILED job of this cluster. */
  readonly exceptions: readonly string[]
  readonly savepoint: ObservedSavepoint | undefined
  /** How long the savepoint in status has been waited for. */
  readonly savepointAgeMs: number
  readonly limits: Limits
  readonly now: number
}

/** Waits of the real operators that a test shortens. */
export interface Limits {
  /** GCP gives a savepoint up after 60 s, tags -4 to -9 (controllers/flinkcluster_util.go SavepointTimeoutSec). */
  readonly savepointMs: number
  /** Both ask again for a failed update or scheduled savepoint after 10 s. */
  readonly retryMs: number
  /** How long a second of autoSavepointSeconds lasts. */
  readonly secondMs: number
  /** Spotify waits so long for a stop-with-savepoint: Flink's default for execution.checkpointing.timeout, 10 min. */
  readonly stopMs: number
}

/** All components are there and made from the next revision (util.go isClusterUpdateToDate in both operators). */
export function allUpdated({ jobManager, taskManager, service }: Observed): boolean {
  return [jobManager, taskManager, service].every(component => component?.updated === true)
}

/** How many of the three are up; their number decides between Running and Reconciling. */
export function runningComponents({ jobManager, taskManager, service }: Observed): number {
  return [jobManager?.ready === true, taskManager?.ready === true, service !== undefined].filter(Boolean)
    .length
}

export const totalComponents = 3

/** What a pass does after it found nothing to write, in this order. */
export type Action =
  /** Makes the components that are missing; with `recreate` deletes first what an older revision made. */
  | { readonly do: 'make components'; readonly recreate: boolean }
  | { readonly do: 'delete components' }
  | { readonly do: 'delete JobManager' }
  | { readonly do: 'delete TaskManager' }
  | { readonly do: 'delete submitter' }
  | { readonly do: 'create submitter'; readonly fromSavepoint: string }
  | { readonly do: 'cancel job'; readonly jobId: string }
  /** A status write in the middle of a pass. */
  | { readonly do: 'write status'; readonly status: object }
  /** POST …/savepoints; the dialect says what status becomes of its answer. */
  | { readonly do: 'trigger savepoint'; readonly reason: string; readonly cancelJob: boolean }
  /** POST …/stop, waited for inside the pass. */
  | { readonly do: 'stop job'; readonly jobId: string }
  | TakeSavepoint

/** POST …/savepoints, waited for inside the pass. */
export interface TakeSavepoint {
  readonly do: 'take savepoint'
  /** What comes after it is not done without it. */
  readonly required: boolean
  /** The status once it is taken. */
  readonly recorded: (taken: { readonly triggerId: string; readonly location: string }, now: number) => object
}
