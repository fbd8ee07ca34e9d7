import type { ClusterState } from '../cluster-state.ts'

/** status of Spotify v0.6 (spotify/flink-on-k8s-operator apis/flinkcluster/v1beta1/flinkcluster_types.go). */
export interface SpotifyStatus {
  state?: ClusterState
  components: {
    configMap?: Named
    jobManager?: Replicated
    jobManagerService?: Named
    taskManager?: Replicated
    job?: SpotifyJob
  }
  control?: SpotifyControl
  savepoint?: SpotifySavepoint
  revision: { currentRevision?: string; nextRevision?: string }
  lastUpdateTime?: string
}

export interface Named {
  name: string
  state: string
}

export interface Replicated extends Named {
  replicas: number
  readyReplicas?: number
  ready: string
  selector?: string
}

export type SpotifyJobState =
  | 'Pending'
  | 'Updating'
  | 'Deploying'
  | 'DeployFailed'
  | 'Running'
  | 'Succeeded'
  | 'Cancelled'
  | 'Failed'
  | 'Lost'

export interface SpotifyJob {
  state: SpotifyJobState
  id?: string
  name?: string
  submitterName?: string
  /** -1: it runs; absent: it ended well or there is none. */
  submitterExitCode?: number
  fromSavepoint?: string
  savepointGeneration?: number
  savepointLocation?: string
  savepointTime?: string
  finalSavepoint?: boolean
  deployTime?: string
  startTime?: string
  completionTime?: string
  failureReasons?: string[]
}

export interface SpotifyControl {
  name: string
  state: 'Requested' | 'InProgress' | 'Succeeded' | 'Failed'
  updateTime: string
  message?: string
}

export interface SpotifySavepoint {
  state: 'InProgress' | 'Succeeded' | 'Failed' | 'TriggerFailed'
  triggerReason: string
  requestTime: string
  triggerTime: string
  jobID?: string
  triggerID?: string
  formatType?: string
  message?: string
}

export function jobActive(job: SpotifyJob | undefined): boolean {
  return job?.state === 'Running' || job?.state === 'Deploying'
}

export function jobFailed(job: SpotifyJob | undefined): boolean {
  return job?.state === 'Failed' || job?.state === 'Lost' || job?.state === 'DeployFailed'
}

export function jobStopped(job: SpotifyJob | undefined): boolean {
  return job?.state === 'Succeeded' || job?.state === 'Cancelled' || jobFailed(job)
}
