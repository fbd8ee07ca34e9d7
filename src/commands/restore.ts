import { Failure, failure } from '../domain/failure.ts'
import type { Cluster, World } from '../domain/ports.ts'
import type { Restore, RestorePlan } from '../domain/printable.ts'
import { type Resource, shortName } from '../domain/resource.ts'
import type { Savepoint } from '../domain/savepoint.ts'
import { utcOf } from '../domain/time.ts'
import { defined, entriesOfRestore, entryOfSavepoint, type RecordEntry } from '../history/entry.ts'
import { findSavepoint } from '../history/find-savepoint.ts'
import { record } from '../history/write-record.ts'
import type { OperatorName } from '../operators/flink-cluster/operator.ts'
import { readFlinkCluster } from '../operators/flink-cluster/read.ts'
import { restoreInPlace } from '../operators/flink-cluster/restore.ts'
import type { RestoreInPlace } from '../operators/flink-cluster/restore-state.ts'
import { planRestore } from '../plan/restore-plan.ts'
import type { RestoreWish } from '../plan/restore-wish.ts'
import { drive } from '../wait.ts'
import type { Command, CommandResult } from './command.ts'
import { gatherSavepoints } from './gather.ts'
import { type RestoreOptions, restoreFlags, restoreOptions } from './restore-options.ts'
import { idle, readyTake, take, waiting } from './take-savepoint.ts'
import { whichOperator } from './which-operator.ts'

export const restore: Command<RestoreOptions> = {
  name: 'restore',
  usage: 'restore (NAME | KIND/NAME) [SAVEPOINT] [flags]',
  summary: 'Restart a job from a savepoint',
  description: `Restart a job from a savepoint, by one change of its object. A plan is shown and confirmed first; a running job gets a safety savepoint before anything is changed; then the command waits until the operator shows the job running from that savepoint, and Flink says that it was restored from it.

SAVEPOINT is a location, latest, latest~1 (the one before), or gen:12 (the one of a savepointGeneration). Without it, the latest is proposed on a terminal.`,
  examples: [
    {
      what: 'Restore the job orders from its latest savepoint',
      command: 'kubectl flinksp restore orders latest',
    },
    {
      what: 'See the plan only',
      command:
        'kubectl flinksp restore orders gs://bucket/orders/savepoint-c0c55c-63ed75ba89c1 --dry-run=client',
    },
    { what: 'In a script', command: 'kubectl flinksp restore flinkcluster/orders latest~1 --yes' },
  ],
  flags: restoreFlags,
  options: restoreOptions,
  run,
}

/** One restore, from the question to the proof. */
interface Restoration {
  readonly world: World
  readonly cluster: Cluster
  readonly options: RestoreOptions
  readonly operator: OperatorName | undefined
  readonly resource: Resource
  readonly plan: RestorePlan
  readonly inPlace: RestoreInPlace
  readonly safety: boolean
}

async function run(options: RestoreOptions, world: World): Promise<CommandResult> {
  const restoration = await prepare(options, world)
  const { plan } = restoration
  if (options.dryRun !== 'none') return dryRun(restoration)
  if (!options.yes) await ask(world, plan)
  const safety = await takeSafetySavepoint(restoration)
  if ('ended' in safety) return safety.ended
  return change(restoration, safety)
}

async function prepare(options: RestoreOptions, world: World): Promise<Restoration> {
  const cluster = await world.cluster()
  const sources = new Set(['record', 'status', 'rest'] as const)
  const gathering = { sources, restWanted: false, restWaitMs: 2_000 }
  const operatorGiven = options.operator ? { operator: options.operator } : {}
  const { resource, savepoints } = await gatherSavepoints(world, options.job, {
    ...gathering,
    ...operatorGiven,
  })
  const operator = await whichOperator(cluster, resource, options.operator)
  const facts = readFlinkCluster(resource, operator)
  const target = findSavepoint(savepoints, options.savepoint, facts.job)
  const { allowNonRestoredState, allowUnknownLocation, wait } = options
  const inPlace = { operator, target: target.location, allowNonRestoredState, nonce: world.newId(), wait }
  const safety = facts.running && (options.safetySavepoint ?? true)
  const now = world.clock.now()
  const wish: RestoreWish = { resource, facts, operator, target, inPlace, safety, allowUnknownLocation, now }
  if (options.safetySavepoint && !facts.running)
    throw failure(
      'not-asked',
      `no safety savepoint can be taken of ${facts.shown}: its job is not running (${facts.state})`,
    )
  const plan = planRestore(wish)
  if (plan instanceof Failure) throw plan
  return { world, cluster, options, operator, resource, plan, inPlace, safety }
}

async function dryRun({ cluster, options, inPlace, resource, plan }: Restoration): Promise<CommandResult> {
  const first = restoreInPlace(inPlace).ask(resource)
  if (options.dryRun === 'server' && 'write' in first) await cluster.write(first.write, { dryRun: true })
  return { value: { kind: 'RestorePlan', value: plan } }
}

async function ask({ person, interrupted }: World, plan: RestorePlan): Promise<void> {
  await person.show({ kind: 'RestorePlan', value: plan })
  const yes = await person.confirm('Restore it?')
  if (interrupted.aborted) throw failure('interrupted', 'interrupted; nothing was changed')
  if (yes) return
  throw failure('not-asked', `the restore of ${shortName(plan.job)} was not confirmed; nothing was changed`)
}

type Safety =
  | { readonly newest: Resource; readonly savepoint?: Savepoint }
  | { readonly ended: CommandResult }

/** Taken, recorded and printed before anything is changed. If it fails, nothing is. */
async function takeSafetySavepoint(restoration: Restoration): Promise<Safety> {
  const { world, cluster, options, operator, resource, plan, safety } = restoration
  if (!safety) return { newest: resource }
  const { job, timeoutMs } = options
  const wish = {
    job,
    timeoutMs,
    via: 'annotation',
    wait: true,
    dryRun: 'none',
    afterCurrent: true,
    record: true,
  } as const
  const ready = await readyTake(world, cluster, { resource, operator }, wish)
  const { result, failure: reason, newest } = await take(world, cluster, ready)
  if (reason) return { ended: ended(unchanged(plan, result), unsafe(reason)) }
  world.person.warn(`safety savepoint: ${result.location}`)
  await keep(restoration, [entryOfSavepoint(result)])
  return { newest: await idle(world, cluster, { resource: newest, operator }, timeoutMs), savepoint: result }
}

async function change(
  restoration: Restoration,
  { newest, savepoint }: Exclude<Safety, { ended: unknown }>,
): Promise<CommandResult> {
  const { world, cluster, options, operator, inPlace } = restoration
  const facts = readFlinkCluster(newest, operator)
  const requestedAt = utcOf(world.clock.now())
  const outcome = await drive(
    restoreInPlace(inPlace),
    newest,
    waiting(world, cluster, facts, options.timeoutMs),
  )
  if (!outcome.failure) world.person.warn(sticky(restoration.plan))
  const result: Restore = {
    ...restoration.plan,
    ...outcome.result,
    ...(savepoint && { safetySavepoint: savepoint }),
  }
  const { flinkJobId, restartPoint } = facts
  const completedAt = result.state === 'InProgress' ? undefined : utcOf(world.clock.now())
  const about = { requestedAt, ...defined({ flinkJobId, restartPoint, completedAt }) }
  return {
    ...ended(result, outcome.failure),
    ...(outcome.changed && { after: () => keep(restoration, entriesOfRestore(result, about)) }),
  }
}

/** The field is not taken away again: that would be a change of the spec, and restart the job once more (both operators). */
function sticky({ job, savepoint }: RestorePlan): string {
  return `Warning: spec.job.fromSavepoint of ${shortName(job)} stays set: every later change of its spec starts the job from ${savepoint.location} again, until the field is changed or removed`
}

function ended(value: Restore, reason?: Failure): CommandResult {
  return { value: { kind: 'Restore', value }, ...(reason && { failure: reason }) }
}

function unchanged(plan: RestorePlan, safetySavepoint: Savepoint): Restore {
  return { ...plan, state: 'Unchanged', safetySavepoint, proof: { operator: false, rest: false } }
}

function unsafe({ code, message, hints }: Failure): Failure {
  const remedy = code === 'interrupted' ? [] : ['to restore without it: --safety-savepoint=false']
  return new Failure(code, message.replace('error: ', 'error: nothing was changed: '), {
    hints: [...hints, ...remedy],
  })
}

async function keep(
  { world, cluster, options, plan }: Restoration,
  entries: readonly RecordEntry[],
): Promise<void> {
  if (!options.record || world.interrupted.aborted) return
  const warn = (text: string) => world.person.warn(text)
  await record(cluster, plan.job, entries, { warn, now: world.clock.now() })
}
