import type { ApacheDialectName } from './apache/features.ts'
import type { FlinkCluster } from './cluster.ts'
import type { SubmitterKind } from './components.ts'
import type { Action, Observed } from './observed.ts'
import type { Version } from './paths.ts'

/** What Flink answered to POST …/savepoints. */
export type TriggerAnswer = { readonly triggerId: string } | { readonly error: string }

/** The operators of FlinkCluster. */
export type ClusterDialectName = 'gcp-v1alpha1' | 'gcp-2' | 'gcp-9' | 'spotify'

/** The operators that are simulated; the Apache operator has a kind of job more than one. */
export type DialectName = ClusterDialectName | ApacheDialectName

/** How one operator differs from the others: pure functions over statuses. */
export interface Dialect<Status extends object = object> {
  readonly name: ClusterDialectName
  readonly version: Version
  readonly submitter: SubmitterKind
  /** The id of the savepoint whose progress has to be asked for, if status shows one. */
  savepointInProgress(status: Status): { readonly jobId: string; readonly triggerId: string } | undefined
  /** The status that follows from what is observed, without lastUpdateTime. */
  derive(observed: Observed): Status
  /** What to do where the status needs no change. */
  decide(observed: Observed): readonly Action[]
  /** The status after a savepoint was asked for. */
  triggered(observed: Observed, reason: string, answer: TriggerAnswer): Status
  /** Is the annotation to be removed after this status was written? */
  controlIsFinished(cluster: FlinkCluster, status: Status): boolean
  /** spec fields of the job that are no part of a revision; undefined: the operator keeps no revisions. */
  readonly unrevisedJobFields: readonly string[] | undefined
}
