import { failure } from '../domain/failure.ts'
import { parseSavepointName, type SavepointName } from '../history/find-savepoint.ts'
import type { Build } from '../operators/job-operator.ts'
import type { Arguments, Flag } from './command.ts'
import {
  type DryRun,
  dryRunFlag,
  dryRunOf,
  onlyJob,
  operatorFlag,
  operatorOf,
  recordFlag,
  restUrlFlag,
  waitFlag,
} from './job-flags.ts'
import type { JobName } from './job-name.ts'

export interface RestoreOptions {
  readonly job: JobName
  readonly savepoint: SavepointName
  readonly allowNonRestoredState: boolean
  readonly allowUnknownLocation: boolean
  /** undefined: where the job runs. */
  readonly safetySavepoint?: boolean
  readonly yes: boolean
  readonly dryRun: DryRun
  readonly wait: boolean
  readonly timeoutMs: number
  readonly operator?: Build
  readonly record: boolean
}

export const restoreFlags: readonly Flag[] = [
  {
    name: 'allow-non-restored-state',
    type: 'boolean',
    default: 'false',
    describe: 'Let state of the savepoint go that the job has no operator for.',
  },
  {
    name: 'allow-unknown-location',
    type: 'boolean',
    default: 'false',
    describe: 'Restore from a location that no source knows, or the record alone.',
  },
  {
    name: 'safety-savepoint',
    type: 'boolean',
    describe: 'Take a savepoint before anything is changed. Default: where the job runs.',
  },
  { name: 'yes', alias: 'y', type: 'boolean', default: 'false', describe: 'Do not ask.' },
  dryRunFlag,
  waitFlag,
  {
    name: 'timeout',
    type: 'duration',
    value: 'DURATION',
    default: '10m',
    describe: 'How long to wait for the safety savepoint, and again for the restored job.',
  },
  operatorFlag,
  restUrlFlag,
  recordFlag,
]

/** The command line of `restore` as a value; throws a usage Failure. */
export function restoreOptions(args: Arguments): RestoreOptions {
  const safetySavepoint = args.boolean('safety-savepoint')
  const { job, savepoint } = jobAndSavepoint(args)
  const dryRun = dryRunOf(args)
  const yes = args.boolean('yes') ?? false
  if (!args.interactive && !yes && dryRun === 'none')
    throw failure(
      'usage',
      'nobody can be asked here: say --yes to restore, or --dry-run=client to see the plan',
    )
  return {
    job,
    savepoint,
    allowNonRestoredState: args.boolean('allow-non-restored-state') ?? false,
    allowUnknownLocation: args.boolean('allow-unknown-location') ?? false,
    yes,
    dryRun,
    wait: args.boolean('wait') ?? true,
    timeoutMs: args.durationMs('timeout') ?? 0,
    record: args.boolean('record') ?? true,
    ...(safetySavepoint !== undefined && { safetySavepoint }),
    ...operatorOf(args),
  }
}

/** Without a SAVEPOINT the latest is meant, but only where a person sees it in the plan before it is used. */
function jobAndSavepoint(args: Arguments): Pick<RestoreOptions, 'job' | 'savepoint'> {
  const [job, savepoint, ...more] = args.words
  const named = onlyJob(job === undefined ? [] : [job], 'restore')
  if (more.length > 0) throw failure('usage', 'restore takes one job and one savepoint')
  if (savepoint === '') throw failure('usage', 'the savepoint is empty')
  if (savepoint === undefined && (!args.interactive || args.boolean('yes')))
    throw failure('usage', 'say which savepoint: a location, latest, latest~1 or gen:12')
  return { job: named, savepoint: parseSavepointName(savepoint ?? 'latest') }
}
