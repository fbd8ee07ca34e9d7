import type { Arguments, Flag } from '../command.ts'
import {
  allowNonRestoredStateFlag,
  checkAskable,
  dryRunFlag,
  dryRunOf,
  onlyJob,
  operatorFlag,
  operatorOf,
  recordFlag,
  recreateFlag,
  restUrlFlag,
  waitFlag,
  yesFlag,
} from '../job/flags.ts'
import type { JobName } from '../job/name.ts'
import type { RestoreOptions } from './options.ts'
import { verifyFirstFlags, verifyFirstOf } from './verify-first.ts'

export interface ResumeOptions
  extends Pick<
    RestoreOptions,
    | 'allowUnknownLocation'
    | 'verify'
    | 'verifyLimitMs'
    | 'yes'
    | 'dryRun'
    | 'wait'
    | 'timeoutMs'
    | 'operator'
    | 'record'
  > {
  readonly job: JobName
  readonly allowNonRestoredState: boolean
  readonly recreate: boolean
}

export const resumeFlags: readonly Flag[] = [
  { ...allowNonRestoredStateFlag, default: 'false' },
  {
    name: 'allow-unknown-location',
    type: 'boolean',
    default: 'false',
    describe:
      'Start from a location that the record alone knows and that is not below the directory for its savepoints.',
  },
  recreateFlag,
  ...verifyFirstFlags,
  yesFlag,
  dryRunFlag,
  waitFlag,
  {
    name: 'timeout',
    type: 'duration',
    value: 'DURATION',
    default: '10m',
    describe: 'How long to wait for each: the end of the old object (--recreate), the job to run again.',
  },
  operatorFlag,
  restUrlFlag,
  recordFlag,
]

/** The command line of `resume` as a value; throws a usage Failure. */
export function resumeOptions(args: Arguments): ResumeOptions {
  checkAskable(args, 'resume')
  return {
    job: onlyJob(args.words, 'resume'),
    allowNonRestoredState: args.boolean('allow-non-restored-state') ?? false,
    allowUnknownLocation: args.boolean('allow-unknown-location') ?? false,
    recreate: args.boolean('recreate') ?? false,
    ...verifyFirstOf(args),
    yes: args.boolean('yes') ?? false,
    dryRun: dryRunOf(args),
    wait: args.boolean('wait') ?? true,
    timeoutMs: args.durationMs('timeout') ?? 0,
    record: args.boolean('record') ?? true,
    ...operatorOf(args),
  }
}
