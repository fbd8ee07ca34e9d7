import type { World } from '../domain/ports.ts'
import type { Command, CommandResult } from './command.ts'
import { findJob } from './job/find-job.ts'
import { takeJob } from './take/job.ts'
import { type TakeOptions, takeFlags, takeOptions } from './take/options.ts'

export const take: Command<TakeOptions> = {
  name: 'take',
  usage: 'take (NAME... | KIND/NAME... | KIND NAME... | [KIND] (-l SELECTOR | --all))',
  summary: 'Take a savepoint of a job, or of many, and wait until it is complete',
  description: `Take a savepoint of a running job, in the way that its operator offers, and wait until it is known how it ends. The location is printed; a savepoint that failed is told with its cause and exit code 3, one that was not complete in time with exit code 4.

Of several jobs, or those that --selector or --all choose, savepoints are taken a few at a time (--concurrency), after a question (--yes). The list at the end has a line for each; what went wrong is told on stderr; the exit code is the worst of them: 1 (could not be asked), 3, 4. Jobs that --selector or --all choose and that are not running, and session clusters, are skipped. After Ctrl-C no more are asked for, and it is said what is known of the others.`,
  examples: [
    { what: 'Take a savepoint of the job orders', command: 'kubectl flinksp take orders' },
    {
      what: 'Before an upgrade, with a name to restore it by',
      command: 'kubectl flinksp take orders --name before-v2',
    },
    { what: 'Only the location, for a script', command: 'kubectl flinksp take flinkcluster/orders -o name' },
    {
      what: 'Of every running job of a team, in all namespaces',
      command: 'kubectl flinksp take -l team=shop -A',
    },
    {
      what: 'Of all jobs of the namespace, in a script',
      command: 'kubectl flinksp take --all --yes -o json',
    },
    { what: 'See what would be changed', command: 'kubectl flinksp take orders --dry-run=client -o yaml' },
    {
      what: 'Ask Flink itself for a native savepoint in another place',
      command: 'kubectl flinksp take orders --via rest --format native --target-directory s3://backup/orders',
    },
  ],
  flags: takeFlags,
  operands: ['jobs'],
  allNamespaces: true,
  options: takeOptions,
  run,
}

async function run(options: TakeOptions, world: World): Promise<CommandResult> {
  const { choice } = options
  const [job, ...more] = choice.by === 'name' ? choice.jobs : []
  if (!job || more.length > 0) {
    const { takeMany } = await import('./take/many.ts')
    return takeMany(choice, options, world)
  }
  const cluster = await world.cluster()
  const { value, failure, keep } = await takeJob(world, cluster, await findJob(cluster, job), options)
  return { value, ...(failure && { failure }), after: keep }
}
