/**
 * Why a command did not end well; `cli/exit.ts` turns each into an exit code.
 * - `usage`: the words on the command line
 * - `not-asked`: nothing could be asked or read: not found, not running, forbidden, unreachable, refused
 * - `no`: it was asked, and the answer is no
 * - `timed-out`: it may still complete
 * - `interrupted`: by the user; what was asked goes on
 */
export type FailureCode = 'usage' | 'not-asked' | 'no' | 'timed-out' | 'interrupted'

/** The machine-readable part of an API server's refusal. */
export interface ApiStatus {
  readonly code: number
  readonly reason: string
  readonly message: string
  /** Seconds, from Retry-After. */
  readonly retryAfter?: number
}

/**
 * The one error that is not a bug. `message` is the whole line for stderr, with its prefix, worded as kubectl
 * words it; `hints` are further lines with a remedy, silenced by `-q`.
 */
export class Failure extends Error {
  override readonly name = 'Failure' as const
  readonly code: FailureCode
  readonly hints: readonly string[]
  /** Set where an API server's answer is the reason. */
  readonly status: ApiStatus | undefined
  /** What was asked for may have been carried out all the same: its answer was not waited for, or was lost. */
  readonly uncertain: boolean
  /** Nothing was asked, since another savepoint of the job is in flight: after it, it may be. */
  readonly busy: boolean

  constructor(
    code: FailureCode,
    message: string,
    more: {
      hints?: readonly string[]
      status?: ApiStatus
      cause?: unknown
      uncertain?: boolean
      busy?: boolean
    } = {},
  ) {
    super(message, { cause: more.cause })
    this.code = code
    this.hints = more.hints ?? []
    this.status = more.status
    this.uncertain = more.uncertain ?? false
    this.busy = more.busy ?? false
  }
}

/** The same failure with these hints in place of its own. */
export function withHints(
  { code, message, status, cause, uncertain }: Failure,
  hints: readonly string[],
): Failure {
  return new Failure(code, message, { hints, cause, uncertain, ...(status && { status }) })
}

/** The same refusal, where nothing but another savepoint in flight is the reason, and that is waited for with `--after-current`. */
export function untilIdle({ code, message, hints }: Failure): Failure {
  return new Failure(code, message, { hints: ['wait for it first: --after-current', ...hints], busy: true })
}

/** Ctrl-C, while the answer to a write was awaited: nobody knows whether it was carried out. */
export function unanswered(text: string, ...hints: string[]): Failure {
  return new Failure('interrupted', `error: interrupted ${text}; whether it was is not known`, {
    hints,
    uncertain: true,
  })
}

/** A failure of ours: `error: ` and the text, as kubectl prints its own. */
export function failure(code: FailureCode, text: string, ...hints: string[]): Failure {
  return new Failure(code, `error: ${text}`, { hints })
}
