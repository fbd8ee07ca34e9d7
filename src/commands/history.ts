import { failure } from '../domain/failure.ts'
import type { World } from '../domain/ports.ts'
import type { Savepoint } from '../domain/savepoint.ts'
import { timeOf } from '../history/order.ts'
import type { Command, CommandResult } from './command.ts'
import { type Look, lookAt } from './history/look.ts'
import { type HistoryOptions, historyFlags, historyOptions } from './history/options.ts'
import { worst } from './job/refusals.ts'

export const history: Command<HistoryOptions> = {
  name: 'history',
  usage: 'history [NAME... | KIND/NAME... | KIND NAME... | KIND]',
  summary: 'List the savepoints of a job, or of all jobs',
  description: `List every savepoint that is known of a job, newest first, failures too. An asterisk marks the restart point: what the operator would start the job from if it restarted it after a failure now.

The operators of FlinkCluster keep only the latest savepoint, the Apache operator up to 1.9 the last ten, and since then each is a FlinkStateSnapshot. The list is merged from what they keep (status, snapshots), what the plugin recorded (record), what the job was ever started from (revisions: ControllerRevisions), failures of the last hour (events; incomplete), and what Flink remembers, ten at most (rest). What a source does not tell, or may not be read, is left out with a line on stderr. Flink is asked through the API server and not waited for longer than 0.3 s (json, yaml and other formats for programs: 2 s); a port-forward is made only with --sources rest.

Without a name, the savepoints of all jobs in the namespace are listed, of each job newest first, from status, snapshots and record alone. -o wide says of a FlinkStateSnapshot whether deleting it deletes the savepoint too (ON-DELETE).

With --scan the directories of the jobs are looked through, too, with the credentials of whoever runs this (file: paths in the JobManager's pod): savepoints that nobody recorded are added (SOURCE scan), those that are not there any more are Missing, and a directory without _metadata is InProgress or, a quarter of an hour later, Failed. Where nothing but its directory tells of a savepoint, its directory's name tells whose it is. What it cost is told. A checkpoint that Flink says it has deleted is Missing, too.

With --watch the list is followed by every savepoint that ends, as kubectl get --watch does it: a row or a document each. With --record, what is seen and not recorded yet is kept, so that a CronJob in the cluster (docs/history-cronjob.yaml) or a laptop builds a history of what the operator takes by itself; exit code 1 where that is not possible.`,
  examples: [
    { what: 'The savepoints of one job', command: 'kubectl flinksp history flinkcluster/orders' },
    { what: 'Of all jobs, in all namespaces', command: 'kubectl flinksp history -A' },
    {
      what: 'Where the newest savepoint lies',
      command: 'kubectl flinksp history flinkcluster/orders -o name --limit 1',
    },
    { what: 'What really lies in its directory', command: 'kubectl flinksp history orders --scan' },
    { what: 'Savepoints of all jobs as they end', command: 'kubectl flinksp history -A --watch' },
    { what: 'Keep what the operator took by itself', command: 'kubectl flinksp history -A --record' },
    {
      what: 'Checkpoints too, as Flink itself lists them',
      command: 'kubectl flinksp history flinkcluster/orders --type all --sources rest',
    },
  ],
  flags: historyFlags,
  operands: ['jobs'],
  allNamespaces: true,
  options: historyOptions,
  async run(options, world) {
    const look = await lookAt(world, options)
    const failure = worst(look.failure, options.record ? await recorded(world, look) : undefined)
    const items = look.jobs.flatMap(({ savepoints }) => chosen(savepoints, options, world))
    const failed = failure ? { failure, whole: true as const } : {}
    if (options.watch) return { stream: await watched(world, look, items, options), ...failed }
    const value = { kind: 'SavepointList' as const, value: { items }, several: look.several }
    return { value, ...(items.length === 0 && !failure && { empty: none(options, look.where) }), ...failed }
  },
}

async function recorded(world: World, { jobs }: Look) {
  const { recordSeen } = await import('./history/record.ts')
  return await recordSeen(world, await world.cluster(), jobs)
}

async function watched(
  world: World,
  { jobs, several, watching }: Look,
  items: readonly Savepoint[],
  { operator, record, timeoutMs, type }: HistoryOptions,
): Promise<NonNullable<CommandResult['stream']>> {
  if (type === 'checkpoint' && watching.snapshots.watchable.length === 0)
    throw failure(
      'usage',
      '--watch follows checkpoints only where each is an object of its own: the others are known to Flink alone',
    )
  const { watchSavepoints } = await import('./history/watch.ts')
  const seen = jobs.flatMap(({ savepoints }) => savepoints)
  const more = { ...(operator && { operator }), ...(timeoutMs !== undefined && { timeoutMs }) }
  const owners = jobs.flatMap(({ owner }) => owner ?? [])
  return watchSavepoints(world, { items, seen, several, owners }, { ...watching, type, record, ...more })
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

/** As kubectl says that there are no resources. */
function none({ type }: HistoryOptions, where: string): string {
  const what = type === 'all' ? 'savepoints or checkpoints' : `${type}s`
  return where === '' ? `No ${what} found` : `No ${what} found ${where}.`
}
