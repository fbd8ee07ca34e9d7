import { allUpdated, type Observed } from '../observed.ts'
import { jobActive, jobStopped, type SpotifyJob, type SpotifyStatus } from './status.ts'

export type UpdateState = 'none' | 'preparing' | 'in progress' | 'finished'

/** spotify/flink-on-k8s-operator controllers/flinkcluster/flinkcluster_util.go getUpdateState. */
export function updateStateOf(observed: Observed): UpdateState {
  const { revision, components } = recordedStatus(observed)
  if (revision.nextRevision === undefined || revision.currentRevision === revision.nextRevision) return 'none'
  if (!updateReady(observed, components.job)) return 'preparing'
  const replaced = allUpdated(observed) && !jobActive(components.job)
  return replaced && components.job?.deployTime ? 'finished' : 'in progress'
}

/** status as the object has it. */
export function recordedStatus({ cluster }: Observed): SpotifyStatus {
  const status = cluster.status as Partial<SpotifyStatus>
  return { ...status, components: status.components ?? {}, revision: status.revision ?? {} }
}

/** apis/flinkcluster/v1beta1/flinkcluster_types_util.go UpdateReady: with fromSavepoint set, at once and without a savepoint. */
function updateReady({ cluster, now }: Observed, job: SpotifyJob | undefined): boolean {
  const spec = cluster.job
  if (spec === undefined || job === undefined || spec.fromSavepoint.trim() !== '') return true
  if (jobActive(job)) {
    return spec.takeSavepointOnUpdate ? job.finalSavepoint === true : savepointIsUpToDate(job, spec, now)
  }
  return jobStopped(job) ? savepointIsUpToDate(job, spec, now) : true
}

/** types_util.go IsSavepointUpToDate: the final one, or young enough when the job stopped (or now). */
export function savepointIsUpToDate(
  job: SpotifyJob,
  spec: { readonly maxStateAgeToRestoreSeconds: number | undefined },
  now: number,
): boolean {
  if (job.finalSavepoint) return true
  if (spec.maxStateAgeToRestoreSeconds === undefined || !job.savepointLocation || !job.savepointTime)
    return false
  const compared = jobStopped(job) && job.completionTime ? Date.parse(job.completionTime) : now
  return compared - Date.parse(job.savepointTime) < spec.maxStateAgeToRestoreSeconds * 1000
}
