import { Failure, type FailureCode } from '../../domain/failure.ts'
import type { TakePlan } from '../../domain/plan.ts'
import type { Printable } from '../../domain/printable.ts'
import type { Savepoint } from '../../domain/savepoint.ts'
import type { CommandResult } from '../command.ts'
import type { TakeOfMany } from './one-of-many.ts'
import type { TakeOptions } from './options.ts'

/** The one result of many takes: all of them, and the worst way in which one ended. */
export function manyEnded(
  ends: readonly TakeOfMany[],
  { dryRun }: Pick<TakeOptions, 'dryRun'>,
): CommandResult {
  const ended = worstOf(ends)
  return { value: listOf(ends, dryRun !== 'none'), whole: true, ...(ended && { failure: ended }) }
}

function listOf(ends: readonly TakeOfMany[], plans: boolean): Printable {
  const values = ends.map(({ end }) => end?.value)
  if (plans) {
    const items = values.flatMap((value): TakePlan[] => (value?.kind === 'TakePlan' ? [value.value] : []))
    return { kind: 'TakePlanList', value: { items } }
  }
  const items = values.flatMap((value): Savepoint[] => (value?.kind === 'Savepoint' ? [value.value] : []))
  return { kind: 'SavepointList', value: { items }, several: true }
}

/** From the worst on. */
const worst: readonly FailureCode[] = ['interrupted', 'not-asked', 'no', 'timed-out']

function worstOf(ends: readonly TakeOfMany[]): Error | undefined {
  const errors = ends.map(({ error, end }) => error ?? end?.failure).filter(error => error !== undefined)
  const bug = errors.find(error => !(error instanceof Failure))
  if (bug !== undefined) return bug instanceof Error ? bug : new Error(String(bug))
  const codes = new Set(errors.map(error => codeOf(error as Failure)))
  if (ends.some(isUnasked)) codes.add('interrupted')
  const code = worst.find(each => codes.has(each))
  return code && new Failure(code, `error: ${code === 'interrupted' ? 'interrupted; ' : ''}${summary(ends)}`)
}

/** That a flag does not fit one of the jobs is why that one could not be asked. */
function codeOf({ code }: Failure): FailureCode {
  return code === 'usage' ? 'not-asked' : code
}

/** Nobody knows whether it was asked for. */
function isUncertain({ error }: TakeOfMany): boolean {
  return error instanceof Failure && error.uncertain
}

/** Its turn did not come. */
function isUnasked({ end, error, skipped }: TakeOfMany): boolean {
  return end === undefined && error === undefined && !skipped
}

/** `of 5 jobs: 3 savepoints completed, 1 failed, 1 could not be asked` */
function summary(ends: readonly TakeOfMany[]): string {
  const count = (matches: (one: TakeOfMany) => boolean) => ends.filter(matches).length
  const state = (...states: readonly Savepoint['state'][]) =>
    count(({ end }) => end?.value.kind === 'Savepoint' && states.includes(end.value.value.state))
  const parts: readonly [number, string][] = [
    [count(({ end }) => end?.value.kind === 'TakePlan'), 'could be asked for'],
    [state('Completed'), 'completed'],
    [state('Failed'), 'failed'],
    [state('Withdrawn'), 'withdrawn'],
    [state('Requested', 'InProgress'), 'asked for, and how it ends is not known'],
    [count(isUncertain), 'asked for, perhaps'],
    [count(one => one.error !== undefined && !isUncertain(one)), 'could not be asked for'],
    [count(({ skipped }) => skipped === true), 'skipped'],
    [count(isUnasked), 'not asked for'],
  ]
  const said = parts.filter(([number]) => number > 0).map(([number, what]) => `${number} ${what}`)
  return `of ${ends.length} savepoints: ${said.join(', ')}`
}
