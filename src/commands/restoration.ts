import { Failure } from '../domain/failure.ts'
import type { JobFacts } from '../domain/job.ts'
import type { Cluster, World } from '../domain/ports.ts'
import type { Restore, RestorePlan } from '../domain/printable.ts'
import { type Resource, shortName } from '../domain/resource.ts'
import type { Savepoint } from '../domain/savepoint.ts'
import { utcOf } from '../domain/time.ts'
import {
  defined,
  entriesOfRestore,
  entryOfRestore,
  entryOfSavepoint,
  type RecordEntry,
} from '../history/entry.ts'
import { record } from '../history/write-record.ts'
import type { RestoreWish, Restoring } from '../operators/job-operator.ts'
import { drive } from '../wait.ts'
import type { CommandResult } from './command.ts'
import type { RestoreOptions } from './restore-options.ts'
import { idle, readyTake, take, waiting } from './take-savepoint.ts'
import { factsOf, type Subject } from './which-operator.ts'

/** A restore that was planned and agreed to. */
export interface Restoration {
  readonly world: World
  readonly cluster: Cluster
  readonly options: RestoreOptions
  readonly subject: Subject
  readonly wish: RestoreWish
  readonly restoring: Restoring
  readonly plan: RestorePlan
}

/** The safety savepoint, then the patch, then the proof. However it ends, the result says what is different now. */
export async function carryOut(restoration: Restoration): Promise<CommandResult> {
  const { resource, safety } = restoration.wish
  if (!safety) return change(restoration, resource)
  const { savepoint, failure, newest } = await takeSafetySavepoint(restoration)
  if (failure) return ended(unchanged(restoration, savepoint), withRemedy(failure))
  return change(restoration, newest, savepoint)
}

/** Taken, printed and recorded before anything is changed. If it fails, nothing is. */
async function takeSafetySavepoint(
  restoration: Restoration,
): Promise<{ savepoint: Savepoint; failure?: Failure; newest: Resource }> {
  const { world, cluster, options, subject } = restoration
  const { job, timeoutMs } = options
  const { safe } = await subject.operator.taking()
  const how = { via: safe, wait: true, dryRun: 'none', afterCurrent: true, record: true } as const
  const ready = await readyTake(world, cluster, subject, { job, timeoutMs, ...how })
  const { result, failure, newest } = await take(world, cluster, ready)
  if (failure) return { savepoint: result, failure, newest }
  world.person.warn(`safety savepoint: ${result.location}`)
  await keep(restoration, [entryOfSavepoint(result)])
  return { savepoint: result, newest }
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
    return ended(unchanged(restoration, savepoint), saying('nothing was changed: ', error))
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
  const outcome = await drive(restoring.protocol(wish), newest, wait).catch(error => refused(begun, error))
  const result: Restore = { ...begun, ...outcome.result }
  if (!outcome.failure) world.person.warn(sticky(plan))
  const completedAt = result.state === 'InProgress' ? undefined : utcOf(world.clock.now())
  const entries = entriesOfRestore(result, about(facts, requestedAt, completedAt))
  return { ...ended(result, outcome.failure), after: () => keep(restoration, entries) }
}

/** The patch was not let through. */
function refused(begun: Restore, error: unknown): { result: Restore; failure: Failure } {
  if (!(error instanceof Failure)) throw error
  return { result: { ...begun, state: 'Unchanged' }, failure: saying('nothing was changed: ', error) }
}

function about({ flinkJobId, restartPoint }: JobFacts, requestedAt: string, completedAt?: string) {
  return { requestedAt, ...defined({ flinkJobId, restartPoint, completedAt }) }
}

/** The field is not taken away again: that would be a change of the spec, and restart the job once more (both operators). */
function sticky({ job, savepoint }: RestorePlan): string {
  return `Warning: spec.job.fromSavepoint of ${shortName(job)} stays set: every later change of its spec starts the job from ${savepoint.location} again, until the field is changed or removed`
}

function ended(value: Restore, failure?: Failure): CommandResult {
  return { value: { kind: 'Restore', value }, ...(failure && { failure }) }
}

function unchanged({ plan }: Restoration, savepoint?: Savepoint): Restore {
  const proof = { operator: false, rest: false }
  return { ...plan, state: 'Unchanged', proof, ...(savepoint && { safetySavepoint: savepoint }) }
}

function withRemedy(failure: Failure): Failure {
  const remedy = failure.code === 'interrupted' ? [] : ['to restore without it: --safety-savepoint=false']
  return saying('nothing was changed: ', failure, remedy)
}

/** The server's own words stay as they are, since kubectl's users know them; ours begin with what matters most. */
function saying(
  first: string,
  { code, message, hints, status, cause }: Failure,
  more: string[] = [],
): Failure {
  const ours = message.startsWith('error: ')
  const text = ours ? message.replace('error: ', `error: ${first}`) : message
  const after = ours ? [] : [first.replace(/: $/, '')]
  return new Failure(code, text, { hints: [...hints, ...after, ...more], cause, ...(status && { status }) })
}

async function keep(
  { world, cluster, options, plan }: Restoration,
  entries: readonly RecordEntry[],
): Promise<void> {
  if (!options.record || world.interrupted.aborted) return
  const warn = (text: string) => world.person.warn(text)
  await record(cluster, plan.job, entries, { warn, now: world.clock.now() })
}
