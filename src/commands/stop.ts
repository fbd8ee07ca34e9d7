import { Failure } from '../domain/failure.ts'
import type { ChangePlan } from '../domain/plan.ts'
import type { Cluster, World } from '../domain/ports.ts'
import type { Stopping, StopWish } from '../operators/job-operator.ts'
import { ownerRisks } from '../plan/restore-risks.ts'
import type { Command, CommandResult } from './command.ts'
import { checkWatch, confirmPlan, rehearse, unseen } from './job/confirm-plan.ts'
import { findJob } from './job/find-job.ts'
import { checkDirectory } from './job/flink-job.ts'
import { afterCurrent } from './job/waiting.ts'
import { factsOf, type Subject, whichOperator } from './job/which-operator.ts'
import { type StopOptions, stopFlags, stopOptions } from './stop/options.ts'
import { type AgreedStop, stopNow } from './stop/savepoint.ts'
import { checkName } from './take/check-name.ts'

export const stop: Command<StopOptions> = {
  name: 'stop',
  usage: 'stop (NAME | KIND/NAME)',
  summary: 'Stop a job with a savepoint',
  description: `Take a last savepoint of a running job and end the job with it: never the one without the other. A plan is shown and confirmed first. If the savepoint fails the job goes on, and the exit code is 3; where the operator tries again by itself, each failure is told and the next is waited for.

The operator does it where it can: by job-cancel, which needs spec.job.savepointsDir, or by spec.job.state suspended (the Apache operator). For --drain, --target-directory and --format Flink itself is asked instead; the Apache operator reads them out of spec.flinkConfiguration, which is put back once the job is stopped. kubectl flinksp resume starts the job again from what was left.`,
  examples: [
    { what: 'Stop the job orders', command: 'kubectl flinksp stop orders' },
    {
      what: 'In a script, with a name for the savepoint',
      command: 'kubectl flinksp stop flinkcluster/orders --yes --name before-v2 -o name',
    },
    { what: 'See the plan only', command: 'kubectl flinksp stop orders --dry-run=client' },
    { what: 'Stop it for good', command: 'kubectl flinksp stop orders --drain' },
  ],
  flags: stopFlags,
  operands: ['job'],
  options: stopOptions,
  run,
}

async function run(options: StopOptions, world: World): Promise<CommandResult> {
  const cluster = await world.cluster()
  const found = await findJob(cluster, options.job)
  const subject = await whichOperator(cluster, found, options.operator)
  const agreed = await planned(world, cluster, subject, options)
  const { stopping, wish, plan } = agreed
  if (options.dryRun !== 'none') {
    await rehearse(cluster, stopping.protocol(wish), wish.resource, options.dryRun)
    return { value: { kind: 'StopPlan', value: plan } }
  }
  if (options.wait) await checkWatch(cluster, subject, 'stop', unseen)
  if (!options.yes) await confirmPlan(world, { kind: 'StopPlan', value: plan }, 'Stop it?', 'stop')
  return stopNow(agreed)
}

/** The plan, once no other savepoint is in flight. Throws what stands in the way. */
async function planned(
  world: World,
  cluster: Cluster,
  found: Subject,
  options: StopOptions,
): Promise<AgreedStop> {
  const stopping = await found.operator.stopping()
  let subject = found
  for (;;) {
    const wish = wishOf(world, subject, options)
    const busy = stopping.busy?.(wish)
    if (!busy) {
      const plan = await checked(world, cluster, stopping, wish, options)
      return { world, cluster, options, subject, stopping, wish, plan }
    }
    if (!options.afterCurrent || options.dryRun !== 'none') throw busy
    subject = await afterCurrent(world, cluster, subject, options.timeoutMs)
  }
}

function wishOf(world: World, subject: Subject, options: StopOptions): StopWish {
  const { resource, build } = subject
  const { drain, wait, directory, format } = options
  return {
    resource,
    facts: factsOf(subject),
    build,
    drain,
    wait,
    triggerId: world.newId(),
    ...(directory !== undefined && { directory }),
    ...(format && { format }),
  }
}

async function checked(
  world: World,
  cluster: Cluster,
  stopping: Stopping,
  wish: StopWish,
  { name }: StopOptions,
): Promise<ChangePlan> {
  const plan = stopping.plan(wish)
  if (plan instanceof Failure) throw plan
  await checkName(world, cluster, wish.facts.job, name)
  const placed = wish.directory !== undefined || wish.facts.directory !== undefined
  if (stopping.asksFlink?.(wish) && !placed)
    await checkDirectory(wish.facts, await world.rest(wish.facts.rest, 'any'))
  return { ...plan, risks: [...plan.risks, ...ownerRisks(wish.resource)] }
}
