import { type Failure, failure } from '../../domain/failure.ts'
import type { JobFacts } from '../../domain/job.ts'
import type { PlannedJob, RestorePlan } from '../../domain/plan.ts'
import type { World } from '../../domain/ports.ts'
import { type Resource, shortName } from '../../domain/resource.ts'
import type { RestoreTarget } from '../../domain/savepoint.ts'
import type { Verification } from '../../domain/verification.ts'
import type { JobOperator, RestoreWish } from '../../operators/job-operator.ts'
import { reasonsOf } from '../../verify/verification.ts'
import { confirmPlan } from '../job/confirm-plan.ts'
import type { Subject } from '../job/which-operator.ts'
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
  /** resume: from what its own stop left. */
  readonly what: 'restore' | 'resume'
  /** It may mount other volumes than the job whose pod is looked into. */
  readonly otherVolumes?: true
}

/** What the look at the savepoint says to a plan. */
export interface Finding {
  readonly risks: readonly string[]
  /** It is known that the savepoint would not start the job: who cannot be asked again does not do it. */
  readonly against?: Failure
}

export type Looking = Pick<RestoreOptions, 'verify' | 'verifyLimitMs' | 'yes' | 'dryRun'>

/** A job as it is. What its own stop left has the operators that it had then, and nobody else tells of them any more. */
export function toVerify({ operator }: Subject, wish: RestoreWish): ToVerify {
  const { facts, resource, target, allowNonRestoredState, resumed } = wish
  return {
    ...{ job: facts.job, operator, resource, facts, target, allowNonRestoredState },
    operators: resumed ? { by: 'savepoint', location: target.location } : { by: 'job' },
    what: resumed ? 'resume' : 'restore',
  }
}

/**
 * Looks whether the savepoint would start the job, in a short time. What is not known holds nobody up: a restore is what
 * people do when something else is broken already. Throws where it would not, and nobody is to be asked.
 */
export async function lookBefore(world: World, asked: ToVerify, options: Looking): Promise<Finding> {
  if (!options.verify) return { risks: [] }
  const { job, operator, resource, facts, target, operators, allowNonRestoredState } = asked
  const { demands } = await operator.verifying()
  const { verification, absent } = await look(world, {
    ...{ job, facts, operators, allowNonRestoredState },
    savepoint: target,
    demands: demands(resource),
    files: true,
    reach: 'proxy',
    limitMs: options.verifyLimitMs,
  })
  if (verification.result === 'Fits') return { risks: verification.warnings }
  const seen = absent ? sightOf(asked) : 'known'
  const why = `${seen === 'from here' ? 'as seen from here, ' : ''}${reasonsOf(verification)}`
  const unasked = options.yes && options.dryRun === 'none'
  if (seen === 'elsewhere') {
    const doubt = `as seen by another job, ${why}`
    if (unasked) world.person.warn(`Warning: ${doubt}`)
    return { risks: [doubt] }
  }
  if (verification.result === 'Unknown') return unknown(world, asked, why, verification)
  const against = refusal(asked, verification, why)
  if (unasked) throw against
  return { risks: [`this savepoint would not start the job: ${why}`, ...verification.warnings], against }
}

/** Where nothing was found: a path in the pod of the job itself, or of a job that may have other volumes, or a store as it is seen from here. */
function sightOf({ target, otherVolumes }: ToVerify): 'known' | 'elsewhere' | 'from here' {
  const path = /^(file:|\/)/i.test(target.location)
  if (path) return otherVolumes ? 'elsewhere' : 'known'
  return 'from here'
}

/** Of what a stop left it is seldom known, since the pod that could be looked into is gone with the job: that is for the plan alone. */
function unknown(
  { person }: World,
  { job, what }: ToVerify,
  why: string,
  { warnings }: Verification,
): Finding {
  if (what === 'resume')
    return { risks: [`whether this savepoint would start the job is not known: ${why}`, ...warnings] }
  person.tell(`whether this savepoint would start ${shortName(job)} is not known: ${why}`)
  return { risks: warnings }
}

function refusal({ job, target, what }: ToVerify, verification: Verification, why: string): Failure {
  const lacks = verification.checks.some(({ check, result }) => check === 'Operators' && result === 'Fails')
  return failure(
    'not-asked',
    `cannot ${what} ${shortName(job)} from ${target.location}: it would not start: ${why}; nothing was changed`,
    ...(lacks ? ['to leave that state behind: --allow-non-restored-state'] : []),
    `to ${what} it all the same: --verify=false`,
  )
}

/** For an object that is only printed: whoever applies it decides. */
export async function tellFinding(world: World, asked: ToVerify, options: Looking): Promise<void> {
  const { risks, against } = await lookBefore(world, asked, { ...options, dryRun: 'client' })
  for (const risk of risks)
    if (against) world.person.warn(`Warning: ${risk}`)
    else world.person.tell(`note: ${risk}`)
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
  const again = question.replace('?', ' all the same?')
  const yes = await world.person.confirm(`This savepoint would not start the job. ${again}`)
  if (world.interrupted.aborted) throw failure('interrupted', 'interrupted; nothing was changed')
  if (!yes) throw finding.against
}
