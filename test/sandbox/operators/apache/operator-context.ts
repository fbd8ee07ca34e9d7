import type { KubeApi } from '../../kubernetes/api.ts'
import type { Features } from './features.ts'

/** What every pass of the operator works with. */
export interface ApacheOperator {
  readonly api: KubeApi
  readonly features: Features
  /** Not switched off by kubernetes.operator.snapshot.resource.enabled. */
  readonly snapshots: boolean
  readonly loopMs: number
  readonly restTimeoutMs: number
  /** kubernetes.operator.savepoint.trigger.grace-period, one minute in reality. */
  readonly graceMs: number
  /** How long one second of the configuration lasts. */
  readonly secondMs: number
  /** By uid: when a periodic savepoint was last triggered (SnapshotTriggerTimestampStore.java). */
  readonly periodicAt: Map<string, number>
  /** Aborted when the operator stops. */
  readonly stopped: AbortSignal
}
