import type { SavepointFailure } from './savepoint.ts'

/** A question to one job's JobManager (Flink's REST API, v1). Job and trigger ids are 32 lower-case hex characters. */
export type RestQuestion =
  /** GET /jobs/:jobid/savepoints/:triggerid */
  | { readonly ask: 'savepoint'; readonly jobId: string; readonly triggerId: string }
  /** GET /jobs/:jobid/checkpoints */
  | { readonly ask: 'checkpoints'; readonly jobId: string }
  /** GET /jobs/overview */
  | { readonly ask: 'jobs' }
  /** GET /jobs/:jobid: the vertices of its graph */
  | { readonly ask: 'vertices'; readonly jobId: string }
  /** GET /jobs/:jobid/exceptions */
  | { readonly ask: 'exceptions'; readonly jobId: string }
  /** GET /jobmanager/config: the default savepoint directory */
  | { readonly ask: 'default-directory' }
  /** GET /config: the version of Flink */
  | { readonly ask: 'version' }
  /** GET of one of Flink's pages, as it says it. */
  | { readonly ask: 'page'; readonly page: RestPage }
  | { readonly ask: 'job-page'; readonly page: RestJobPage; readonly jobId: string }
  /** POST /savepoint-disposal: deletes `_metadata`, then every file that it names, then the directory if it is empty. Whose they are is not asked. */
  | { readonly ask: 'dispose'; readonly location: string }
  /** GET /savepoint-disposal/:triggerid, for five minutes after its end, and only of the JobManager that was asked to do it. */
  | { readonly ask: 'disposal'; readonly triggerId: string }
  /** POST /jobs/:jobid/savepoints. With `triggerId` (Flink >= 1.15) sending it twice takes one savepoint. */
  | {
      readonly ask: 'take'
      readonly jobId: string
      readonly directory?: string
      readonly format?: 'CANONICAL' | 'NATIVE'
      readonly triggerId?: string
    }
  /** POST /jobs/:jobid/stop: a savepoint, and then the end of the job. Followed as a savepoint by its trigger. */
  | {
      readonly ask: 'stop'
      readonly jobId: string
      /** The sources end first: all timers and windows fire, and nothing can be resumed where it was. */
      readonly drain: boolean
      readonly directory?: string
      readonly format?: 'CANONICAL' | 'NATIVE'
      readonly triggerId?: string
    }

export type RestPage = 'overview' | 'config' | 'jobmanager/config' | 'jobs/overview'

/** Below /jobs/:jobid; '' is the job itself. */
export type RestJobPage = '' | 'config' | 'checkpoints' | 'checkpoints/config' | 'exceptions'

/** What the JobManager said, or why nobody knows. */
export type RestAnswer =
  | { readonly answer: 'savepoint'; readonly savepoint: RestSavepoint }
  | { readonly answer: 'checkpoints'; readonly checkpoints: RestCheckpoints }
  | { readonly answer: 'jobs'; readonly jobs: readonly RestJob[] }
  | { readonly answer: 'vertices'; readonly vertices: readonly RestVertex[] }
  | { readonly answer: 'exceptions'; readonly rootCause: string | undefined }
  | { readonly answer: 'default-directory'; readonly directory: string | undefined }
  | { readonly answer: 'version'; readonly version: string }
  /** JSON of any form. */
  | { readonly answer: 'page'; readonly body: unknown }
  | { readonly answer: 'taken'; readonly triggerId: string }
  | { readonly answer: 'disposal'; readonly disposal: RestDisposal }
  /** Flink answered, and said no: `reason` is its first line. 404 is how it says that it does not know a job or a trigger. */
  | { readonly answer: 'refused'; readonly status: number; readonly reason: string }
  /**
   * Nobody answered in time. `mayHaveBeenSent`: a POST may have arrived all the same. `forbidden`: the right is missing, on every way
   * that there is: to ask again is of no use.
   */
  | {
      readonly answer: 'unreachable'
      readonly reason: string
      readonly mayHaveBeenSent: boolean
      readonly forbidden?: true
    }

export type RestDisposal =
  | { readonly state: 'IN_PROGRESS' }
  | { readonly state: 'COMPLETED' }
  | { readonly state: 'FAILED'; readonly failure: SavepointFailure }

export type RestSavepoint =
  | { readonly state: 'IN_PROGRESS' }
  | { readonly state: 'COMPLETED'; readonly location: string }
  /** `location`: the savepoint is complete all the same, and only the stop that asked for it failed (Flink >= 1.15 says so). */
  | { readonly state: 'FAILED'; readonly failure: SavepointFailure; readonly location?: string }

export interface RestCheckpoint {
  readonly id: number
  readonly status: 'IN_PROGRESS' | 'COMPLETED' | 'FAILED'
  readonly isSavepoint: boolean
  /** The directory; absent where Flink says that it cannot be addressed, or has deleted it. */
  readonly location?: string
  /** Flink has deleted it since. */
  readonly discarded?: true
  readonly format?: 'CANONICAL' | 'NATIVE'
  /** Epoch milliseconds by the JobManager's clock. */
  readonly triggeredAt?: number
  readonly endedAt?: number
  readonly durationMillis?: number
  readonly sizeBytes?: number
  readonly failureMessage?: string
}

export interface RestCheckpoints {
  /** How often this job was restored since its JobManager runs. */
  readonly restoredCount: number
  /** What the job was last restored from. */
  readonly restored?: { readonly isSavepoint: boolean; readonly location?: string }
  /** Newest first, at most Flink's web.checkpoints.history (10), `latest.savepoint` and `latest.completed` included. */
  readonly history: readonly RestCheckpoint[]
}

export interface RestJob {
  readonly id: string
  readonly name: string
  readonly state: string
  readonly startedAt?: number
}

/** Operators that are chained run as one vertex, which has the id of the first of them. */
export interface RestVertex {
  readonly id: string
  readonly name?: string
  readonly parallelism?: number
  /** Flink >= 1.13 */
  readonly maxParallelism?: number
}

/** Where one job's REST API is found. */
export interface RestPlace {
  readonly namespace: string
  /** Service and the name of its port, for the API server's service proxy. */
  readonly service: string
  readonly port: string
  /** Where the port speaks TLS (security.ssl.rest.enabled). */
  readonly tls: boolean
  /** Labels of the JobManager pods, and their container port, for a port-forward. */
  readonly podLabels: Readonly<Record<string, string>>
  readonly podPort: number
}
