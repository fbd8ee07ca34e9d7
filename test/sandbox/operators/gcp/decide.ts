import { cleanupOf } from '../cluster-state.ts'
import type { Action, Observed } from '../observed.ts'
import { type GcpJob, type GcpStatus, jobStopped } from './status.ts'
import { recordedStatus, savepointIsFresh, updateStateOf } from './update-state.ts'

/** GoogleCloudPlatform/flink-on-k8s-operator controllers/flinkcluster_reconciler.go, tag v1beta1-9. */
export function decide(observed: Observed): readonly Action[] {
  const status = recordedStatus(observed)
  if (observed.cluster.job === undefined) return [{ do: 'make components', recreate: false }]
  const updateState = updateStateOf(observed)
  if (updateState === 'none') {
    const cleanup = cleanupActions(observed, status)
    if (cleanup) return cleanup
  }
  // Nothing is replaced while the old job is still being stopped.
  const makes: Action[] =
    updateState === 'stopping job' ? [] : [{ do: 'make components', recreate: updateState === 'updating' }]
  return [...makes, ...jobActions(observed, status)]
}

function cleanupActions({ cluster }: Observed, status: GcpStatus): Action[] | undefined {
  const state = status.components.job?.state
  if (cluster.job === undefined) return undefined
  if (state !== 'Succeeded' && state !== 'Failed' && state !== 'Cancelled') return undefined
  if (state === 'Failed' && cluster.job.restartPolicy === 'FromSavepointOnFailure') return undefined
  switch (cleanupOf(cluster.job, state)) {
    case 'DeleteCluster':
      return [{ do: 'delete components' }]
    case 'DeleteTaskManager':
      return [{ do: 'delete TaskManager' }]
    case 'KeepCluster':
      return undefined
  }
}

function jobActions(observed: Observed, status: GcpStatus): Action[] {
  const updateState = updateStateOf(observed)
  const job = status.components.job
  if (observed.cluster.job?.cancelRequested) return cancelRequested(status)
  if (job === undefined || (job.state === 'Updating' && updateState === 'none'))
    return deploy(observed, status)
  if (updateState === 'none' && shouldRestart(observed, job)) return deploy(observed, status)
  if (job.state !== 'Running' || job.id === undefined) return []
  const stop = stopForUpdate(observed, status, job.id) ?? stopForControl(observed, status, job.id)
  if (stop) return stop
  const reason = savepointReason(observed, status)
  return reason ? [{ do: 'trigger savepoint', reason, cancelJob: false }] : []
}

function stopForUpdate(observed: Observed, { savepoint }: GcpStatus, jobId: string): Action[] | undefined {
  if (updateStateOf(observed) !== 'stopping job' || !savepointIsFresh(observed)) return undefined
  const open = savepoint?.state === 'NotTriggered' || savepoint?.state === 'InProgress'
  return open ? undefined : [{ do: 'cancel job', jobId }]
}

function stopForControl(
  observed: Observed,
  { control, savepoint }: GcpStatus,
  jobId: string,
): Action[] | undefined {
  if (control?.name !== 'job-cancel' || control.state !== 'Progressing') return undefined
  // Two steps, not stop-with-savepoint: records go on between them (cancelFlinkJobAsync).
  const without = savepoint?.state === 'NotTriggered' && observed.cluster.job?.savepointsDir === undefined
  return savepoint?.state === 'Succeeded' || without ? [{ do: 'cancel job', jobId }] : undefined
}

/**
 * cancelFlinkJobAsync as spec.job.cancelRequested reaches it: without a savepoint of its own where the last one succeeded,
 * and with a crash where there never was one (seen on tag -9: the operator's process dies, and its webhook with it; here
 * this object alone is given up).
 */
function cancelRequested({ components: { job }, savepoint }: GcpStatus): Action[] {
  if (job?.state !== 'Running' || job.id === undefined) return []
  switch (savepoint?.state) {
    case 'InProgress':
      return []
    case 'NotTriggered':
      return [{ do: 'trigger savepoint', reason: 'job cancel', cancelJob: false }]
    case 'Succeeded':
      return [{ do: 'cancel job', jobId: job.id }, { do: 'delete submitter' }]
    default:
      throw new Error(savepoint ? 'unexpected savepoint status' : 'nil pointer dereference')
  }
}

/** Why a savepoint is to be taken now, if it is (shouldTakeSavepoint). */
function savepointReason(
  { cluster, now, limits }: Observed,
  { components, savepoint }: GcpStatus,
): string | undefined {
  const spec = cluster.job
  if (spec?.savepointsDir === undefined || jobStopped(components.job) || savepoint?.state === 'InProgress')
    return undefined
  if (savepoint?.state === 'NotTriggered') return savepoint.triggerReason
  // Inert before the first savepoint and after one that failed: the status must be there and good (seen on tag -9).
  const good = savepoint !== undefined && savepoint.state !== 'Failed' && savepoint.state !== 'TriggerFailed'
  if (spec.savepointGeneration > (components.job?.savepointGeneration ?? 0) && good) return 'user requested'
  if (spec.autoSavepointSeconds === undefined) return undefined
  const last = components.job?.lastSavepointTime
  // No pause after a failure: it is tried again with each status write (seen on tag -9: 7 failures in 2 s).
  const due = last === undefined || now > Date.parse(last) + spec.autoSavepointSeconds * limits.secondMs
  return due ? 'scheduled' : undefined
}

/** Failed or Lost, and a savepoint to start from (util.go shouldRestartJob). */
function shouldRestart({ cluster }: Observed, job: GcpJob): boolean {
  if (cluster.job?.restartPolicy !== 'FromSavepointOnFailure') return false
  return (job.state === 'Failed' || job.state === 'Lost') && !!job.savepointLocation
}

/**
 * A new submitter. The id of a job that failed is kept, and the kept JobManager still lists that job as FAILED: the next
 * pass finds it Failed again and deletes the submitter before it could submit, for ever (seen on tag -9).
 */
function deploy(observed: Observed, status: GcpStatus): Action[] {
  const old = status.components.job
  const fromSavepoint = fromSavepointOf(observed, old)
  const job: GcpJob = {
    ...old,
    state: 'Pending',
    ...(fromSavepoint && { fromSavepoint }),
    ...(fromSavepoint && old?.savepointLocation && { savepointLocation: fromSavepoint }),
    ...(old?.state === 'Failed' && { restartCount: (old.restartCount ?? 0) + 1 }),
  }
  return [
    { do: 'delete submitter' },
    { do: 'write status', status: { ...status, components: { ...status.components, job } } },
    { do: 'create submitter', fromSavepoint },
  ]
}

/** controllers/flinkcluster_converter.go convertFromSavepoint, tag v1beta1-9. */
function fromSavepointOf({ cluster }: Observed, job: GcpJob | undefined): string {
  const spec = cluster.job?.fromSavepoint ?? ''
  if (job === undefined || (job.state === 'Updating' && spec !== '')) return spec
  return job.savepointLocation ?? job.fromSavepoint ?? ''
}
