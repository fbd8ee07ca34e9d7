import { failure } from '../../domain/failure.ts'
import { savepointLabel } from '../../history/savepoint-label.ts'
import type { Build, Via } from '../../operators/job-operator.ts'
import type { Arguments, Flag } from '../command.ts'
import { allFlag, type JobChoice, jobChoice, selectorFlag } from '../job/choose-jobs.ts'
import {
  afterCurrentFlag,
  checkAskable,
  type DryRun,
  dryRunFlag,
  dryRunOf,
  formatFlag,
  noteFlag,
  operatorFlag,
  operatorOf,
  recordFlag,
  restUrlFlag,
  savepointNameFlag,
  targetDirectoryFlag,
  waitFlag,
  yesFlag,
} from '../job/flags.ts'

/** What is wished of each job. */
export interface TakeWishes {
  readonly via: Via
  readonly wait: boolean
  readonly timeoutMs: number
  readonly dryRun: DryRun
  readonly afterCurrent: boolean
  /** undefined: ask the person. */
  readonly withdraw?: boolean
  readonly format?: 'CANONICAL' | 'NATIVE'
  readonly directory?: string
  readonly flinkJobId?: string
  readonly flinkJobName?: string
  readonly name?: string
  readonly note?: string
  readonly operator?: Build
  readonly record: boolean
}

export interface TakeOptions extends TakeWishes {
  readonly choice: JobChoice
  readonly yes: boolean
  /** So many savepoints at once. */
  readonly concurrency: number
}

export const takeFlags: readonly Flag[] = [
  {
    name: 'via',
    type: 'text',
    choices: ['auto', 'generation', 'annotation', 'snapshot', 'nonce', 'rest'],
    default: 'auto',
    describe:
      'How to ask: a FlinkCluster by spec.job.savepointGeneration or by annotation, the jobs of the Apache operator by a FlinkStateSnapshot or by savepointTriggerNonce; or Flink itself. auto: what works on this operator now.',
  },
  waitFlag,
  {
    name: 'timeout',
    type: 'duration',
    value: 'DURATION',
    default: '15m',
    describe: 'How long to wait. Older operators (GCP up to v1beta1-3) are given 3m at least.',
  },
  formatFlag,
  targetDirectoryFlag,
  afterCurrentFlag,
  {
    name: 'withdraw',
    type: 'boolean',
    describe:
      "Take a failed savepointGeneration back, which Spotify's operator would try for ever. On a terminal you are asked.",
  },
  savepointNameFlag,
  noteFlag,
  selectorFlag,
  allFlag,
  {
    name: 'concurrency',
    type: 'integer',
    default: '8',
    describe: 'Of many jobs, how many savepoints are taken at once.',
  },
  { ...yesFlag, describe: 'Do not ask, where there is more than one job.' },
  { name: 'job-id', type: 'text', value: 'ID', describe: 'Id of the Flink job, for --via rest.' },
  { name: 'job-name', type: 'text', value: 'NAME', describe: 'Name of the Flink job, for --via rest.' },
  dryRunFlag,
  operatorFlag,
  restUrlFlag,
  recordFlag,
]

/** The command line of `take` as a value; throws a usage Failure where its parts do not fit together. */
export function takeOptions(args: Arguments): TakeOptions {
  const via = (args.text('via') ?? 'auto') as Via
  const format = args.text('format')?.toUpperCase() as TakeOptions['format']
  const directory = args.text('target-directory')
  const withdraw = args.boolean('withdraw')
  const choice = jobChoice(args)
  const label = savepointLabel({ name: args.text('name'), note: args.text('note') })
  checkFlags(args, via)
  if (isOfMany(choice)) checkMany(args)
  return {
    choice,
    via,
    wait: args.boolean('wait') ?? true,
    timeoutMs: args.durationMs('timeout') ?? 0,
    dryRun: dryRunOf(args),
    afterCurrent: args.boolean('after-current') ?? false,
    record: args.boolean('record') ?? true,
    yes: args.boolean('yes') ?? false,
    concurrency: args.integer('concurrency') ?? 1,
    ...label,
    ...(withdraw !== undefined && { withdraw }),
    ...(format && { format }),
    ...(directory !== undefined && { directory }),
    ...flinkJob(args),
    ...operatorOf(args),
  }
}

/** Is it about more than one job that was named? Then there is a list, and a question before it. */
export function isOfMany(choice: JobChoice): boolean {
  return choice.by === 'label' || choice.jobs.length > 1
}

/** What belongs to one job alone; and whether somebody has agreed, or can be asked. */
function checkMany(args: Arguments): void {
  const own = ['job-id', 'job-name', 'rest-url'].find(flag => args.text(flag) !== undefined)
  if (own) throw failure('usage', `--${own} belongs to one job: name that job alone`)
  checkAskable(args, 'take savepoints of more than one job', 'what would be done')
}

function checkFlags(args: Arguments, via: Via): void {
  const directory = args.text('target-directory')
  if (directory === '') throw failure('usage', '--target-directory must not be empty')
  if (args.integer('concurrency') === 0) throw failure('usage', '--concurrency must be 1 at least')
  const labelled = args.text('name') !== undefined || args.text('note') !== undefined
  if (labelled && args.boolean('record') === false)
    throw failure('usage', '--name and --note are kept in the record: leave out --record=false')
  const bySnapshot = via === 'snapshot' ? [] : ['format', 'target-directory']
  const forRest = [...bySnapshot, 'job-id', 'job-name'].find(flag => args.text(flag) !== undefined)
  if (forRest && via !== 'auto' && via !== 'rest')
    throw failure('usage', `--${forRest} works with --via rest only: the operator decides it otherwise`)
}

function flinkJob(args: Arguments): Pick<TakeOptions, 'flinkJobId' | 'flinkJobName'> {
  const id = args.text('job-id')
  const name = args.text('job-name')
  if (id !== undefined && name !== undefined) throw failure('usage', 'give --job-id or --job-name, not both')
  if (id !== undefined && !/^[0-9a-f]{32}$/.test(id))
    throw failure('usage', `--job-id: ${JSON.stringify(id)} is not the id of a Flink job, 32 hex characters`)
  if (name === '') throw failure('usage', '--job-name must not be empty')
  return { ...(id !== undefined && { flinkJobId: id }), ...(name !== undefined && { flinkJobName: name }) }
}
