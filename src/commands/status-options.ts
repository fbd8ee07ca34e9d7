import { failure } from '../domain/failure.ts'
import type { JobKind } from '../domain/job.ts'
import type { Arguments, Flag } from './command.ts'
import { operatorFlag, operatorOf, restUrlFlag } from './job-flags.ts'
import { type JobName, jobKind, parseJobs } from './job-name.ts'
import type { Looking } from './status-one.ts'

export interface StatusOptions extends Looking {
  /** By name; none: all of a kind, or of all kinds. */
  readonly jobs: readonly JobName[]
  readonly kind?: JobKind
  readonly allNamespaces: boolean
  readonly labels?: string
  /** The restart point may not be older. */
  readonly maxAgeMs?: number
}

export const statusFlags: readonly Flag[] = [
  {
    name: 'max-age',
    type: 'duration',
    value: 'DURATION',
    describe:
      'Check that the restart point of each job is not older: 6h. One that is, or none, is exit code 3; one whose age is not known is 1. Jobs that have stopped are skipped.',
  },
  {
    name: 'selector',
    alias: 'l',
    type: 'text',
    value: 'SELECTOR',
    describe: 'Only jobs with these labels: team=x,stage!=test.',
  },
  { name: 'all', type: 'boolean', describe: 'All jobs of the namespace, as without a name.' },
  restUrlFlag,
  operatorFlag,
]

export function statusOptions(args: Arguments): StatusOptions {
  const named = namedJobs(args.words)
  const labels = args.text('selector')
  const maxAgeMs = args.durationMs('max-age')
  const restWanted = args.text('rest-url') !== undefined
  if (named.jobs.length > 0) checkAlone(args, labels)
  if (restWanted && named.jobs.length !== 1)
    throw failure('usage', '--rest-url is the address of one job: name the job')
  if (maxAgeMs === 0) throw failure('usage', '--max-age must be more than 0')
  return {
    ...named,
    restWanted,
    allNamespaces: args.allNamespaces,
    ...(labels !== undefined && { labels }),
    ...(maxAgeMs !== undefined && { maxAgeMs }),
    ...operatorOf(args),
  }
}

/** The words of kubectl where a name and a choice of many are given. */
function checkAlone(args: Arguments, labels: string | undefined): void {
  if (args.allNamespaces)
    throw failure('usage', 'a resource cannot be retrieved by name across all namespaces')
  if (labels !== undefined || args.boolean('all'))
    throw failure('usage', 'name cannot be provided when a selector is specified')
}

function namedJobs(words: readonly string[]): { jobs: readonly JobName[]; kind?: JobKind } {
  const [only, ...more] = words
  const kind = only === undefined || more.length > 0 || only.includes('/') ? undefined : jobKind(only)
  return kind ? { jobs: [], kind } : { jobs: parseJobs(words) }
}
