import type { Fields } from '../../../../src/domain/fields.ts'
import { apacheVersion, kindPath } from './kinds.ts'
import type { ApacheOperator } from './operator-context.ts'
import type { ApacheJob } from './resource.ts'

/** Does the operator keep this job's savepoints as objects? */
export function keepsSnapshots({ snapshots }: ApacheOperator, { configuration }: ApacheJob): boolean {
  return snapshots && configuration['kubernetes.operator.snapshot.resource.enabled'] !== 'false'
}

/** The FlinkStateSnapshot of a savepoint that the operator takes, or (`alreadyExists`) has taken (FlinkStateSnapshotUtils.java). */
export async function createSnapshot(
  { api }: ApacheOperator,
  { kind, namespace, name }: ApacheJob,
  trigger: 'MANUAL' | 'PERIODIC' | 'UPGRADE',
  savepoint: { readonly path: string | undefined; readonly alreadyExists: boolean },
): Promise<void> {
  const body: Fields = {
    apiVersion: apacheVersion,
    kind: 'FlinkStateSnapshot',
    metadata: {
      name: `${name}-savepoint-${trigger.toLowerCase()}-${Date.now()}`,
      namespace,
      labels: { 'snapshot.trigger-type': trigger },
    },
    spec: {
      backoffLimit: 0,
      jobReference: { kind, name },
      savepoint: { ...savepoint, disposeOnDelete: false, formatType: 'CANONICAL' },
    },
  }
  await api.create(kindPath('FlinkStateSnapshot', namespace), body)
}
