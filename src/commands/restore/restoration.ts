import { Failure } from '../../domain/failure.ts'
import type { JobFacts } from '../../domain/job.ts'
import type { Restore, RestorePlan } from '../../domain/plan.ts'
import type { Cluster, World } from '../../domain/ports.ts'
import type { Resource } from '../../domain/resource.ts'
import type { Savepoint } from '../../domain/savepoint.ts'
import { utcOf } from '../../domain/time.ts'
import { defined, entriesOfRestore, entryOfRestore, type RecordEntry } from '../../history/entry.ts'
import type { RestoreWish, Restoring } from '../../operators/job-operator.ts'
import { recreationCommand } from '../../plan/target.ts'
import { drive } from '../../wait.ts'
import type { CommandResult } from '../command.ts'
import { nothingChanged, nothingSaved } from '../job/nothing-changed.ts'
import { stickyWarning } from '../job/sticky-warning.ts'
import { idle, waiting } from '../job/waiting.ts'
import { factsOf, type Subject } from '../job/which-operator.ts'
import { keepRecord, takeSafetySavepoint } from '../take/safety-savepoint.ts'
import type { RestoreOptions } from './options.ts'

/** A restore that was planned and agreed to. */
export interface Restoration {
  readonly world: World
  readonly cluster: Cluster
  readonly options: Pick<RestoreOptions, 'timeoutMs' | 'record'>
  readonly subject: Subject
  readonly wish: RestoreWish
  readonly restoring: Restoring
  readonly plan: RestorePlan
}

/** The safety savepoint, then the patch, then the proof. However it ends, the result says what is different now. */
export async function carryOut(restoration: Restoration): Promise<CommandResult> {
  const { resource, safety } = restoration.wish
  if (!safety) return change(restoration, resource)
  const { world, cluster, subject, options } = restoration
  const { savepoint, failure, newest } = await takeSafetySavepoint(world, cluster, subject, options)
  if (failure) return ended(unchanged(restoration, savepoint), nothingSaved(failure))
  return change(restoration, newest, savepoint)
}

async function change(
  restoration: Restoration,
  newest: Resource,
  savepoint?: Savepoint,
): Promise<CommandResult> {
  const { world, cluster, options, subject } = restoration
  try {
    const quiet = savepoint
      ? await idle(world, cluster, { ...subject, resource: newest }, options.timeoutMs)
      : newest
    return await patchAndProve(restoration, quiet, savepoint)
  } catch (error) {
    if (!(error instanceof Failure)) throw error
    return ended(unchanged(restoration, savepoint), nothingChanged(error))
  }
}

async function patchAndProve(
  restoration: Restoration,
  newest: Resource,
  savepoint?: Savepoint,
): Promise<CommandResult> {
  const { world, cluster, options, subject, wish, restoring, plan } = restoration
  const facts = factsOf({ ...subject, resource: newest })
  const requestedAt = utcOf(world.clock.now())
  const begun: Restore = { ...unchanged(restoration, savepoint), state: 'InProgress' }
  // Before the patch: whatever happens to this program then, the record knows where the job came from.
  await keep(restoration, [entryOfRestore(begun, about(facts, requestedAt))])
  const wait = waiting(world, cluster, facts, options.timeoutMs)
  const outcome = await drive(restoring.protocol(wish), newest, wait).catch(error =>
    refused(wish, begun, error),
  )
  const result: Restore = { ...begun, ...outcome.result }
  if (!outcome.failure && subject.operator.sticky)
    world.person.warn(stickyWarning(plan.job, plan.savepoint.location))
  const completedAt = result.state === 'InProgress' ? undefined : utcOf(world.clock.now())
  const entries = entriesOfRestore(result, about(facts, requestedAt, completedAt))
  return { ...ended(result, outcome.failure), after: () => keep(restoration, entries) }
}

/** The patch was not let through. */
function refused(wish: RestoreWish, begun: Restore, error: unknown): { result: Restore; failure: Failure } {
  if (!(error instanceof Failure)) throw error
  // A webhook's no, as the API server words it. Which build serves the job is not always known beforehand.
  const remedies = error.message.includes('denied the request:')
    ? [`where no change of the object is let through: ${recreationCommand(wish)}`]
    : []
  const state = error.uncertain ? 'InProgress' : 'Unchanged'
  return { result: { ...begun, state }, failure: nothingChanged(error, ...remedies) }
}

function about({ flinkJobId, restartPoint }: JobFacts, requestedAt: string, completedAt?: string) {
  return { requestedAt, ...defined({ flinkJobId, restartPoint, completedAt }) }
}

function ended(value: Restore, failure?: Failure): CommandResult {
  return { value: { kind: 'Restore', value }, ...(failure && { failure }) }
}

function unchanged({ plan, wish }: Restoration, savepoint?: Savepoint): Restore {
  const proof = { operator: false, rest: false }
  return {
    ...plan,
    job: wish.facts.job,
    state: 'Unchanged',
    proof,
    ...(savepoint && { safetySavepoint: savepoint }),
  }
}

async function keep(
  { world, cluster, options, wish }: Restoration,
  entries: readonly RecordEntry[],
): Promise<void> {
  if (options.record) await keepRecord(world, cluster, wish.facts.job, entries)
}
