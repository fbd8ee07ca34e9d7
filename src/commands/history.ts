import type { World } from '../domain/ports.ts'
import { shortName } from '../domain/resource.ts'
import type { Savepoint } from '../domain/savepoint.ts'
import { timeOf } from '../history/order.ts'
import type { Command, CommandResult } from './command.ts'
import { onlyKind } from './find-job.ts'
import { gatherSavepoints, recordedSavepoints } from './gather.ts'
import { gatherMany } from './gather-many.ts'
import { type HistoryOptions, historyFlags, historyOptions } from './history-options.ts'

export const history: Command<HistoryOptions> = {
  name: 'history',
  usage: 'history [NAME | KIND/NAME | KIND NAME | KIND]',
  summary: 'List the savepoints of a job, or of all jobs',
  description: `List every savepoint that is known of a job, newest first, failures too. An asterisk marks the restart point: what the operator would start the job from if it restarted it after a failure now.

The operators of FlinkCluster keep only the latest savepoint. The list is merged from what they keep (status), what the plugin recorded of its own takes and restores (record), and what Flink remembers, ten at most (rest). Flink is asked through the API server and not waited for longer than 0.3 s (json, yaml and other formats for programs: 2 s); a port-forward is made only with --sources rest.

Without a name, the savepoints of all jobs in the namespace are listed, of each job newest first; Flink is not asked then.`,
  examples: [
    { what: 'The savepoints of one job', command: 'kubectl flinksp history flinkcluster/orders' },
    { what: 'Of all jobs, in all namespaces', command: 'kubectl flinksp history -A' },
    {
      what: 'Where the newest savepoint lies',
      command: 'kubectl flinksp history flinkcluster/orders -o name --limit 1',
    },
    {
      what: 'Checkpoints too, as Flink itself lists them',
      command: 'kubectl flinksp history flinkcluster/orders --type all --sources rest',
    },
  ],
  flags: historyFlags,
  allNamespaces: true,
  options: historyOptions,
  async run(options, world) {
    const { job } = options
    if (!job) return manyJobs(options, world)
    const savepoints = options.recordOnly
      ? await recordedSavepoints(world, job)
      : (await gatherSavepoints(world, job, options)).savepoints
    const { namespace } = await world.cluster()
    const shown = shortName({ kind: (job.kind ?? onlyKind()).kind, name: job.name })
    return result(
      chosen(savepoints, options, world),
      false,
      none(options, `for ${shown} in ${namespace} namespace`),
    )
  },
}

async function manyJobs(options: HistoryOptions, world: World): Promise<CommandResult> {
  const jobs = await gatherMany(world, options.kind ?? onlyKind(), options)
  const items = jobs.flatMap(savepoints => chosen(savepoints, options, world))
  const where = options.allNamespaces ? '' : `in ${(await world.cluster()).namespace} namespace`
  return result(items, true, none(options, where))
}

/** Of one job: what the flags ask for. */
function chosen(
  savepoints: readonly Savepoint[],
  { type, sinceMs, limit }: HistoryOptions,
  world: World,
): readonly Savepoint[] {
  const earliest = sinceMs === undefined ? undefined : world.clock.now() - sinceMs
  return savepoints
    .filter(savepoint => type === 'all' || savepoint.type === type)
    .filter(savepoint => earliest === undefined || timeOf(savepoint) >= earliest)
    .slice(0, limit)
}

function result(items: readonly Savepoint[], several: boolean, empty: string): CommandResult {
  return {
    value: { kind: 'SavepointList', value: { items }, ...(several && { several }) },
    ...(items.length === 0 && { empty }),
  }
}

/** As kubectl says that there are no resources. */
function none({ type }: HistoryOptions, where: string): string {
  const what = type === 'all' ? 'savepoints or checkpoints' : `${type}s`
  return where === '' ? `No ${what} found` : `No ${what} found ${where}.`
}
