import { Failure, failure } from '../domain/failure.ts'
import type { World } from '../domain/ports.ts'
import type { RestorePlan } from '../domain/printable.ts'
import { shortName } from '../domain/resource.ts'
import type { Savepoint } from '../domain/savepoint.ts'
import { findSavepoint } from '../history/find-savepoint.ts'
import type { RestoreWish } from '../operators/job-operator.ts'
import { planRestore } from '../plan/restore-plan.ts'
import type { Command, CommandResult } from './command.ts'
import { gatherSavepoints } from './gather.ts'
import { carryOut, type Restoration } from './restoration.ts'
import { type RestoreOptions, restoreFlags, restoreOptions } from './restore-options.ts'
import { factsOf, type Subject, whichOperator } from './which-operator.ts'

export const restore: Command<RestoreOptions> = {
  name: 'restore',
  usage: 'restore (NAME | KIND/NAME) [SAVEPOINT]',
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

async function run(options: RestoreOptions, world: World): Promise<CommandResult> {
  const restoration = await prepare(options, world)
  const { plan } = restoration
  if (options.dryRun !== 'none') return dryRun(restoration)
  if (!options.yes) await ask(world, plan)
  return carryOut(restoration)
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
  const subject = await whichOperator(cluster, resource, options.operator)
  const wish = wishOf(world, subject, savepoints, options)
  const restoring = await subject.operator.restoring()
  const { safe } = await subject.operator.taking()
  const plan = planRestore(wish, restoring, safe)
  if (plan instanceof Failure) throw plan
  return { world, cluster, options, subject, wish, restoring, plan }
}

function wishOf(
  world: World,
  subject: Subject,
  savepoints: readonly Savepoint[],
  { savepoint, safetySavepoint, allowNonRestoredState, allowUnknownLocation, wait }: RestoreOptions,
): RestoreWish {
  const { resource, build } = subject
  const facts = factsOf(subject)
  const now = world.clock.now()
  const target = findSavepoint(savepoints, savepoint, facts.job, now)
  if (safetySavepoint && !facts.running)
    throw failure(
      'not-asked',
      `no safety savepoint can be taken of ${facts.shown}: its job is not running (${facts.state})`,
    )
  return {
    resource,
    facts,
    build,
    target,
    allowNonRestoredState,
    nonce: world.newId(),
    wait,
    safety: facts.running && (safetySavepoint ?? true),
    allowUnknownLocation,
    now,
  }
}

async function dryRun({ cluster, options, restoring, wish, plan }: Restoration): Promise<CommandResult> {
  const first = restoring.protocol(wish).ask(wish.resource)
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
