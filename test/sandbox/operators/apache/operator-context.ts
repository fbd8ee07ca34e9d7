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
  /** Looks in the moment in which a JobManager that cannot start still answers; else it sees its pod start again and again (both seen on 1.7.0). */
  readonly seesFailedStarts: boolean
  /** kubernetes.operator.savepoint.trigger.grace-period, one minute in reality. */
  readonly graceMs: number
  /** How long one second of the configuration lasts. */
  readonly secondMs: number
  /** By what and uid: when a periodic one was last triggered (SnapshotTriggerTimestampStore.java). */
  readonly periodicAt: Map<string, number>
  /** By uid: the newest checkpoint of a job that was stopped with upgradeMode last-state, in reality a ConfigMap of Flink's own. */
  readonly haMetadata: Map<string, string | undefined>
  /** Aborted when the operator stops. */
  readonly stopped: AbortSignal
}
