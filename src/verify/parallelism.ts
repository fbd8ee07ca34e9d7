import type { VerificationCheck, VerifiedOperator } from '../domain/verification.ts'
import type { Demands } from '../operators/job-operator.ts'

export interface ComparedParallelism {
  readonly operators: readonly VerifiedOperator[]
  readonly check: VerificationCheck
}

type Doubt = { readonly result: 'Fails' | 'Unknown'; readonly message: string }

/**
 * State has as many key groups as its operator's maximum was, and can be given to no more subtasks (flink-runtime
 * StateAssignmentOperation.checkParallelismPreconditions); a maximum that the job sets itself has to be the same
 * (Checkpoints.loadAndValidateCheckpoint).
 */
export function compareParallelism(
  operators: readonly VerifiedOperator[],
  demands: Pick<Demands, 'parallelism' | 'maxParallelism'>,
): ComparedParallelism {
  const doubts = operators.map(operator => doubtOf(operator, demands))
  const failing = doubts.filter(doubt => doubt?.result === 'Fails')
  const unknown = doubts.filter(doubt => doubt?.result === 'Unknown')
  const [first] = [...failing, ...unknown]
  return {
    operators: operators.map((operator, at) => withMessage(operator, doubts[at])),
    check: first
      ? {
          check: 'Parallelism',
          result: first.result,
          message: summary(first, failing.length || unknown.length),
        }
      : { check: 'Parallelism', result: 'Holds', message: holds(operators, demands) },
  }
}

function doubtOf(
  { outcome, hasState, savepoint, job }: VerifiedOperator,
  demands: Pick<Demands, 'parallelism' | 'maxParallelism'>,
): Doubt | undefined {
  const saved = savepoint?.maxParallelism
  if (outcome === 'Dropped' || saved === undefined || saved <= 0) return undefined
  const { parallelism } = job ?? {}
  if (hasState && parallelism !== undefined && parallelism > saved)
    return {
      result: 'Fails',
      message: `its parallelism of ${parallelism} is above the ${saved} that its state can be spread over`,
    }
  return (
    (job?.maxParallelism === undefined ? undefined : changed(job.maxParallelism, saved, demands)) ??
    (hasState && parallelism === undefined ? declared(saved, demands) : undefined)
  )
}

/** Whether the job sets its maximum itself, or Flink chose it and takes the savepoint's instead, is not told. */
function changed(
  inJob: number,
  saved: number,
  { maxParallelism }: Pick<Demands, 'maxParallelism'>,
): Doubt | undefined {
  if (inJob <= 0 || inJob === saved) return undefined
  const differ = `its maximum parallelism is ${saved} in the savepoint and ${inJob} in the job`
  if (maxParallelism === inJob)
    return { result: 'Fails', message: `${differ}, which sets it (pipeline.max-parallelism)` }
  return { result: 'Unknown', message: `${differ}: Flink takes the savepoint's unless the job sets its own` }
}

/** Without a running job there is only what is declared for all of it, from which an operator may differ (the maximum of one that never is parallel is 1). */
function declared(
  saved: number,
  { parallelism, maxParallelism }: Pick<Demands, 'parallelism' | 'maxParallelism'>,
): Doubt | undefined {
  if (saved === 1) return undefined
  if (maxParallelism !== undefined && maxParallelism !== saved)
    return {
      result: 'Fails',
      message: `its maximum parallelism is ${saved} in the savepoint, and the job sets ${maxParallelism} (pipeline.max-parallelism)`,
    }
  if (parallelism === undefined || parallelism <= saved) return undefined
  return {
    result: 'Unknown',
    message: `the parallelism of the job, ${parallelism}, is above the ${saved} that its state can be spread over, unless the operator has its own`,
  }
}

function withMessage(operator: VerifiedOperator, doubt: Doubt | undefined): VerifiedOperator {
  if (!doubt) return operator
  const all = operator.message === undefined ? doubt.message : `${operator.message}; ${doubt.message}`
  return { ...operator, message: all }
}

function summary({ message }: Doubt, number: number): string {
  return number === 1 ? `of 1 operator: ${message}` : `of ${number} operators; of the first: ${message}`
}

function holds(
  operators: readonly VerifiedOperator[],
  { parallelism }: Pick<Demands, 'parallelism'>,
): string {
  const known = operators.some(({ outcome, job }) => outcome === 'Matched' && job?.parallelism !== undefined)
  if (known || parallelism !== undefined) return 'no operator is more parallel than its state allows'
  return 'the savepoint says nothing against it'
}
