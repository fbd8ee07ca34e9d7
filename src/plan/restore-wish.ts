import type { JobFacts } from '../domain/job.ts'
import type { RestoreTarget } from '../domain/printable.ts'
import type { Resource } from '../domain/resource.ts'
import type { OperatorName } from '../operators/flink-cluster/operator.ts'
import type { RestoreInPlace } from '../operators/flink-cluster/restore-state.ts'

/** What a plan is made from: the job as it is, what it is to become, and what was said on the command line. */
export interface RestoreWish {
  readonly resource: Resource
  readonly facts: JobFacts
  readonly operator: OperatorName | undefined
  readonly target: RestoreTarget
  readonly inPlace: RestoreInPlace
  /** A savepoint of the running job is taken first. */
  readonly safety: boolean
  readonly allowUnknownLocation: boolean
  /** Epoch ms. */
  readonly now: number
}
