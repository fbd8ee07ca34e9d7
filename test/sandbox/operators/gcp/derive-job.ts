import { timestamp } from '../cluster.ts'
import type { Observed } from '../observed.ts'
import { type GcpJob, type GcpJobState, type GcpStatus, jobStopped } from './status.ts'
import { updateStateOf } from './update-state.ts'

/** components.job of the next status; undefined until the first submitter is created. */
export function deriveJob(observed: Observed, recorded: GcpStatus): GcpJob | undefined {
  const old = recorded.components.job
  if (old === undefined) return undefined
  const job = withState(observed, old)
  if (observed.savepoint?.is !== 'done') return job
  // One write for all of it; any savepoint counts, also one that nobody asked for by generation (getJobStatus).
  return {
    ...job,
    savepointGeneration: (job.savepointGeneration ?? 0) + 1,
    savepointLocation: observed.savepoint.location,
    lastSavepointTriggerID: recorded.savepoint?.triggerID ?? '',
    lastSavepointTime: timestamp(observed.now),
  }
}

function withState(observed: Observed, old: GcpJob): GcpJob {
  if (updateStateOf(observed) === 'updating') {
    const { id: _id, restartCount: _count, ...kept } = old
    return { ...kept, state: 'Updating' }
  }
  if (old.state === 'Updating' || jobStopped(old)) return old
  const id = observed.submitter?.jobId ?? old.id
  const flinkJob = observed.flinkJobs?.find(job => job.id === id)
  if (flinkJob) return { ...old, id: flinkJob.id, state: stateOfFlinkJob(flinkJob.state) }
  if (old.state === 'Pending') {
    // A savepoint that Flink refuses: Failed with an empty id, and no reason in any field (seen on tag -9).
    return observed.submitter?.state === 'failed' ? { ...old, state: 'Failed' } : old
  }
  // An unreachable JobManager changes nothing; one that answers and does not know the job has lost it.
  return observed.flinkJobs ? { ...old, state: 'Lost' } : old
}

function stateOfFlinkJob(state: string): GcpJobState {
  switch (state) {
    case 'FINISHED':
      return 'Succeeded'
    case 'FAILED':
      return 'Failed'
    case 'CANCELED':
      return 'Cancelled'
    case 'INITIALIZING':
    case 'CREATED':
      return 'Pending'
    default:
      return 'Running'
  }
}
