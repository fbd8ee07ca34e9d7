import { timestamp } from '../cluster.ts'
import type { Observed, ObservedJob } from '../observed.ts'
import {
  jobActive,
  jobFailed,
  jobStopped,
  type SpotifyJob,
  type SpotifyJobState,
  type SpotifyStatus,
} from './status.ts'
import { updateStateOf } from './update-state.ts'

/** components.job of the next status (flinkcluster_updater.go deriveJobStatus); undefined for a session cluster. */
export function deriveJob(observed: Observed, recorded: SpotifyStatus): SpotifyJob | undefined {
  if (observed.cluster.job === undefined) return undefined
  const old = recorded.components.job
  if (old === undefined) return { state: 'Pending' }
  const flinkJob = flinkJobOf(observed, old)
  const state = nextState(observed, recorded, old, flinkJob)
  const identity =
    flinkJob && state === stateOfFlinkJob(flinkJob.state) ? { id: flinkJob.id, name: flinkJob.name } : {}
  const job = withSubmitter(observed, { ...old, ...identity, state })
  return withSavepoint(observed, recorded, old.state === state ? job : withTimes(observed, old, job))
}

/** The submitter's job once it is known, else the recorded one: while a job is deployed that is the old one. */
export function flinkJobOf({ flinkJobs, submitter }: Observed, old: SpotifyJob): ObservedJob | undefined {
  const id = submitter?.jobId ?? old.id
  return flinkJobs?.find(job => job.id === id)
}

function nextState(
  observed: Observed,
  recorded: SpotifyStatus,
  old: SpotifyJob,
  flinkJob: ObservedJob | undefined,
): SpotifyJobState {
  if (updateStateOf(observed) === 'in progress' && !(old.state === 'Updating' && old.deployTime))
    return 'Updating'
  // Restarted: the new job is another one than the job that failed.
  if (jobFailed(old) && flinkJob && flinkJob.id !== old.id && restarts(observed))
    return stateOfFlinkJob(flinkJob.state)
  // A job that was stopped with a savepoint is Succeeded for a moment (seen on Spotify v0.6).
  const cancelling = observed.cluster.userControl === 'job-cancel' && recorded.control?.state === 'InProgress'
  if (old.state === 'Succeeded' && cancelling) return 'Cancelled'
  if (jobStopped(old)) return old.state
  if (!jobActive(old)) return old.deployTime ? 'Deploying' : old.state
  return flinkJob ? stateOfFlinkJob(flinkJob.state) : stateWithoutFlink(observed, old)
}

/** Flink does not know the job, or nobody could ask it. */
function stateWithoutFlink({ cluster, submitter, flinkJobs }: Observed, old: SpotifyJob): SpotifyJobState {
  // One unreachable moment ends the job: its submitter had succeeded long ago (seen on Spotify v0.6).
  if (submitter?.state === 'succeeded') return 'Succeeded'
  if (submitter?.state === 'failed') return 'Failed'
  if (cluster.userControl === 'job-cancel') return 'Cancelled'
  if (submitter !== undefined) return old.state
  return old.state === 'Deploying' || flinkJobs ? 'Lost' : old.state
}

/** types_util.go ShouldRestart, since v0.5.1: whether there is a savepoint or not. */
export function restarts({ cluster }: Observed): boolean {
  return cluster.job?.restartPolicy === 'FromSavepointOnFailure'
}

/** util.go getFlinkJobDeploymentState: everything that is not an end is Running. */
export function stateOfFlinkJob(state: string): SpotifyJobState {
  switch (state) {
    case 'FINISHED':
      return 'Succeeded'
    case 'FAILED':
      return 'Failed'
    case 'CANCELED':
      return 'Cancelled'
    case 'INITIALIZING':
    case 'CREATED':
      return 'Deploying'
    default:
      return 'Running'
  }
}

function withSubmitter({ submitter }: Observed, job: SpotifyJob): SpotifyJob {
  const { submitterExitCode: was, ...rest } = job
  if (submitter === undefined) return was === undefined || was === -1 ? rest : job
  const code = submitter.exitCode
  // The Job's name, not the pod's.
  const submitterName = submitter.name.replace(/-[^-]+$/, '')
  return { ...rest, submitterName, ...(code !== 0 && { submitterExitCode: code }) }
}

function withTimes(observed: Observed, old: SpotifyJob, job: SpotifyJob): SpotifyJob {
  if (job.state === 'Updating') {
    const { deployTime: _deployed, ...kept } = job
    return kept
  }
  if (job.state === 'Running') {
    const { completionTime: _completed, finalSavepoint: _final, ...kept } = job
    return { ...kept, startTime: timestamp(observed.now) }
  }
  if (!jobStopped(job)) return job
  const { finalSavepoint, ...rest } = job
  // When the job was lost nobody knows whether its last savepoint was its last state.
  const final = finalSavepoint && job.state !== 'Lost' ? { finalSavepoint } : {}
  return { completionTime: timestamp(observed.now), ...rest, ...final, ...failureReasons(observed, old, job) }
}

/** Written once and kept for ever after, also over later runs (seen on Spotify v0.6). */
function failureReasons({ exceptions, submitter }: Observed, old: SpotifyJob, job: SpotifyJob) {
  if (!jobFailed(job) || old.failureReasons?.length) return {}
  const reasons = [...exceptions, ...(submitter?.message ? [submitter.message] : [])]
  return reasons.length > 0 ? { failureReasons: reasons } : {}
}

function withSavepoint({ savepoint, now }: Observed, recorded: SpotifyStatus, job: SpotifyJob): SpotifyJob {
  if (savepoint?.is !== 'done') return job
  const { jobID, triggerReason } = recorded.savepoint ?? {}
  const final = jobID === job.id && (triggerReason === 'update' || triggerReason === 'job cancel')
  return {
    ...job,
    savepointGeneration: (job.savepointGeneration ?? 0) + 1,
    savepointLocation: savepoint.location,
    savepointTime: timestamp(now),
    ...(final && { finalSavepoint: true }),
  }
}
