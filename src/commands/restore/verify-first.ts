import type { Arguments, Flag } from '../command.ts'

/** How a savepoint is looked at before a job is started from it. */
export interface VerifyFirst {
  /** Look first whether the savepoint would start the job, for so long. */
  readonly verify: boolean
  readonly verifyLimitMs: number
}

export const verifyFirstFlags: readonly Flag[] = [
  {
    name: 'verify',
    type: 'boolean',
    default: 'true',
    describe:
      'Look first whether the savepoint would start the job. If not, it is asked again; with --yes it is refused. What is not known stops nothing.',
  },
  {
    name: 'verify-timeout',
    type: 'duration',
    value: 'DURATION',
    default: '5s',
    describe: 'How long to look whether the savepoint would start the job.',
  },
]

export function verifyFirstOf(args: Arguments): VerifyFirst {
  return { verify: args.boolean('verify') ?? true, verifyLimitMs: args.durationMs('verify-timeout') ?? 0 }
}
