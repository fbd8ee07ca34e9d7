import type { FlinkCluster } from '../cluster.ts'
import { forbidden, type Refusal } from '../refusal.ts'
import { cancelIsTakenBack, checkGeneration, onlyThisChanged } from '../webhook-rules.ts'

/**
 * GoogleCloudPlatform/flink-on-k8s-operator api/v1beta1/flinkcluster_validate.go ValidateUpdate, tag v1beta1-2, and the same in
 * v1alpha1: one field may change, and nothing else ever (seen). Annotations and labels are not looked at.
 */
export function reviewUpdate(old: FlinkCluster, next: FlinkCluster): Refusal | undefined {
  if (cancelIsTakenBack(old, next)) {
    return forbidden('updating cancelRequested from true to false is not allowed')
  }
  const generation = checkGeneration(old, next)
  if (generation) return generation
  const allowed = ['cancelRequested', 'savepointGeneration'].some(field => onlyThisChanged(field, old, next))
  return allowed ? undefined : forbidden('the cluster properties are immutable')
}
