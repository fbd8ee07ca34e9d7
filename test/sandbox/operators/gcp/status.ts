import type { ClusterState } from '../cluster-state.ts'

/** status of GCP tag v1beta1-9 (GoogleCloudPlatform/flink-on-k8s-operator api/v1beta1/flinkcluster_types.go). */
export interface GcpStatus {
  state?: ClusterState
  components: {
    configMap: Named
    jobManagerStatefulSet: Named
    jobManagerService: Named
    taskManagerStatefulSet: Named
    job?: GcpJob
  }
  control?: GcpControl
  savepoint?: GcpSavepoint
  currentRevision?: string
  nextRevision?: string
  lastUpdateTime?: string
}

/** Without omitempty: a component that is not there yet has empty names (seen on tag -9). */
export interface Named {
  name: string
  state: string
}

export type GcpJobState = 'Pending' | 'Running' | 'Updating' | 'Succeeded' | 'Failed' | 'Cancelled' | 'Lost'

export interface GcpJob {
  state: GcpJobState
  id?: string
  fromSavepoint?: string
  savepointGeneration?: number
  savepointLocation?: string
  lastSavepointTriggerID?: string
  lastSavepointTime?: string
  restartCount?: number
}

export interface GcpControl {
  name: string
  state: 'Progressing' | 'Succeeded' | 'Failed'
  updateTime: string
  message?: string
}

export interface GcpSavepoint {
  state: 'NotTriggered' | 'InProgress' | 'Succeeded' | 'Failed' | 'TriggerFailed'
  triggerReason: string
  requestTime: string
  jobID?: string
  triggerID?: string
  triggerTime?: string
  message?: string
}

/** Succeeded, Failed, Cancelled and, from tag -9 on, Lost (util.go isJobStopped). */
export function jobStopped(job: GcpJob | undefined): boolean {
  return job !== undefined && ['Succeeded', 'Failed', 'Cancelled', 'Lost'].includes(job.state)
}
