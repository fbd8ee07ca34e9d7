import { Failure } from '../../domain/failure.ts'
import type { Cluster, World } from '../../domain/ports.ts'
import type { Resource } from '../../domain/resource.ts'
import type { Savepoint } from '../../domain/savepoint.ts'
import { entryOfSavepoint } from '../../history/entry.ts'
import type { AutomaticWish, Automating } from '../../operators/job-operator.ts'
import { drive } from '../../wait.ts'
import type { CommandResult } from '../command.ts'
import { nothingChanged } from '../job/nothing-changed.ts'
import { idle, onceIdle, waiting } from '../job/waiting.ts'
import { factsOf, type Subject } from '../job/which-operator.ts'
import { keepRecord, takeSafetySavepoint } from '../take/safety-savepoint.ts'
import type { AutoOptions } from './options.ts'
import { automaticOf } from './value.ts'

/** A change of the settings that was planned and agreed to. */
export interface Adjustment {
  readonly world: World
  readonly cluster: Cluster
  readonly options: AutoOptions
  readonly subject: Subject
  readonly automating: Automating
  readonly wish: AutomaticWish
}

/** A savepoint first where the restart would give something up, then the patch, then the wait. However it ends, it says what is different now. */
export async function carryOut(adjustment: Adjustment): Promise<CommandResult> {
  const { subject, automating, wish } = adjustment
  try {
    if (!automating.takesFirst(wish)) return await change(adjustment, subject.resource)
    return await takeAndChange(adjustment)
  } catch (error) {
    if (!(error instanceof Failure)) throw error
    return ended(adjustment, subject.resource, nothingChanged(error))
  }
}

/** If the savepoint fails, nothing is changed. */
async function takeAndChange(adjustment: Adjustment): Promise<CommandResult> {
  const { world, cluster, options, subject } = adjustment
  const { savepoint, failure, newest } = await takeSafetySavepoint(world, cluster, subject, options)
  if (failure) return ended(adjustment, newest, nothingChanged(failure))
  const quiet = await idle(world, cluster, { ...subject, resource: newest }, options.timeoutMs)
  return change(adjustment, quiet, savepoint.location)
}

/** Throws what kept the patch from being written. */
async function change(adjustment: Adjustment, resource: Resource, taken?: string): Promise<CommandResult> {
  const { world, cluster, options, automating, wish } = adjustment
  const subject = { ...adjustment.subject, resource }
  const { result, failure, newest } = await onceIdle(world, cluster, subject, options, now => {
    const facts = factsOf(now)
    const asOfNow = { ...wish, resource: now.resource, facts, ...(taken !== undefined && { taken }) }
    const wait = waiting(world, cluster, facts, options.timeoutMs)
    return drive(automating.protocol(asOfNow), now.resource, wait)
  })
  const after = await ended(adjustment, newest, failure)
  return result && options.record ? { ...after, after: () => keep(adjustment, result) } : after
}

/** The savepoint that the operator took for the restart. */
async function keep({ world, cluster }: Adjustment, savepoint: Savepoint): Promise<void> {
  await keepRecord(world, cluster, savepoint.job, [entryOfSavepoint(savepoint)])
}

async function ended(
  { world, subject }: Adjustment,
  resource: Resource,
  failure?: Failure,
): Promise<CommandResult> {
  const value = await automaticOf({ ...subject, resource }, world.clock.now())
  return { value: { kind: 'Automatic', value }, ...(failure && { failure }) }
}
