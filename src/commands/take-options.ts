import { failure } from '../domain/failure.ts'
import type { Build, Via } from '../operators/job-operator.ts'
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

export interface TakeOptions {
  readonly job: JobName
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
  readonly operator?: Build
  readonly record: boolean
}

export const takeFlags: readonly Flag[] = [
  {
    name: 'via',
    type: 'text',
    choices: ['auto', 'generation', 'annotation', 'rest'],
    default: 'auto',
    describe:
      'How to ask: by spec.job.savepointGeneration, by annotation, or Flink itself. auto: what works on this operator now.',
  },
  waitFlag,
  {
    name: 'timeout',
    type: 'duration',
    value: 'DURATION',
    default: '15m',
    describe: 'How long to wait. Older operators (GCP up to v1beta1-3) are given 3m at least.',
  },
  {
    name: 'format',
    type: 'text',
    choices: ['canonical', 'native'],
    describe:
      'Format of the savepoint. Flink is asked for it, so the operator does not learn of the savepoint.',
  },
  {
    name: 'target-directory',
    type: 'text',
    value: 'DIR',
    describe:
      'Where to write the savepoint. Flink is asked, so the operator does not learn of the savepoint.',
  },
  {
    name: 'after-current',
    type: 'boolean',
    default: 'false',
    describe: 'Where another savepoint is in flight, wait for it first.',
  },
  {
    name: 'withdraw',
    type: 'boolean',
    describe:
      "Take a failed savepointGeneration back, which Spotify's operator would try for ever. On a terminal you are asked.",
  },
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
  checkFlags(args, via)
  return {
    job: onlyJob(args.words, 'take'),
    via,
    wait: args.boolean('wait') ?? true,
    timeoutMs: args.durationMs('timeout') ?? 0,
    dryRun: dryRunOf(args),
    afterCurrent: args.boolean('after-current') ?? false,
    record: args.boolean('record') ?? true,
    ...(withdraw !== undefined && { withdraw }),
    ...(format && { format }),
    ...(directory !== undefined && { directory }),
    ...flinkJob(args),
    ...operatorOf(args),
  }
}

function checkFlags(args: Arguments, via: Via): void {
  const directory = args.text('target-directory')
  if (directory === '') throw failure('usage', '--target-directory must not be empty')
  const forRest = ['format', 'target-directory', 'job-id', 'job-name'].find(
    flag => args.text(flag) !== undefined,
  )
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
