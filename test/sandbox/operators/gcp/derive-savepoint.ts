import { timestamp } from '../cluster.ts'
import type { Observed } from '../observed.ts'
import { type GcpSavepoint, type GcpStatus, jobStopped } from './status.ts'
import { savepointIsFresh, updateStateOf } from './update-state.ts'

const postponed =
  'Failed to take savepoint for update. The update process is being postponed until a savepoint is available. '

/** status.savepoint as it goes on: done, failed, or given up. */
export function deriveSavepoint(observed: Observed, recorded: GcpStatus): GcpSavepoint | undefined {
  const old = recorded.savepoint
  if (old === undefined || !isOpen(old)) return old
  if (old.state === 'InProgress' && observed.savepoint?.is === 'done') return { ...old, state: 'Succeeded' }
  const message = failureOf(observed, recorded, old)
  if (message === undefined) return old
  const prefix = old.triggerReason === 'update' ? postponed : ''
  return { ...old, state: 'Failed', message: prefix + message }
}

function isOpen({ state }: GcpSavepoint): boolean {
  return state === 'NotTriggered' || state === 'InProgress'
}

function failureOf(observed: Observed, recorded: GcpStatus, old: GcpSavepoint): string | undefined {
  const { savepoint, flinkJobs, submitter } = observed
  if (old.state === 'InProgress' && savepoint?.is === 'failed')
    return cut(`Savepoint error: ${savepoint.stackTrace}`)
  const job = recorded.components.job
  const jobId = submitter?.jobId ?? job?.id
  if (old.triggerTime && observed.savepointAgeMs > observed.limits.savepointMs)
    return 'Timed out taking savepoint.'
  if (jobStopped(job)) return 'Flink job is stopped.'
  if (flinkJobs === undefined) return 'Flink API is not available.'
  if (jobId === undefined) return 'Flink job is not submitted or identified.'
  if (old.triggerID && jobId !== old.jobID) return 'Savepoint triggered Flink job is lost.'
  return undefined
}

/** 1024 characters and three dots: the cause is always beyond them (seen on tag -9). */
export function cut(message: string): string {
  return message.length > 1024 ? `${message.slice(0, 1024)}...` : message
}

/** The savepoint that an update insists on where none is younger than five minutes. */
export function savepointForUpdate(observed: Observed, recorded: GcpStatus): GcpSavepoint | undefined {
  if (updateStateOf(observed) !== 'stopping job' || savepointIsFresh(observed)) return undefined
  const { savepoint, components } = recorded
  if (components.job?.state !== 'Running' || (savepoint && isOpen(savepoint))) return undefined
  if (observed.cluster.job?.savepointsDir === undefined) return undefined
  const waited = savepoint ? observed.now - Date.parse(savepoint.requestTime) : Number.POSITIVE_INFINITY
  return waited < observed.limits.retryMs ? undefined : requestedSavepoint(observed, 'update')
}

/** NotTriggered drops the old trigger id and message (util.go getRequestedSavepointStatus). */
export function requestedSavepoint(observed: Observed, triggerReason: string): GcpSavepoint {
  return { state: 'NotTriggered', triggerReason, requestTime: timestamp(observed.now) }
}
