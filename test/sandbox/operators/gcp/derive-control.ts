import { timestamp } from '../cluster.ts'
import type { Observed } from '../observed.ts'
import { requestedSavepoint } from './derive-savepoint.ts'
import { type GcpControl, type GcpJob, type GcpSavepoint, type GcpStatus, jobStopped } from './status.ts'

interface ControlAndSavepoint {
  readonly control?: GcpControl
  readonly savepoint?: GcpSavepoint
}

/** status.control, and the savepoint that a new control asks for (deriveClusterStatus, "User requested control"). */
export function deriveControl(
  observed: Observed,
  recorded: GcpStatus,
  job: GcpJob | undefined,
  savepoint: GcpSavepoint | undefined,
): ControlAndSavepoint {
  const { userControl } = observed.cluster
  const old = recorded.control
  const kept = { ...(old && { control: old }), ...(savepoint && { savepoint }) }
  if (old?.state === 'Progressing') {
    return userControl === old.name ? { ...kept, control: progressed(observed, old, job, savepoint) } : kept
  }
  if (userControl === '') return kept
  return begun(observed, recorded, savepoint) ?? kept
}

function progressed(
  observed: Observed,
  old: GcpControl,
  job: GcpJob | undefined,
  savepoint: GcpSavepoint | undefined,
): GcpControl {
  const updateTime = timestamp(observed.now)
  const failed = savepoint?.state === 'Failed' || savepoint?.state === 'TriggerFailed'
  if (old.name === 'savepoint') {
    if (savepoint?.state === 'Succeeded') return { ...old, state: 'Succeeded', updateTime }
    // Without a message: the text is in status.savepoint alone.
    return failed ? { ...old, state: 'Failed', updateTime } : old
  }
  if (job?.state === 'Cancelled') return { ...old, state: 'Succeeded', updateTime }
  if (jobStopped(job)) {
    return { ...old, state: 'Failed', updateTime, message: 'Aborted job cancellation: Job is terminated.' }
  }
  if (!failed) return old
  return {
    ...old,
    state: 'Failed',
    updateTime,
    message: 'Aborted job cancellation: failed to create savepoint.',
  }
}

function begun(
  observed: Observed,
  recorded: GcpStatus,
  savepoint: GcpSavepoint | undefined,
): ControlAndSavepoint | undefined {
  const { cluster } = observed
  const control: GcpControl = {
    name: cluster.userControl,
    state: 'Progressing',
    updateTime: timestamp(observed.now),
  }
  // A job that is Lost: the request is ignored, and the annotation stays until some other status write.
  if (recorded.components.job === undefined || jobStopped(recorded.components.job)) return undefined
  if (cluster.userControl === 'savepoint') {
    if (!cluster.job?.savepointsDir) return undefined
    // Also over a savepoint in progress, which is then recorded by nobody (seen on tag -9).
    return { control, savepoint: requestedSavepoint(observed, 'user requested') }
  }
  if (cluster.userControl !== 'job-cancel') return undefined
  const open = savepoint?.state === 'NotTriggered' || savepoint?.state === 'InProgress'
  if (open) return { control, savepoint }
  return { control, savepoint: requestedSavepoint(observed, 'job cancel') }
}
