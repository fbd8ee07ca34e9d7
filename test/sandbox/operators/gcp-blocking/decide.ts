import { timestamp } from '../cluster.ts'
import { cleanupOf } from '../cluster-state.ts'
import type { Action, Observed, TakeSavepoint } from '../observed.ts'
import { type BlockingJob, recordedStatus, unendedJobs } from './status.ts'

/** GoogleCloudPlatform/flink-on-k8s-operator controllers/flinkcluster_reconciler.go, v1alpha1 to tag v1beta1-2. */
export function decide(observed: Observed): readonly Action[] {
  const { job } = recordedStatus(observed).components
  return (
    cleanupActions(observed, job) ?? [
      { do: 'make components', recreate: false },
      ...(observed.cluster.job ? jobActions(observed, job) : []),
    ]
  )
}

function cleanupActions(observed: Observed, job: BlockingJob | undefined): Action[] | undefined {
  const { cluster, jobManager, service } = observed
  if (cluster.job === undefined || job === undefined || !isStopped(job.state)) return undefined
  switch (cleanupOf(cluster.job, job.state)) {
    case 'DeleteCluster':
      // The TaskManager was still there when the JobManager was seen to be gone: PartiallyStopped (seen on tag -2).
      return [{ do: jobManager || service ? 'delete JobManager' : 'delete TaskManager' }]
    case 'DeleteTaskManager':
      return [{ do: 'delete TaskManager' }]
    case 'KeepCluster':
      return undefined
  }
}

function isStopped(state: BlockingJob['state']): state is 'Succeeded' | 'Failed' | 'Cancelled' {
  return state === 'Succeeded' || state === 'Failed' || state === 'Cancelled'
}

function jobActions(observed: Observed, job: BlockingJob | undefined): Action[] {
  const { cluster, submitter, flinkJobs } = observed
  const running = unendedJobs(observed)
  const cancelled = running.map(({ id }): Action => ({ do: 'cancel job', jobId: id }))
  if (cluster.job?.cancelRequested) return submitter ? cancel(observed, job) : []
  if (submitter === undefined) {
    // An answer of Flink, be it an empty list, says that a job can be submitted; one that nobody expects is cancelled first.
    if (flinkJobs === undefined) return []
    if (cancelled.length > 0) return cancelled
    return [{ do: 'create submitter', fromSavepoint: fromSavepointOf(observed, job) }]
  }
  // The next pass makes a new submitter.
  if (restarts(observed, job)) return [...cancelled, { do: 'delete submitter' }]
  return job && job.id !== '' && isDue(observed, job) ? [take(observed, false)] : []
}

/** Without savepointsDir it is cancelled all the same; a savepoint that fails keeps the job running, and is tried for ever. */
function cancel(observed: Observed, job: BlockingJob | undefined): Action[] {
  const [only, ...others] = unendedJobs(observed)
  const end: Action[] = [{ do: 'delete submitter' }]
  if (!job || job.id === '' || only === undefined || others.length > 0) return end
  const saved = canTake(observed, job) ? [take(observed, true)] : []
  return [...saved, { do: 'cancel job', jobId: only.id }, ...end]
}

function canTake({ cluster }: Observed, job: BlockingJob): boolean {
  return cluster.job?.savepointsDir !== undefined && !isStopped(job.state)
}

/** shouldTakeSavepoint: there is no guard on an attempt that failed, and no trace of one. */
function isDue(observed: Observed, job: BlockingJob): boolean {
  const { cluster, now, limits } = observed
  const spec = cluster.job
  if (spec === undefined || !canTake(observed, job)) return false
  if (spec.savepointGeneration > (job.savepointGeneration ?? 0)) return true
  if (spec.autoSavepointSeconds === undefined) return false
  const last = job.lastSavepointTime
  return last === undefined || now > Date.parse(last) + spec.autoSavepointSeconds * limits.secondMs
}

function take(observed: Observed, required: boolean): TakeSavepoint {
  const status = recordedStatus(observed)
  return {
    do: 'take savepoint',
    required,
    recorded: ({ triggerId, location }, now) => {
      const job = status.components.job && {
        ...status.components.job,
        savepointGeneration: (status.components.job.savepointGeneration ?? 0) + 1,
        lastSavepointTriggerID: triggerId,
        savepointLocation: location,
        lastSavepointTime: timestamp(now),
      }
      return { ...status, components: { ...status.components, job } }
    },
  }
}

function restarts({ cluster }: Observed, job: BlockingJob | undefined): boolean {
  const wanted = cluster.job?.restartPolicy === 'FromSavepointOnFailure'
  return wanted && job?.state === 'Failed' && !!job.savepointLocation
}

/** controllers/flinkcluster_converter.go getDesiredJob: spec.job.fromSavepoint, unless it is a restart. */
function fromSavepointOf(observed: Observed, job: BlockingJob | undefined): string {
  return (restarts(observed, job) && job?.savepointLocation) || (observed.cluster.job?.fromSavepoint ?? '')
}
