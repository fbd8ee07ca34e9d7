import { failure } from '../domain/failure.ts'
import type { JobKind } from '../domain/job.ts'
import type { Savepoint, SourceName } from '../domain/savepoint.ts'
import type { Arguments, Flag } from './command.ts'
import type { Gathering } from './gather.ts'
import { operatorFlag, operatorOf, restUrlFlag } from './job-flags.ts'
import { type JobName, jobKind, parseJobs } from './job-name.ts'

export interface HistoryOptions extends Gathering {
  /** One job, else all of a kind. */
  readonly job?: JobName
  readonly kind?: JobKind
  readonly allNamespaces: boolean
  readonly type: Savepoint['type'] | 'all'
  readonly limit?: number
  readonly sinceMs?: number
  /** The job itself is not looked at: it may be gone. */
  readonly recordOnly: boolean
}

const sourceNames: readonly SourceName[] = ['record', 'status', 'revisions', 'events', 'rest']
/** What is only asked for one job: a request for each of thousands would be a burden. */
const ofOneJob: readonly SourceName[] = ['rest', 'revisions', 'events']

export const historyFlags: readonly Flag[] = [
  {
    name: 'type',
    type: 'text',
    choices: ['savepoint', 'checkpoint', 'all'],
    default: 'savepoint',
    describe: 'What to list. Checkpoints are known to Flink alone.',
  },
  { name: 'limit', type: 'integer', value: 'N', describe: 'List at most this many of each job, the newest.' },
  { name: 'since', type: 'duration', value: 'DURATION', describe: 'List only what is not older: 90s, 24h.' },
  {
    name: 'sources',
    type: 'text',
    value: 'SOURCE,...',
    describe:
      'Where to look: record, status, revisions, events, rest. By default everywhere, for several jobs in record and status. record alone also shows jobs that are gone; rest may make a port-forward.',
  },
  restUrlFlag,
  operatorFlag,
]

/** How much longer than for the API server to wait for Flink: a person's table, or a program's document. */
const tableWaitMs = 300
const documentWaitMs = 2_000

export function historyOptions(args: Arguments): HistoryOptions {
  const named = namedJobs(args.words)
  const sources = sourcesOf(args.text('sources'))
  const sourcesNamed = args.text('sources') !== undefined
  const restWanted = args.text('rest-url') !== undefined || (sourcesNamed && sources.has('rest'))
  if (named.job && args.allNamespaces) {
    throw failure('usage', 'a resource cannot be retrieved by name across all namespaces')
  }
  if (!named.job && (restWanted || sourcesNamed)) checkSources(sources, restWanted)
  const limit = atLeastOne('limit', args.integer('limit'))
  const sinceMs = args.durationMs('since')
  return {
    ...named,
    sources,
    sourcesNamed,
    restWanted,
    restWaitMs: /^(table|wide|)$/.test(args.text('output') ?? '') ? tableWaitMs : documentWaitMs,
    recordOnly: sources.size === 1 && sources.has('record'),
    allNamespaces: args.allNamespaces,
    type: typeOf(args.text('type')),
    ...(limit !== undefined && { limit }),
    ...(sinceMs !== undefined && { sinceMs }),
    ...operatorOf(args),
  }
}

function namedJobs(words: readonly string[]): { job?: JobName; kind?: JobKind } {
  const [only, ...more] = words
  const kind = only === undefined || more.length > 0 || only.includes('/') ? undefined : jobKind(only)
  if (kind) return { kind }
  const [job, ...others] = parseJobs(words)
  if (others.length > 0) throw failure('usage', 'history lists one job, or all jobs of a namespace')
  return job ? { job } : {}
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

function checkSources(sources: ReadonlySet<SourceName>, restWanted: boolean): void {
  if (restWanted) throw failure('usage', 'Flink is asked for one job at a time: name the job')
  const single = ofOneJob.find(source => sources.has(source))
  if (single) throw failure('usage', `--sources: ${single} is read for one job at a time: name the job`)
}

function typeOf(text: string | undefined): HistoryOptions['type'] {
  return text === 'checkpoint' || text === 'all' ? text : 'savepoint'
}

function atLeastOne(flag: string, number: number | undefined): number | undefined {
  if (number !== undefined && number < 1) throw failure('usage', `--${flag} must be at least 1`)
  return number
}
