import { Failure } from '../domain/failure.ts'
import type { ChangePlan } from '../domain/plan.ts'
import type { Cluster, World } from '../domain/ports.ts'
import { refOf } from '../domain/resource.ts'
import type { Savepoint } from '../domain/savepoint.ts'
import { unpunctual } from '../history/punctuality.ts'
import { type AutomaticWish, uninquired } from '../operators/job-operator.ts'
import { type Adjustment, carryOut } from './auto/change.ts'
import { type AutoOptions, autoFlags, autoOptions } from './auto/options.ts'
import { automaticOf } from './auto/value.ts'
import type { Command, CommandResult } from './command.ts'
import { checkWatch, confirmPlan, rehearse, unseen } from './job/confirm-plan.ts'
import { findJob } from './job/find-job.ts'
import { afterCurrent } from './job/waiting.ts'
import { factsOf, type Subject, whichOperator } from './job/which-operator.ts'
import { askCheckpoints } from './sources/ask-checkpoints.ts'

export const auto: Command<AutoOptions> = {
  name: 'auto',
  usage: 'auto (NAME | KIND/NAME)',
  summary: 'Show or set the savepoints that are taken by themselves, and what follows a failure',
  description: `Show how often the operator takes a savepoint of the job by itself, when the next one is due by the operator's own rule, what it does when the job fails, and what of this does not have the effect that one would think.

With --every, --checkpoint-every, --directory, --on-failure or --max-state-age, change it. A plan is shown and confirmed first: it says whether the change restarts the job (of a FlinkCluster all but --on-failure alone, of the Apache operator only --directory), from a savepoint that the operator takes for it, or from one that is taken before anything is changed. Then the command waits until the job runs again.`,
  examples: [
    { what: 'Show the settings of the job orders', command: 'kubectl flinksp auto orders' },
    { what: 'Take a savepoint every 15 minutes', command: 'kubectl flinksp auto orders --every 15m' },
    { what: 'Take none any more', command: 'kubectl flinksp auto orders --every off' },
    {
      what: 'Start a job that failed from its last savepoint',
      command: 'kubectl flinksp auto orders --on-failure restore --max-state-age 24h',
    },
    {
      what: 'See the plan only',
      command: 'kubectl flinksp auto orders --directory gs://bucket/orders --dry-run=client',
    },
  ],
  flags: autoFlags,
  operands: ['job'],
  options: autoOptions,
  run,
}

async function run(options: AutoOptions, world: World): Promise<CommandResult> {
  const cluster = await world.cluster()
  const resource = await findJob(cluster, options.job)
  const found = await whichOperator(cluster, resource, options.operator)
  if (Object.keys(options.settings).length === 0) return show(found, world, options)
  const subject = await free(found, options, world, cluster)
  const automating = await subject.operator.automating()
  const wish = wishOf(subject, options, world)
  const plan = automating.plan(wish)
  if (plan === 'none') {
    world.person.tell(`nothing to change: ${wish.facts.shown} has these settings already`)
    return { value: { kind: 'Automatic', value: await automaticOf(subject, world.clock.now()) } }
  }
  if (plan instanceof Failure) throw plan
  const adjustment: Adjustment = { world, cluster, options, subject, automating, wish }
  if (options.dryRun !== 'none') return dryRun(adjustment, plan)
  // The wait for the savepoint that is taken first is no choice.
  if (automating.takesFirst(wish)) await checkWatch(cluster, subject, 'change')
  else if (options.wait && automating.waits(wish)) await checkWatch(cluster, subject, 'change', unseen)
  if (!options.yes) await confirmPlan(world, { kind: 'AutomaticPlan', value: plan }, 'Change it?', 'change')
  return carryOut(adjustment)
}

async function show(
  subject: Subject,
  world: World,
  { restWanted }: Pick<AutoOptions, 'restWanted'>,
): Promise<CommandResult> {
  const [value, past] = await Promise.all([
    snapshotsFor(subject, world).then(all => automaticOf(subject, world.clock.now(), all)),
    unpunctualUntilNow(subject, world, restWanted),
  ])
  return { value: { kind: 'Automatic', value: { ...value, problems: [...value.problems, ...past] } } }
}

/** From them alone it is told when the next savepoint is due: asked for where that is so. */
async function snapshotsFor(subject: Subject, world: World): Promise<readonly Savepoint[]> {
  const { resource } = subject
  if (!factsOf(subject).automatic?.fromSnapshots) return []
  const { namespace, uid, creationTimestamp } = resource.metadata
  const { listSnapshots } = await import('./sources/list-snapshots.ts')
  const say = (text: string) => world.person.tell(text)
  const snapshots = await listSnapshots(await world.cluster(), [resource], namespace, say)
  return snapshots.of({ job: { ...refOf(resource), uid }, creationTimestamp })
}

/** A table waits so much longer for Flink than for the API server, as that of history does. */
const patienceMs = 300

/** What Flink remembers of the savepoints of a job that is to have them by themselves. */
async function unpunctualUntilNow(subject: Subject, world: World, restWanted: boolean): Promise<string[]> {
  const facts = factsOf(subject)
  const { automatic } = facts
  const { everySeconds = 0 } = automatic ?? {}
  if (everySeconds <= 0 || !facts.running) return []
  const checkpoints = await askCheckpoints(world, facts, { restWanted })?.within(patienceMs)
  return checkpoints ? unpunctual(checkpoints.history, everySeconds, world.clock.now()) : []
}

/** With `--after-current`: the job as it is once no savepoint is in flight. */
async function free(
  subject: Subject,
  options: AutoOptions,
  world: World,
  cluster: Cluster,
): Promise<Subject> {
  if (!options.afterCurrent || options.dryRun !== 'none') return subject
  const facts = factsOf(subject)
  const taking = await subject.operator.taking()
  const way = await taking.choose(facts, subject.build, { via: taking.safe, forFlink: false }, uninquired)
  if (way.way !== 'busy') return subject
  return afterCurrent(world, cluster, subject, options.timeoutMs)
}

function wishOf(subject: Subject, { settings, wait }: AutoOptions, world: World): AutomaticWish {
  const { resource, build } = subject
  return { resource, facts: factsOf(subject), build, ...settings, nonce: world.newId(), wait }
}

async function dryRun(
  { cluster, options, automating, wish }: Adjustment,
  plan: ChangePlan,
): Promise<CommandResult> {
  if (options.dryRun === 'server') {
    // What the savepoint that is taken first will be, only the webhook's eye needs.
    const { restartPoint } = wish.facts
    const protocol = automating.protocol({
      ...wish,
      ...(restartPoint !== undefined && { taken: restartPoint }),
    })
    await rehearse(cluster, protocol, wish.resource, options.dryRun)
  }
  return { value: { kind: 'AutomaticPlan', value: plan } }
}
