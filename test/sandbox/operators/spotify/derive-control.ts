import { timestamp } from '../cluster.ts'
import type { Observed } from '../observed.ts'
import {
  jobStopped,
  type SpotifyControl,
  type SpotifyJob,
  type SpotifySavepoint,
  type SpotifyStatus,
} from './status.ts'

/** flinkcluster_updater.go deriveControlStatus. Requested is seen only where the last control had another name. */
export function deriveControl(
  observed: Observed,
  { control: old }: SpotifyStatus,
  job: SpotifyJob | undefined,
  savepoint: SpotifySavepoint | undefined,
): SpotifyControl | undefined {
  const { userControl } = observed.cluster
  const updateTime = timestamp(observed.now)
  if (userControl !== '' && old?.state !== 'InProgress' && old?.name !== userControl) {
    return { name: userControl, state: 'Requested', updateTime }
  }
  if (old?.state !== 'InProgress') return old
  const next = old.name === 'job-cancel' ? cancelled(old, job, savepoint) : taken(old, savepoint)
  return next.state === 'InProgress' ? old : { ...next, updateTime }
}

function taken(old: SpotifyControl, savepoint: SpotifySavepoint | undefined): SpotifyControl {
  if (savepoint === undefined) return { ...old, state: 'Failed', message: 'Aborted: savepoint not defined' }
  // Whatever the savepoint's reason was.
  if (savepoint.state === 'Succeeded') return { ...old, state: 'Succeeded' }
  // Without a message: the text is in status.savepoint alone.
  return savepoint.state !== 'InProgress' && savepoint.triggerReason === 'user requested'
    ? { ...old, state: 'Failed' }
    : old
}

function cancelled(
  old: SpotifyControl,
  job: SpotifyJob | undefined,
  savepoint: SpotifySavepoint | undefined,
): SpotifyControl {
  if (job?.state === 'Cancelled') {
    if (savepoint === undefined || savepoint.state === 'Succeeded') return { ...old, state: 'Succeeded' }
    const ours = savepoint.state !== 'InProgress' && savepoint.triggerReason === 'job cancel'
    return ours
      ? { ...old, state: 'Failed', message: 'Aborted job cancellation: failed to take savepoint.' }
      : old
  }
  if (job?.state === 'Succeeded' || !jobStopped(job)) return old
  return { ...old, state: 'Failed', message: 'Aborted job cancellation: job is stopped already.' }
}
