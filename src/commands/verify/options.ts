import { failure } from '../../domain/failure.ts'
import { parseSavepointName, type SavepointName } from '../../history/find-savepoint.ts'
import type { Build } from '../../operators/job-operator.ts'
import type { Arguments, Flag } from '../command.ts'
import { allFlag, type JobChoice, jobChoiceOrAll, selectorFlag } from '../job/choose-jobs.ts'
import { allowNonRestoredStateFlag, operatorFlag, operatorOf, restUrlFlag } from '../job/flags.ts'
import { type JobName, parseJob } from '../job/name.ts'

export interface VerifyOptions {
  readonly of: NamedSavepoint | RestartPoints
  readonly flinkVersion?: string
  readonly allowNonRestoredState: boolean
  readonly files: boolean
  readonly restWanted: boolean
  readonly limitMs: number
  readonly operator?: Build
}

/** One savepoint of one job. */
export interface NamedSavepoint {
  readonly job: JobName
  readonly savepoint: SavepointName
  readonly operators: OperatorsOption
}

export type OperatorsOption =
  | { readonly by: 'job' }
  | { readonly by: 'uids'; readonly uids: readonly string[]; readonly file?: string }
  | { readonly by: 'savepoint'; readonly location: string }

/** The restart point of each job. */
export interface RestartPoints {
  readonly choice: Extract<JobChoice, { by: 'label' }>
}

export const verifyFlags: readonly Flag[] = [
  {
    name: 'uids',
    type: 'text',
    value: 'UID,...',
    describe: 'All uids of the operators that the job is to have, instead of those of the running job.',
  },
  {
    name: 'uids-file',
    type: 'text',
    holds: 'file',
    value: 'FILE',
    describe: 'The same from a file with a uid on each line; # begins a comment.',
  },
  {
    name: 'against',
    type: 'text',
    value: 'LOCATION',
    describe:
      'A savepoint of the job as it is to be, from a test say: its operators are taken instead of those of the running job.',
  },
  {
    name: 'flink-version',
    type: 'text',
    value: 'VERSION',
    describe:
      'The version of Flink that the job is to have: 1.20. Default: as the running job says, or its object.',
  },
  { ...allowNonRestoredStateFlag, default: 'false' },
  {
    name: 'files',
    type: 'boolean',
    default: 'true',
    describe: 'Look for each file that the savepoint needs.',
  },
  {
    name: 'timeout',
    type: 'duration',
    value: 'DURATION',
    default: '2m',
    describe: 'How long to look at each job.',
  },
  selectorFlag,
  allFlag,
  operatorFlag,
  restUrlFlag,
]

/** The command line of `verify` as a value; throws a usage Failure. */
export function verifyOptions(args: Arguments): VerifyOptions {
  const many = args.allNamespaces || args.text('selector') !== undefined || args.boolean('all') === true
  const limitMs = args.durationMs('timeout') ?? 0
  if (limitMs === 0) throw failure('usage', '--timeout must be more than 0')
  const flinkVersion = args.text('flink-version')
  if (flinkVersion !== undefined && !/^\d+\.\d+/.test(flinkVersion))
    throw failure('usage', '--flink-version: a version has the form 1.20 or 1.20.1')
  return {
    of: many ? restartPoints(args) : named(args),
    ...(flinkVersion !== undefined && { flinkVersion }),
    allowNonRestoredState: args.boolean('allow-non-restored-state') ?? false,
    files: args.boolean('files') ?? true,
    restWanted: args.text('rest-url') !== undefined,
    limitMs,
    ...operatorOf(args),
  }
}

function restartPoints(args: Arguments): RestartPoints {
  const choice = jobChoiceOrAll(args)
  if (choice.by === 'name') throw new Error('jobs are chosen by label or by name')
  const ofOne = ['uids', 'uids-file', 'against', 'rest-url'].find(flag => args.text(flag) !== undefined)
  if (ofOne) throw failure('usage', `--${ofOne} is about one job: name the job`)
  return { choice }
}

function named(args: Arguments): NamedSavepoint {
  const [job, savepoint, ...more] = args.words
  if (job === undefined)
    throw failure(
      'usage',
      'you must name a job and one of its savepoints; or choose jobs by -A, --selector or --all',
    )
  if (more.length > 0) throw failure('usage', 'verify looks at one savepoint at a time')
  if (savepoint === '') throw failure('usage', 'the savepoint is empty')
  if (savepoint === undefined && !args.interactive)
    throw failure('usage', 'say which savepoint: latest, latest~1, gen:12, a name or a location')
  return {
    job: parseJob(job),
    savepoint: parseSavepointName(savepoint ?? 'latest'),
    operators: operatorsIn(args),
  }
}

function operatorsIn(args: Arguments): OperatorsOption {
  const [uids, file, against] = ['uids', 'uids-file', 'against'].map(flag => args.text(flag))
  if ([uids, file, against].filter(given => given !== undefined).length > 1)
    throw failure('usage', '--uids, --uids-file and --against exclude each other')
  if ([uids, file, against].includes('')) throw failure('usage', 'say which operators the job is to have')
  if (against !== undefined) return { by: 'savepoint', location: against }
  if (file !== undefined) return { by: 'uids', uids: [], file }
  if (uids === undefined) return { by: 'job' }
  return {
    by: 'uids',
    uids: uids
      .split(',')
      .map(uid => uid.trim())
      .filter(uid => uid !== ''),
  }
}
