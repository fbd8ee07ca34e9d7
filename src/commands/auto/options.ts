import { parseDuration } from '../../domain/duration.ts'
import { failure } from '../../domain/failure.ts'
import type { AutomaticWish, Build } from '../../operators/job-operator.ts'
import type { Arguments, Flag } from '../command.ts'
import {
  afterCurrentFlag,
  checkAskable,
  type DryRun,
  dryRunFlag,
  dryRunOf,
  onlyJob,
  operatorFlag,
  operatorOf,
  recordFlag,
  restUrlFlag,
  waitFlag,
  yesFlag,
} from '../job/flags.ts'
import type { JobName } from '../job/name.ts'
import { checkedDirectory } from './directory.ts'

/** What is to be set; without any of it the settings are shown. */
export type Settings = Pick<
  AutomaticWish,
  'everySeconds' | 'checkpointsEverySeconds' | 'directory' | 'onFailure' | 'maxStateAgeSeconds'
>

export interface AutoOptions {
  readonly job: JobName
  readonly settings: Settings
  readonly afterCurrent: boolean
  readonly yes: boolean
  readonly dryRun: DryRun
  readonly wait: boolean
  readonly timeoutMs: number
  readonly operator?: Build
  /** `--rest-url`. */
  readonly restWanted: boolean
  readonly record: boolean
}

export const autoFlags: readonly Flag[] = [
  {
    name: 'every',
    type: 'text',
    suggested: ['off'],
    value: 'DURATION|off',
    describe:
      'How often the operator takes a savepoint by itself, in whole seconds (90s, 5m, 1h); off: never.',
  },
  {
    name: 'checkpoint-every',
    type: 'text',
    suggested: ['off'],
    value: 'DURATION|off',
    describe:
      'How often the Apache operator takes a checkpoint by itself, beside those of Flink, in whole seconds; off: never.',
  },
  {
    name: 'directory',
    type: 'text',
    value: 'DIR',
    describe:
      'Where the operator has savepoints written (spec.job.savepointsDir; state.savepoints.dir of a FlinkDeployment).',
  },
  {
    name: 'on-failure',
    type: 'text',
    choices: ['restore', 'stop'],
    describe:
      'What the operator does with a job that failed: start it again from its last savepoint, or leave it.',
  },
  {
    name: 'max-state-age',
    type: 'text',
    value: 'DURATION',
    describe:
      "How old a savepoint may be for Spotify's operator to start a stopped job from it (maxStateAgeToRestoreSeconds).",
  },
  afterCurrentFlag,
  yesFlag,
  dryRunFlag,
  waitFlag,
  {
    name: 'timeout',
    type: 'duration',
    value: 'DURATION',
    default: '10m',
    describe: 'How long to wait for a savepoint, and again for the restarted job.',
  },
  operatorFlag,
  restUrlFlag,
  recordFlag,
]

/** The command line of `auto` as a value; throws a usage Failure. */
export function autoOptions(args: Arguments): AutoOptions {
  const settings = settingsOf(args)
  const dryRun = dryRunOf(args)
  const sets = Object.keys(settings).length > 0
  if (sets) checkAskable(args, 'change it')
  if (!sets && dryRun !== 'none')
    throw failure(
      'usage',
      '--dry-run needs something to set: --every, --checkpoint-every, --directory, --on-failure or --max-state-age',
    )
  return {
    job: onlyJob(args.words, 'auto'),
    settings,
    afterCurrent: args.boolean('after-current') ?? false,
    yes: args.boolean('yes') ?? false,
    dryRun,
    wait: args.boolean('wait') ?? true,
    timeoutMs: args.durationMs('timeout') ?? 0,
    restWanted: args.text('rest-url') !== undefined,
    record: args.boolean('record') ?? true,
    ...operatorOf(args),
  }
}

function settingsOf(args: Arguments): Settings {
  const every = args.text('every')
  const checkpoints = args.text('checkpoint-every')
  const directory = args.text('directory')
  const onFailure = args.text('on-failure') as Settings['onFailure']
  const age = args.text('max-state-age')
  return {
    ...(every !== undefined && { everySeconds: secondsOrOff('every', every) }),
    ...(checkpoints !== undefined && {
      checkpointsEverySeconds: secondsOrOff('checkpoint-every', checkpoints),
    }),
    ...(directory !== undefined && { directory: checkedDirectory(directory) }),
    ...(onFailure !== undefined && { onFailure }),
    ...(age !== undefined && { maxStateAgeSeconds: wholeSeconds('max-state-age', age) }),
  }
}

function secondsOrOff(flag: string, text: string): number | 'off' {
  return text === 'off' ? 'off' : wholeSeconds(flag, text, `to switch them off: --${flag} off`)
}

/** The fields are int32 in the operators' types (api/v1beta1/flinkcluster_types.go). */
const mostSeconds = 2 ** 31 - 1

function wholeSeconds(flag: string, text: string, ...zero: string[]): number {
  const bad = (why: string, ...hints: string[]) =>
    failure('usage', `invalid argument ${JSON.stringify(text)} for "--${flag}" flag: ${why}`, ...hints)
  const ms = parseDuration(text)
  if (ms === undefined) throw bad('not a duration like 90s, 5m or 1h30m')
  if (ms === 0) throw bad('must be more than zero', ...zero)
  const seconds = ms / 1_000
  if (!Number.isInteger(seconds)) throw bad('must be whole seconds')
  if (seconds > mostSeconds) throw bad(`must not be more than ${mostSeconds} s`)
  return seconds
}
