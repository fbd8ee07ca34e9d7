import type { JobFacts } from '../../../domain/job.ts'
import { isBelow } from '../../../domain/location.ts'
import type { TakeWay, TakeWish } from '../../job-operator.ts'
import { abilitiesOf, type OperatorName } from '../operator.ts'
import { busy, refused } from './endings.ts'

/**
 * The way a take goes on this operator and in this state of the job. `mayPatchStatus` is asked only on Spotify, where
 * a failing generation is tried again without end and nothing but a status patch ends it.
 */
export async function chooseTake(
  facts: JobFacts,
  operator: OperatorName | undefined,
  wish: TakeWish,
  mayPatchStatus: () => Promise<boolean>,
): Promise<TakeWay> {
  if (wish.via === 'rest' || (wish.via === 'auto' && (facts.session || wish.forFlink))) return { way: 'rest' }
  if (wish.via === 'snapshot' || wish.via === 'nonce')
    return no(
      facts,
      `--via ${wish.via} is of the Apache operator`,
      'ask by annotation or generation: --via auto',
    )
  const reason = cannotWork(facts, wish)
  if (reason) return reason
  if (facts.directory === undefined) return { way: 'rest' }
  if (facts.pendingGeneration !== undefined && wish.via !== 'annotation' && willServe(facts, operator))
    return { way: 'generation' }
  if (isBusy(facts)) return { way: 'busy', failure: busy(facts) }
  if (wish.via === 'annotation') return byAnnotation(facts, operator)
  if (wish.via === 'generation') return byGeneration(facts, operator)
  return (await prefersGeneration(facts, operator, mayPatchStatus))
    ? { way: 'generation' }
    : { way: 'annotation' }
}

function cannotWork(facts: JobFacts, wish: TakeWish): TakeWay | undefined {
  if (facts.session)
    return no(
      facts,
      'it is a session cluster, whose jobs the operator does not know',
      'ask Flink: --via rest with --job-id or --job-name',
    )
  if (!facts.running) return no(facts, `its job is not running (${facts.state || 'no state yet'})`)
  if (facts.directory === undefined && wish.via !== 'auto')
    return no(
      facts,
      'spec.job.savepointsDir is not set',
      'ask Flink: --via rest with --target-directory DIR, or set savepointsDir when the cluster is next created',
    )
  return undefined
}

/** A generation in flight or waiting that the operator will act on by itself. */
function willServe(facts: JobFacts, operator: OperatorName | undefined): boolean {
  if (operator === undefined) return false
  const state = facts.attempt?.state
  if (operator === 'spotify')
    return !(state === 'Failed' || state === 'TriggerFailed') || facts.attempt?.reason !== 'user requested'
  if (abilitiesOf(operator).follows === 'blocking') return true
  return !isInert(facts)
}

/** From tag -4 on a generation does nothing while no savepoint was ever tried or the last one failed (controllers/flinkcluster_reconciler.go shouldTakeSavepoint; seen on -9). */
export function isInert(facts: JobFacts): boolean {
  const state = facts.attempt?.state
  return state === undefined || state === 'Failed' || state === 'TriggerFailed'
}

/** A savepoint is in flight, or has been asked for and not answered yet; a job-cancel takes one too, and its annotation must not be overwritten. */
export function isBusy(facts: JobFacts): boolean {
  const { attempt, control, command } = facts
  const inFlight = attempt?.state === 'InProgress' || attempt?.state === 'NotTriggered'
  const commanded = ['Requested', 'Progressing', 'InProgress'].includes(control?.state ?? '')
  return inFlight || commanded || command === 'savepoint' || command === 'job-cancel'
}

function byAnnotation(facts: JobFacts, operator: OperatorName | undefined): TakeWay {
  if (operator === undefined || abilitiesOf(operator).annotation) return { way: 'annotation' }
  return no(
    facts,
    `its operator (${operator}) does not listen to the annotation`,
    'ask by generation: --via generation',
  )
}

function byGeneration(facts: JobFacts, operator: OperatorName | undefined): TakeWay {
  const sees =
    operator === undefined || operator === 'spotify' || abilitiesOf(operator).follows === 'blocking'
  if (sees || !isInert(facts)) return { way: 'generation' }
  const why = facts.attempt ? 'the last savepoint failed' : 'no savepoint has been taken yet'
  return no(
    facts,
    `its operator (${operator}) ignores savepointGeneration while ${why}`,
    'ask by annotation: --via annotation',
  )
}

async function prefersGeneration(
  facts: JobFacts,
  operator: OperatorName | undefined,
  mayPatchStatus: () => Promise<boolean>,
): Promise<boolean> {
  if (operator === undefined) return false
  const abilities = abilitiesOf(operator)
  if (!abilities.annotation) return true
  if (abilities.follows === 'blocking' || facts.attempt?.state !== 'Succeeded') return false
  if (operator !== 'spotify') return true
  const { savepointLocation, directory } = facts
  const here =
    savepointLocation !== undefined && directory !== undefined && isBelow(savepointLocation, directory)
  return here && (await mayPatchStatus())
}

function no(facts: JobFacts, reason: string, ...hints: string[]): TakeWay {
  return { way: 'refused', failure: refused(facts, reason, ...hints) }
}
