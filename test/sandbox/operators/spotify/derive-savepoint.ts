import type { Observed } from '../observed.ts'
import { jobStopped, type SpotifyJob, type SpotifySavepoint, type SpotifyStatus } from './status.ts'

const postponed =
  'Failed to take savepoint for update. The update process is being postponed until a savepoint is available. '

/** flinkcluster_updater.go deriveSavepointStatus: no time limit, and any error of the question is the end. */
export function deriveSavepoint(
  observed: Observed,
  recorded: SpotifyStatus,
  job: SpotifyJob | undefined,
): SpotifySavepoint | undefined {
  const old = recorded.savepoint
  if (old?.state !== 'InProgress') return old
  const { savepoint } = observed
  const stop = old.triggerReason === 'job cancel' || old.triggerReason === 'update'
  if (savepoint?.is === 'done' && (stop || !jobStopped(job))) return { ...old, state: 'Succeeded' }
  const message = failureOf(observed, old, job)
  if (message === undefined) return old
  const whole = (old.triggerReason === 'update' ? postponed : '') + message
  return { ...old, state: 'Failed', message: cut(whole) }
}

function failureOf({ savepoint, submitter }: Observed, old: SpotifySavepoint, job: SpotifyJob | undefined) {
  const reason = reasonOf(savepoint)
  if (jobStopped(job)) return `Flink job is stopped: ${reason ?? ''}`
  const id = submitter?.jobId ?? job?.id
  if (id !== old.jobID) return `Savepoint triggered Flink job is lost: ${reason ?? ''}`
  return reason
}

function reasonOf(savepoint: Observed['savepoint']): string | undefined {
  if (savepoint?.is === 'failed') return `Savepoint error: ${savepoint.stackTrace}`
  return savepoint?.is === 'unknown' ? `Failed to get savepoint status: ${savepoint.error}` : undefined
}

/** Exactly 1024 characters: the cause is always beyond them (seen on Spotify v0.6). */
export function cut(message: string): string {
  return message.slice(0, 1024)
}
