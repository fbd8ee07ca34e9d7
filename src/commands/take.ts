import type { Cluster, World } from '../domain/ports.ts'
import type { TakePlan } from '../domain/printable.ts'
import type { Savepoint } from '../domain/savepoint.ts'
import { entryOfSavepoint } from '../history/entry.ts'
import { record } from '../history/write-record.ts'
import type { Command, CommandResult } from './command.ts'
import { findJob } from './find-job.ts'
import { type TakeOptions, takeFlags, takeOptions } from './take-options.ts'
import { type ReadyTake, readyTake, take as takeNow } from './take-savepoint.ts'
import { whichOperator } from './which-operator.ts'

export const take: Command<TakeOptions> = {
  name: 'take',
  usage: 'take (NAME | KIND/NAME)',
  summary: 'Take a savepoint of a job and wait until it is complete',
  description:
    'Take a savepoint of a running job, in the way that its operator offers, and wait until it is known how it ends. The ' +
    'location is printed; a savepoint that failed is told with its cause and exit code 3, one that was not complete in ' +
    'time with exit code 4.',
  examples: [
    { what: 'Take a savepoint of the job orders', command: 'kubectl flinksp take orders' },
    { what: 'Only the location, for a script', command: 'kubectl flinksp take flinkcluster/orders -o name' },
    { what: 'See what would be changed', command: 'kubectl flinksp take orders --dry-run=client -o yaml' },
    {
      what: 'Ask Flink itself for a native savepoint in another place',
      command: 'kubectl flinksp take orders --via rest --format native --target-directory s3://backup/orders',
    },
  ],
  flags: takeFlags,
  options: takeOptions,
  run,
}

async function run(options: TakeOptions, world: World): Promise<CommandResult> {
  const cluster = await world.cluster()
  const resource = await findJob(cluster, options.job)
  const subject = await whichOperator(cluster, resource, options.operator)
  const ready = await readyTake(world, cluster, subject, options)
  if (options.dryRun !== 'none') return dryRun(cluster, ready, options)
  const { result, failure } = await takeNow(world, cluster, ready)
  return {
    value: { kind: 'Savepoint', value: result },
    ...(failure && { failure }),
    ...(options.record && { after: () => keep(world, cluster, result) }),
  }
}

async function dryRun(cluster: Cluster, ready: ReadyTake, options: TakeOptions): Promise<CommandResult> {
  const ask = ready.protocol.ask(ready.before)
  if ('refuse' in ask) throw ask.refuse
  if ('write' in ask && options.dryRun === 'server') await cluster.write(ask.write, { dryRun: true })
  const value: TakePlan = {
    job: ready.facts.job,
    via: ready.via,
    changes: 'write' in ask ? ready.changes : [],
  }
  return { value: { kind: 'TakePlan', value } }
}

/** What nobody has seen beginning is not worth a line: it would never be told from another request. */
async function keep(world: World, cluster: Cluster, savepoint: Savepoint): Promise<void> {
  if (savepoint.state === 'Requested' || world.interrupted.aborted) return
  const warn = (text: string) => world.person.warn(text)
  await record(cluster, savepoint.job, [entryOfSavepoint(savepoint)], { warn, now: world.clock.now() })
}
