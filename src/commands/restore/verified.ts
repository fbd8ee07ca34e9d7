import { type Failure, failure } from '../../domain/failure.ts'
import type { JobFacts } from '../../domain/job.ts'
import type { World } from '../../domain/ports.ts'
import type { PlannedJob, RestorePlan, RestoreTarget } from '../../domain/printable.ts'
import { type Resource, shortName } from '../../domain/resource.ts'
import type { Verification } from '../../domain/verification.ts'
import type { JobOperator } from '../../operators/job-operator.ts'
import { reasonsOf } from '../../verify/verification.ts'
import { confirmPlan } from '../job/confirm-plan.ts'
import { look, type OperatorsWish } from '../verify/look.ts'
import type { RestoreOptions } from './options.ts'

/** A job that is to be started from a savepoint. */
export interface ToVerify {
  readonly job: PlannedJob
  readonly operator: JobOperator
  /** As it will be started. */
  readonly resource: Resource
  /** Of the job that is there: its Flink is asked, and its pod looked into. */
  readonly facts: JobFacts
  readonly target: RestoreTarget
  readonly allowNonRestoredState: boolean
  readonly operators: OperatorsWish
}

/** What the look at the savepoint says to a plan. */
export interface Finding {
  readonly risks: readonly string[]
  /** It is known that the savepoint would not start the job: who cannot be asked again does not do it. */
  readonly against?: Failure
}

export type Looking = Pick<RestoreOptions, 'verify' | 'verifyLimitMs' | 'yes' | 'dryRun'>

/**
 * Looks whether the savepoint would start the job, in a short time. What is not known holds nobody up: a restore is what
 * people do when something else is broken already. Throws where it would not, and nobody is to be asked.
 */
export async function lookBefore(world: World, asked: ToVerify, options: Looking): Promise<Finding> {
  if (!options.verify) return { risks: [] }
  const { operator, resource, target, verifyLimitMs, ...more } = { ...asked, ...options }
  const { demands } = await operator.verifying()
  const { verification, absent } = await look(world, {
    ...{ job: more.job, facts: more.facts, operators: more.operators },
    allowNonRestoredState: more.allowNonRestoredState,
    savepoint: target,
    demands: demands(resource),
    files: true,
    reach: 'proxy',
    limitMs: verifyLimitMs,
  })
  const why = reasonsOf(verification)
  const unasked = options.yes && options.dryRun === 'none'
  if (verification.result === 'Fits') return { risks: verification.warnings }
  // Whoever looks may see another place than Flink does: what is said of it is worth a line, and no reason.
  if (absent) {
    if (unasked) world.person.warn(`Warning: as seen from here, ${why}`)
    return { risks: [`as seen from here, ${why}`] }
  }
  if (verification.result === 'Unknown') {
    world.person.tell(`whether this savepoint would start ${shortName(asked.job)} is not known: ${why}`)
    return { risks: verification.warnings }
  }
  const against = refusal(asked, verification)
  if (unasked) throw against
  return { risks: [`this savepoint would not start the job: ${why}`, ...verification.warnings], against }
}

function refusal({ job, target }: ToVerify, verification: Verification): Failure {
  const lacks = verification.checks.some(({ check, result }) => check === 'Operators' && result === 'Fails')
  return failure(
    'not-asked',
    `cannot restore ${shortName(job)} from ${target.location}: it would not start: ${reasonsOf(verification)}; nothing was changed`,
    ...(lacks ? ['to leave that state behind: --allow-non-restored-state'] : []),
    'to restore it all the same: --verify=false',
  )
}

/** As `confirmPlan`; where the savepoint would not start the job, it is asked again whether that is really meant. */
export async function confirmRestore(
  world: World,
  plan: RestorePlan,
  { question, what }: { readonly question: string; readonly what: string },
  finding: Finding,
): Promise<void> {
  await confirmPlan(world, { kind: 'RestorePlan', value: plan }, question, what)
  if (!finding.against) return
  const yes = await world.person.confirm('This savepoint would not start the job. Restore it all the same?')
  if (world.interrupted.aborted) throw failure('interrupted', 'interrupted; nothing was changed')
  if (!yes) throw finding.against
}
