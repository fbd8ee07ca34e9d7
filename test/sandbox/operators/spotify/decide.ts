import { timestamp } from '../cluster.ts'
import { cleanupOf } from '../cluster-state.ts'
import type { Action, Observed } from '../observed.ts'
import { clusterIsUpdating } from './derive.ts'
import { restarts } from './derive-job.ts'
import { jobFailed, jobStopped, type SpotifyControl, type SpotifyJob, type SpotifyStatus } from './status.ts'
import { recordedStatus, updateStateOf } from './update-state.ts'

/** spotify/flink-on-k8s-operator controllers/flinkcluster/flinkcluster_reconciler.go, v0.6. */
export function decide(observed: Observed): readonly Action[] {
  const status = recordedStatus(observed)
  if (observed.cluster.job === undefined) return [{ do: 'make components', recreate: false }]
  const cleanup = updateStateOf(observed) === 'none' ? cleanupActions(observed, status) : undefined
  if (cleanup) return cleanup
  return [{ do: 'make components', recreate: clusterIsUpdating(observed) }, ...jobActions(observed, status)]
}

function cleanupActions({ cluster }: Observed, { components: { job } }: SpotifyStatus): Action[] | undefined {
  if (cluster.job === undefined || !jobStopped(job) || job === undefined) return undefined
  const ended = jobFailed(job) ? 'Failed' : job.state === 'Succeeded' ? 'Succeeded' : 'Cancelled'
  if (ended === 'Failed' && cluster.job.restartPolicy === 'FromSavepointOnFailure') return undefined
  switch (cleanupOf(cluster.job, ended)) {
    case 'DeleteCluster':
      return [{ do: 'delete components' }, { do: 'delete submitter' }]
    case 'DeleteTaskManager':
      return [{ do: 'delete TaskManager' }]
    case 'KeepCluster':
      return undefined
  }
}

/** reconcileJob */
function jobActions(observed: Observed, status: SpotifyStatus): Action[] {
  const { job } = status.components
  if (status.control?.name === 'job-cancel' && job?.state !== 'Updating')
    return cancelActions(observed, status)
  if (job === undefined || job.state === 'Deploying') return []
  if (job.state === 'Running') return runningActions(observed, status)
  const ended = jobStopped(job) && !(jobFailed(job) && restarts(observed))
  const deployed = !jobStopped(job) && job.deployTime !== undefined
  return ended || deployed ? [] : deploy(observed, status)
}

function runningActions(observed: Observed, status: SpotifyStatus): Action[] {
  const updateState = updateStateOf(observed)
  if (updateState === 'preparing') return suspend(observed, status)
  if (status.components.job?.id === undefined || updateState !== 'none') return []
  const reason = savepointReason(observed, status)
  return reason ? [{ do: 'trigger savepoint', reason, cancelJob: false }] : []
}

/**
 * The name alone counts, for ever: a job that was cancelled by annotation is cancelled again after each restart, until
 * status.control is gone (seen on Spotify v0.6: Lost 0.8 s after the restore).
 */
function cancelActions({ cluster, flinkJobs, now }: Observed, status: SpotifyStatus): Action[] {
  const { job } = status.components
  if (job?.state === 'Deploying') return [{ do: 'delete submitter' }]
  if (job?.state !== 'Running' || job.id === undefined) return []
  if (status.savepoint?.state === 'InProgress') return []
  if (!flinkJobs?.some(one => one.id === job.id && one.state === 'RUNNING')) return []
  if (cluster.job?.savepointsDir) return [{ do: 'stop job', jobId: job.id }]
  const control: SpotifyControl = {
    ...status.control,
    name: 'job-cancel',
    state: 'InProgress',
    updateTime: timestamp(now),
  }
  return [
    { do: 'write status', status: { ...status, control } },
    { do: 'cancel job', jobId: job.id },
  ]
}

/** trySuspendJob: a savepoint that cancels the job, asked for again 10 s after one that failed. */
function suspend(observed: Observed, { components, savepoint }: SpotifyStatus): Action[] {
  const spec = observed.cluster.job
  if (spec?.savepointsDir === undefined || components.job?.id === undefined) return []
  if (!spec.takeSavepointOnUpdate) return []
  const asked = savepoint?.triggerReason === 'update' && savepoint.jobID === components.job.id
  if (savepoint?.state === 'InProgress') return []
  if (asked && savepoint.state === 'Succeeded') return []
  if (asked && observed.now - Date.parse(savepoint.requestTime) < observed.limits.retryMs) return []
  return [{ do: 'trigger savepoint', reason: 'update', cancelJob: true }]
}

/** shouldTakeSavepoint: no guard on a failed attempt, so a generation that fails is tried again with each status write. */
function savepointReason(
  observed: Observed,
  { components: { job }, savepoint }: SpotifyStatus,
): string | undefined {
  const { cluster, now, limits } = observed
  const spec = cluster.job
  if (spec?.savepointsDir === undefined || savepoint?.state === 'InProgress') return undefined
  if (cluster.userControl === 'savepoint') return 'user requested'
  if (spec.savepointGeneration > (job?.savepointGeneration ?? 0)) return 'user requested'
  if (spec.autoSavepointSeconds === undefined) return undefined
  const failed = savepoint?.state === 'Failed' || savepoint?.state === 'TriggerFailed'
  if (failed && savepoint.triggerReason === 'scheduled') {
    return now > Date.parse(savepoint.requestTime) + limits.retryMs ? 'scheduled' : undefined
  }
  const since = Date.parse(job?.savepointTime ?? job?.startTime ?? '')
  return now > since + spec.autoSavepointSeconds * limits.secondMs ? 'scheduled' : undefined
}

/** updateJobDeployStatus, then the submitter. A submitter that is still at work after a failure is left to finish. */
function deploy(observed: Observed, status: SpotifyStatus): Action[] {
  const old = status.components.job as SpotifyJob
  const fromSavepoint = fromSavepointOf(observed, old)
  const { startTime: _started, completionTime: _completed, fromSavepoint: _from, ...kept } = old
  const job: SpotifyJob = {
    ...kept,
    ...(jobFailed(old) && { state: 'Deploying' }),
    deployTime: timestamp(observed.now),
    ...(fromSavepoint && { fromSavepoint }),
    ...(fromSavepoint && old.savepointLocation && { savepointLocation: fromSavepoint }),
  }
  const write: Action = {
    do: 'write status',
    status: { ...status, components: { ...status.components, job } },
  }
  if (jobFailed(old) && observed.submitter?.state === 'active') return [write]
  return [write, { do: 'delete submitter' }, { do: 'create submitter', fromSavepoint }]
}

/** flinkcluster_converter.go convertFromSavepoint. */
function fromSavepointOf(observed: Observed, job: SpotifyJob): string {
  const spec = observed.cluster.job?.fromSavepoint ?? ''
  if (updateStateOf(observed) !== 'none' && spec.trim() !== '') return spec
  return job.savepointLocation ?? job.fromSavepoint ?? spec
}
