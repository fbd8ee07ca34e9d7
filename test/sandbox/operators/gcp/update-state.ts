import { allUpdated, type Observed } from '../observed.ts'
import type { GcpStatus } from './status.ts'

export type UpdateState = 'none' | 'stopping job' | 'updating' | 'finished'

/** How far an update has come (GoogleCloudPlatform/flink-on-k8s-operator controllers/flinkcluster_util.go getUpdateState). */
export function updateStateOf(observed: Observed): UpdateState {
  const { currentRevision, nextRevision, components } = recordedStatus(observed)
  if (nextRevision === undefined || currentRevision === nextRevision) return 'none'
  const state = components.job?.state
  if (state === 'Running' || state === 'Pending') return 'stopping job'
  return state === 'Updating' && allUpdated(observed) ? 'finished' : 'updating'
}

/** status as the object has it, with empty components where there is none. */
export function recordedStatus({ cluster }: Observed): GcpStatus {
  const none = { name: '', state: '' }
  const empty = {
    configMap: none,
    jobManagerStatefulSet: none,
    jobManagerService: none,
    taskManagerStatefulSet: none,
  }
  const status = cluster.status as Partial<GcpStatus>
  return { ...status, components: { ...empty, ...status.components } }
}

/** A savepoint is fresh enough for an update for five minutes (util.go SavepointAgeForJobUpdateSec). */
const freshForMs = 300_000

export function savepointIsFresh(observed: Observed): boolean {
  const job = recordedStatus(observed).components.job
  if (!job?.savepointLocation || !job.lastSavepointTime) return false
  return observed.now - Date.parse(job.lastSavepointTime) < freshForMs
}
