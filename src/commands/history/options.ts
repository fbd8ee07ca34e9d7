import { failure } from '../../domain/failure.ts'
import type { Savepoint, SourceName } from '../../domain/savepoint.ts'
import type { Arguments, Flag } from '../command.ts'
import { allFlag, type JobChoice, jobChoiceOrAll, selectorFlag } from '../job/choose-jobs.ts'
import { operatorFlag, operatorOf, restUrlFlag } from '../job/flags.ts'
import type { Gathering } from '../sources/gather.ts'

export interface HistoryOptions extends Gathering {
  readonly choice: JobChoice
  readonly type: Savepoint['type'] | 'all'
  readonly limit?: number
  readonly sinceMs?: number
  /** The job itself is not looked at: it may be gone. */
  readonly recordOnly: boolean
  /** What was seen is kept in the record. */
  readonly record: boolean
  readonly watch: boolean
  /** The directories of the jobs are looked through, too. */
  readonly scan: boolean
  /** Of the watch; undefined: until it is interrupted. */
  readonly timeoutMs?: number
}

const sourceNames: readonly SourceName[] = ['record', 'status', 'snapshots', 'revisions', 'events', 'rest']
/** What is only asked for one job: a request for each of thousands would be a burden. */
const ofOneJob: readonly SourceName[] = ['rest', 'revisions', 'events']

export const historyFlags: readonly Flag[] = [
  {
    name: 'type',
    type: 'text',
    choices: ['savepoint', 'checkpoint', 'all'],
    default: 'savepoint',
    describe: 'What to list. Checkpoints are known to Flink alone, and those that are FlinkStateSnapshots.',
  },
  { name: 'limit', type: 'integer', value: 'N', describe: 'List at most this many of each job, the newest.' },
  { name: 'since', type: 'duration', value: 'DURATION', describe: 'List only what is not older: 90s, 24h.' },
  {
    name: 'sources',
    type: 'text',
    suggested: sourceNames,
    list: true,
    value: 'SOURCE,...',
    describe:
      'Where to look: record, status, snapshots, revisions, events, rest. By default everywhere, for all jobs in record, status and snapshots. record alone also shows jobs that are gone; rest may make a port-forward.',
  },
  {
    name: 'scan',
    type: 'boolean',
    default: 'false',
    describe:
      'Look through the directories of the jobs, too: for savepoints that nobody recorded, and for those that are not there any more.',
  },
  {
    name: 'watch',
    alias: 'w',
    type: 'boolean',
    default: 'false',
    describe: "After the list, watch: print every savepoint as it ends, the operator's own too.",
  },
  {
    name: 'timeout',
    type: 'duration',
    value: 'DURATION',
    describe: 'How long to watch. By default until it is interrupted.',
  },
  {
    name: 'record',
    type: 'boolean',
    default: 'false',
    describe:
      'Keep what is seen, and not known there yet, in the ConfigMap flinksp-KIND-NAME beside each job. With --watch, as it comes.',
  },
  selectorFlag,
  { ...allFlag, describe: 'All jobs of the namespace, as without a name.' },
  restUrlFlag,
  operatorFlag,
]

/** How much longer than for the API server to wait for Flink: a person's table, or a program's document. */
const tableWaitMs = 300
const documentWaitMs = 2_000

export function historyOptions(args: Arguments): HistoryOptions {
  const choice = jobChoiceOrAll(args)
  const sources = sourcesOf(args.text('sources'))
  const sourcesNamed = args.text('sources') !== undefined
  const restWanted = args.text('rest-url') !== undefined || (sourcesNamed && sources.has('rest'))
  const recordOnly = sources.size === 1 && sources.has('record')
  if (choice.by === 'label') checkSources(choice, { sources, sourcesNamed, restWanted, recordOnly })
  else if (choice.jobs.length > 1 && args.text('rest-url') !== undefined)
    throw failure('usage', '--rest-url is the address of one job: name one job')
  const limit = atLeastOne('limit', args.integer('limit'))
  const sinceMs = args.durationMs('since')
  return {
    choice,
    sources,
    sourcesNamed,
    restWanted,
    restWaitMs: /^(table|wide|)$/.test(args.text('output') ?? '') ? tableWaitMs : documentWaitMs,
    recordOnly,
    type: typeOf(args.text('type')),
    record: recordOf(args, sources, recordOnly),
    ...watchOf(args, sources, choice),
    scan: scanOf(args, recordOnly),
    ...(limit !== undefined && { limit }),
    ...(sinceMs !== undefined && { sinceMs }),
    ...operatorOf(args),
  }
}

function watchOf(
  args: Arguments,
  sources: ReadonlySet<SourceName>,
  choice: JobChoice,
): Pick<HistoryOptions, 'watch' | 'timeoutMs'> {
  const timeoutMs = args.durationMs('timeout')
  if (args.boolean('watch') !== true) {
    if (timeoutMs !== undefined) throw failure('usage', '--timeout is for --watch')
    return { watch: false }
  }
  if (choice.by === 'name' && choice.jobs.length > 1)
    throw failure('usage', '--watch follows one job, or all jobs')
  if (!sources.has('status')) throw failure('usage', '--watch follows the status: add it to --sources')
  return { watch: true, ...(timeoutMs !== undefined && { timeoutMs }) }
}

function scanOf(args: Arguments, recordOnly: boolean): boolean {
  const scan = args.boolean('scan') ?? false
  if (scan && recordOnly)
    throw failure(
      'usage',
      '--scan asks the jobs where their savepoints are written: --sources record does not look at them',
    )
  return scan
}

function recordOf(args: Arguments, sources: ReadonlySet<SourceName>, recordOnly: boolean): boolean {
  const record = args.boolean('record') ?? false
  if (record && (recordOnly || !sources.has('record')))
    throw failure(
      'usage',
      '--record adds to the record what other sources tell: --sources needs record, and others',
    )
  return record
}

function sourcesOf(text: string | undefined): ReadonlySet<SourceName> {
  if (text === undefined) return new Set(sourceNames)
  const words = text.split(',').map(word => word.trim())
  const wrong = words.find(word => !(sourceNames as readonly string[]).includes(word))
  if (wrong !== undefined) {
    throw failure('usage', `--sources: ${JSON.stringify(wrong)} is none of ${sourceNames.join(', ')}`)
  }
  return new Set(words as SourceName[])
}

function checkSources(
  { labels }: Extract<JobChoice, { by: 'label' }>,
  {
    sources,
    sourcesNamed,
    restWanted,
    recordOnly,
  }: Pick<HistoryOptions, 'sources' | 'sourcesNamed' | 'restWanted' | 'recordOnly'>,
): void {
  if (restWanted) throw failure('usage', 'Flink is asked for one job at a time: name the job')
  const single = sourcesNamed ? ofOneJob.find(source => sources.has(source)) : undefined
  if (single) throw failure('usage', `--sources: ${single} is read for one job at a time: name the job`)
  if (labels !== undefined && recordOnly)
    throw failure('usage', '--sources record: a record has no labels of its job to select by')
}

function typeOf(text: string | undefined): HistoryOptions['type'] {
  return text === 'checkpoint' || text === 'all' ? text : 'savepoint'
}

function atLeastOne(flag: string, number: number | undefined): number | undefined {
  if (number !== undefined && number < 1) throw failure('usage', `--${flag} must be at least 1`)
  return number
}
