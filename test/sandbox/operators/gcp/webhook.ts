import type { FlinkCluster } from '../cluster.ts'
import type { Refusal } from '../refusal.ts'
import {
  checkCancelRequested,
  checkControl,
  checkCreate,
  checkJobUpdate,
  checkSavepointGeneration,
} from '../webhook-rules.ts'

/** Lost is not caught here; the operator ignores the request later (seen on tag -9). */
const dialect = {
  busyControl: 'Progressing',
  stoppedStates: ['Succeeded', 'Failed', 'Cancelled'],
  cancelRefusedWith: 403,
}

/**
 * GoogleCloudPlatform/flink-on-k8s-operator api/v1beta1/flinkcluster_validate.go ValidateUpdate, tag v1beta1-9: every
 * update is looked at, also one of a label alone.
 */
export function reviewUpdate(old: FlinkCluster, next: FlinkCluster): Refusal | undefined {
  const refused = checkControl(dialect, old, next)
  if (refused) return refused
  for (const verdict of [checkCancelRequested(old, next), checkSavepointGeneration(old, next)]) {
    if (verdict) return verdict === 'accepted' ? undefined : verdict
  }
  return checkJobUpdate(old, next) ?? checkCreate(next)
}

export const reviewCreate = checkCreate
