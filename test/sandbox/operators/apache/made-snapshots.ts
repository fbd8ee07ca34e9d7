import type { Fields } from '../../../../src/domain/fields.ts'
import { apacheVersion, kindPath } from './kinds.ts'
import type { ApacheOperator } from './operator-context.ts'
import type { ApacheJob } from './resource.ts'

/** Does the operator keep this job's savepoints as objects? */
export function keepsSnapshots({ snapshots }: ApacheOperator, { configuration }: ApacheJob): boolean {
  return snapshots && configuration['kubernetes.operator.snapshot.resource.enabled'] !== 'false'
}

type Trigger = 'MANUAL' | 'PERIODIC' | 'UPGRADE'

/** The FlinkStateSnapshot of a savepoint that the operator takes, or (`alreadyExists`) has taken (FlinkStateSnapshotUtils.java). */
export function createSnapshot(
  operator: ApacheOperator,
  job: ApacheJob,
  trigger: Trigger,
  savepoint: { readonly path: string | undefined; readonly alreadyExists: boolean },
): Promise<void> {
  const spec = { savepoint: { ...savepoint, disposeOnDelete: false, formatType: 'CANONICAL' } }
  return create(operator, job, { what: 'savepoint', trigger, spec })
}

/** That of a checkpoint. */
export function createCheckpointSnapshot(
  operator: ApacheOperator,
  job: ApacheJob,
  trigger: Trigger,
): Promise<void> {
  return create(operator, job, { what: 'checkpoint', trigger, spec: { checkpoint: {} } })
}

interface Made {
  readonly what: 'savepoint' | 'checkpoint'
  readonly trigger: Trigger
  readonly spec: Fields
}

async function create(
  { api }: ApacheOperator,
  { kind, namespace, name }: ApacheJob,
  { what, trigger, spec }: Made,
): Promise<void> {
  const body: Fields = {
    apiVersion: apacheVersion,
    kind: 'FlinkStateSnapshot',
    metadata: {
      name: `${name}-${what}-${trigger.toLowerCase()}-${Date.now()}`,
      namespace,
      labels: { 'snapshot.trigger-type': trigger },
    },
    spec: { backoffLimit: 0, jobReference: { kind, name }, ...spec },
  }
  await api.create(kindPath('FlinkStateSnapshot', namespace), body)
}
