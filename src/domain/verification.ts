import type { PlannedJob } from './plan.ts'
import type { RestoreTarget } from './savepoint.ts'

/** Would this savepoint start this job? What `verify` prints. What is not known is absent. */
export interface Verification {
  readonly job: PlannedJob
  /** Absent: the job has no restart point. */
  readonly savepoint?: RestoreTarget
  /** Fits: every check holds. DoesNotFit: one fails. Unknown: none fails, and of one it could not be told. */
  readonly result: 'Fits' | 'DoesNotFit' | 'Unknown'
  readonly checks: readonly VerificationCheck[]
  /** What is no reason against it, and may surprise, a sentence each. */
  readonly warnings: readonly string[]
  /** Of the savepoint, then those that only the job has. */
  readonly operators: readonly VerifiedOperator[]
  /** Who told which operators the job has. */
  readonly operatorsFrom?: OperatorsFrom
  readonly formatVersion?: number
  /** Of the job. */
  readonly flinkVersion?: string
}

export interface VerificationCheck {
  readonly check: 'Metadata' | 'Version' | 'Operators' | 'Parallelism' | 'Files'
  readonly result: 'Holds' | 'Fails' | 'Unknown'
  /** A sentence. */
  readonly message: string
}

export interface OperatorsFrom {
  /** checkpoint: one that the running job has completed. savepoint: the one of --against. vertices: Flink's REST API, which does not tell of operators that are chained behind others. */
  readonly source: 'checkpoint' | 'savepoint' | 'uids' | 'vertices'
  readonly location?: string
}

export interface VerifiedOperator {
  /** 32 hex characters. */
  readonly id: string
  readonly name?: string
  readonly uid?: string
  /** New: only in the job, where it starts empty. Dropped: only in the savepoint. Unknown: in the savepoint, and perhaps in the job. */
  readonly outcome: 'Matched' | 'New' | 'Dropped' | 'Unknown'
  /** In the savepoint. */
  readonly hasState?: boolean
  readonly stateBytes?: number
  readonly savepoint?: OperatorWidth
  readonly job?: OperatorWidth
  /** What is wrong with it, or not known. */
  readonly message?: string
}

export interface OperatorWidth {
  readonly parallelism?: number
  readonly maxParallelism?: number
}
