import type { CleanupAction, JobSpec } from './cluster.ts'
import { allUpdated, type Observed, runningComponents, totalComponents } from './observed.ts'

export type ClusterState =
  | 'Creating'
  | 'Running'
  | 'Reconciling'
  | 'Updating'
  | 'Stopping'
  | 'PartiallyStopped'
  | 'Stopped'

export interface ClusterFacts {
  readonly recorded: ClusterState | undefined
  readonly updating: boolean
  readonly updateTriggered: boolean
  /** undefined: the job has not stopped. */
  readonly stoppedJob: 'Succeeded' | 'Failed' | 'Cancelled' | undefined
}

/**
 * The state of the whole cluster (deriveClusterStatus in GoogleCloudPlatform/flink-on-k8s-operator
 * controllers/flinkcluster_updater.go and spotify/flink-on-k8s-operator controllers/flinkcluster/flinkcluster_updater.go).
 */
export function nextClusterState(observed: Observed, facts: ClusterFacts): ClusterState {
  const up = runningComponents(observed)
  switch (facts.recorded) {
    case undefined:
    case 'Creating':
      return up < totalComponents ? 'Creating' : 'Running'
    case 'Updating':
      return whileUpdating(observed, facts, up)
    case 'Running':
    case 'Reconciling':
      return whileRunning(observed, facts, up)
    case 'Stopping':
    case 'PartiallyStopped':
      if (facts.updating) return 'Updating'
      if (up === 0) return 'Stopped'
      return up < totalComponents ? 'PartiallyStopped' : 'Stopping'
    case 'Stopped':
      return facts.updateTriggered ? 'Updating' : 'Stopped'
  }
}

function whileUpdating(observed: Observed, facts: ClusterFacts, up: number): ClusterState {
  if (facts.updating && !allUpdated(observed)) return 'Updating'
  if (up === totalComponents) return 'Running'
  return facts.updateTriggered ? 'Updating' : 'Reconciling'
}

function whileRunning(observed: Observed, facts: ClusterFacts, up: number): ClusterState {
  if (facts.updating) return 'Updating'
  const { job } = observed.cluster
  if (facts.stoppedJob !== undefined && job !== undefined) {
    return cleanupOf(job, facts.stoppedJob) === 'KeepCluster' ? 'Running' : 'Stopping'
  }
  return up < totalComponents ? 'Reconciling' : 'Running'
}

/** What the policy says once the job has ended so. */
export function cleanupOf(
  { cleanupPolicy }: JobSpec,
  ended: 'Succeeded' | 'Failed' | 'Cancelled',
): CleanupAction {
  if (ended === 'Succeeded') return cleanupPolicy.afterJobSucceeds
  return ended === 'Failed' ? cleanupPolicy.afterJobFails : cleanupPolicy.afterJobCancelled
}
