import { type FlinkCluster, sameJson } from '../cluster.ts'
import { forbidden, type Refusal } from '../refusal.ts'
import {
  checkCancelRequested,
  checkControl,
  checkCreate,
  checkJobUpdate,
  checkSavepointGeneration,
  jobState,
} from '../webhook-rules.ts'
import type { SpotifyStatus } from './status.ts'
import { savepointIsUpToDate } from './update-state.ts'

const stoppedStates = ['Succeeded', 'Cancelled', 'Failed', 'Lost', 'DeployFailed']
/** ResourceExpired for a cancel that comes too late. */
const dialect = { busyControl: 'InProgress', stoppedStates, cancelRefusedWith: 410 }

/** spotify/flink-on-k8s-operator apis/flinkcluster/v1beta1/flinkcluster_validate.go ValidateUpdate, v0.6. */
export function reviewUpdate(old: FlinkCluster, next: FlinkCluster): Refusal | undefined {
  const refused = checkControl(dialect, old, next)
  if (refused) return refused
  if (sameJson(old.spec, next.spec)) return undefined
  const cancel = checkCancelRequested(old, next)
  if (cancel && cancel !== 'accepted') return cancel
  // That it is acceptable is forgotten, so that the rules of a new job refuse it (#611).
  if (cancel) return checkCreate(next)
  const generation = checkSavepointGeneration(old, next)
  if (generation) return generation === 'accepted' ? undefined : generation
  return checkJobUpdate(old, next) ?? checkStateToStartFrom(old, next) ?? reviewCreate(next)
}

/** A stopped job, or one whose update takes no savepoint, must have a good one; fromSavepoint is good whatever it says. */
function checkStateToStartFrom(old: FlinkCluster, next: FlinkCluster): Refusal | undefined {
  const spec = next.job
  if (spec === undefined || spec.fromSavepoint.trim() !== '') return undefined
  if (spec.takeSavepointOnUpdate && !stoppedStates.includes(jobState(old))) return undefined
  const job = (old.status as Partial<SpotifyStatus>).components?.job
  if (job === undefined || savepointIsUpToDate(job, spec, Date.now())) return undefined
  const take = spec.body['takeSavepointOnUpdate'] ?? 'nil'
  const age = spec.maxStateAgeToRestoreSeconds ?? 'nil'
  return forbidden(
    `cannot update spec: taking savepoint is skipped but no up-to-date savepoint, spec.job.takeSavepointOnUpdate: ${take}, spec.job.maxStateAgeToRestoreSeconds: ${age}, job status: ${JSON.stringify(JSON.stringify(job))}`,
  )
}

export function reviewCreate(next: FlinkCluster): Refusal | undefined {
  const { job } = next
  if (job && job.maxStateAgeToRestoreSeconds === undefined) {
    if (job.restartPolicy === 'FromSavepointOnFailure') {
      return forbidden(
        'maxStateAgeToRestoreSeconds must be specified when restartPolicy is set as FromSavepointOnFailure',
      )
    }
    if (!job.takeSavepointOnUpdate) {
      return forbidden(
        'maxStateAgeToRestoreSeconds must be specified when takeSavepointOnUpdate is set as false',
      )
    }
  }
  return checkCreate(next)
}
