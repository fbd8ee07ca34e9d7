import type { ClusterState } from '../cluster-state.ts'
import type { Observed } from '../observed.ts'

/** status of v1alpha1 and of tags v1beta1-1 and -2 (GoogleCloudPlatform/flink-on-k8s-operator api/v1alpha1/flinkcluster_types.go). */
export interface BlockingStatus {
  state?: ClusterState
  components: {
    configMap: Named
    jobManagerDeployment: Named
    jobManagerService: Named
    taskManagerDeployment: Named
    job?: BlockingJob
  }
  lastUpdateTime?: string
}

/** Without omitempty: a component that is not there yet has empty names (seen on tag -2). */
export interface Named {
  name: string
  state: string
}

export interface BlockingJob {
  name: string
  /** '' until there is one. */
  id: string
  state: 'Pending' | 'Running' | 'Succeeded' | 'Failed' | 'Cancelled'
  fromSavepoint?: string
  savepointGeneration?: number
  savepointLocation?: string
  lastSavepointTriggerID?: string
  lastSavepointTime?: string
  restartCount?: number
}

/** status as the object has it, with empty components where there is none. */
export function recordedStatus({ cluster }: Observed): BlockingStatus {
  const none = { name: '', state: '' }
  const empty = {
    configMap: none,
    jobManagerDeployment: none,
    jobManagerService: none,
    taskManagerDeployment: none,
  }
  const status = cluster.status as Partial<BlockingStatus>
  return { ...status, components: { ...empty, ...status.components } }
}

/** The jobs that Flink has not ended. */
export function unendedJobs({ flinkJobs }: Observed) {
  return (flinkJobs ?? []).filter(({ state }) => !['FINISHED', 'FAILED', 'CANCELED'].includes(state))
}
