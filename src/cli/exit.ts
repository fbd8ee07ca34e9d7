import { Failure, type FailureCode } from '../domain/failure.ts'

/** The exit code of each way not to end well. A code that is missing here does not compile. */
const codes = {
  usage: 2,
  'not-asked': 1,
  no: 3,
  'timed-out': 4,
  interrupted: 130,
} as const satisfies Record<FailureCode, number>

/** Everything that is not a Failure is a bug of ours: EX_SOFTWARE of sysexits.h. */
const bug = 70

/** The exit code of whatever ended a command; nothing did: 0. */
export function exitCode(ended: unknown): number {
  if (ended === undefined) return 0
  return ended instanceof Failure ? codes[ended.code] : bug
}
