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
import type { OperatorName } from '../operators/flink-cluster/operator.ts'
import { readFlinkCluster } from '../operators/flink-cluster/read.ts'
import { restoreInPlace } from '../operators/flink-cluster/restore.ts'
import type { RestoreInPlace } from '../operators/flink-cluster/restore-state.ts'
import { drive } from '../wait.ts'
import type { CommandResult } from './command.ts'
import type { RestoreOptions } from './restore-options.ts'
import { idle, readyTake, take, waiting } from './take-savepoint.ts'

/** A restore that was planned and agreed to. */
export interface Restoration {
  readonly world: World
  readonly cluster: Cluster
  readonly options: RestoreOptions
  readonly operator: OperatorName | undefined
  readonly resource: Resource
  readonly plan: RestorePlan
  readonly inPlace: RestoreInPlace
  /** A savepoint of the running job is taken first. */
  readonly safety: boolean
}

/** The safety savepoint, then the patch, then the proof. However it ends, the result says what is different now. */
export async function carryOut(restoration: Restoration): Promise<CommandResult> {
  const { resource, safety } = restoration
  if (!safety) return change(restoration, resource)
  const { savepoint, failure, newest } = await takeSafetySavepoint(restoration)
  if (failure) return ended(unchanged(restoration, savepoint), withRemedy(failure))
  return change(restoration, newest, savepoint)
}

/** Taken, printed and recorded before anything is changed. If it fails, nothing is. */
async function takeSafetySavepoint(
  restoration: Restoration,
): Promise<{ savepoint: Savepoint; failure?: Failure; newest: Resource }> {
  const { world, cluster, options, operator, resource } = restoration
  const { job, timeoutMs } = options
  const how = { via: 'annotation', wait: true, dryRun: 'none', afterCurrent: true, record: true } as const
  const ready = await readyTake(world, cluster, { resource, operator }, { job, timeoutMs, ...how })
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
  const { world, cluster, options, operator } = restoration
  try {
    const quiet = savepoint
      ? await idle(world, cluster, { resource: newest, operator }, options.timeoutMs)
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
  const { world, cluster, options, operator, plan, inPlace } = restoration
  const facts = readFlinkCluster(newest, operator)
  const requestedAt = utcOf(world.clock.now())
  const begun: Restore = { ...unchanged(restoration, savepoint), state: 'InProgress' }
  // Before the patch: whatever happens to this program then, the record knows where the job came from.
  await keep(restoration, [entryOfRestore(begun, about(facts, requestedAt))])
  const wait = waiting(world, cluster, facts, options.timeoutMs)
  const outcome = await drive(restoreInPlace(inPlace), newest, wait).catch(error => refused(begun, error))
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
