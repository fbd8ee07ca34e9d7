import { failure } from '../../domain/failure.ts'
import { savepointLabel } from '../../history/savepoint-label.ts'
import type { Build } from '../../operators/job-operator.ts'
import type { Arguments, Flag } from '../command.ts'
import {
  afterCurrentFlag,
  checkAskable,
  type DryRun,
  dryRunFlag,
  dryRunOf,
  formatFlag,
  noteFlag,
  onlyJob,
  operatorFlag,
  operatorOf,
  recordFlag,
  restUrlFlag,
  savepointNameFlag,
  targetDirectoryFlag,
  waitFlag,
  yesFlag,
} from '../job/flags.ts'
import type { JobName } from '../job/name.ts'

export interface StopOptions {
  readonly job: JobName
  readonly drain: boolean
  readonly yes: boolean
  readonly dryRun: DryRun
  readonly wait: boolean
  readonly timeoutMs: number
  readonly afterCurrent: boolean
  readonly format?: 'CANONICAL' | 'NATIVE'
  readonly directory?: string
  readonly name?: string
  readonly note?: string
  readonly operator?: Build
  readonly record: boolean
}

export const stopFlags: readonly Flag[] = [
  {
    name: 'drain',
    type: 'boolean',
    default: 'false',
    describe:
      'Let the sources end first, so that all timers and windows fire: for a job that will not be started again from this savepoint. Flink is asked for it.',
  },
  yesFlag,
  dryRunFlag,
  waitFlag,
  {
    name: 'timeout',
    type: 'duration',
    value: 'DURATION',
    default: '15m',
    describe: 'How long to wait. The older operator GCP v1beta1-3 is given 3m at least.',
  },
  afterCurrentFlag,
  formatFlag,
  targetDirectoryFlag,
  savepointNameFlag,
  noteFlag,
  operatorFlag,
  restUrlFlag,
  recordFlag,
]

/** The command line of `stop` as a value; throws a usage Failure. */
export function stopOptions(args: Arguments): StopOptions {
  const format = args.text('format')?.toUpperCase() as StopOptions['format']
  const directory = args.text('target-directory')
  const label = savepointLabel({ name: args.text('name'), note: args.text('note') })
  const record = args.boolean('record') ?? true
  if (directory === '') throw failure('usage', '--target-directory must not be empty')
  if (!record && (label.name !== undefined || label.note !== undefined))
    throw failure('usage', '--name and --note are kept in the record: leave out --record=false')
  checkAskable(args, 'stop')
  return {
    job: onlyJob(args.words, 'stop'),
    drain: args.boolean('drain') ?? false,
    yes: args.boolean('yes') ?? false,
    dryRun: dryRunOf(args),
    wait: args.boolean('wait') ?? true,
    timeoutMs: args.durationMs('timeout') ?? 0,
    afterCurrent: args.boolean('after-current') ?? false,
    record,
    ...label,
    ...(format && { format }),
    ...(directory !== undefined && { directory }),
    ...operatorOf(args),
  }
}
