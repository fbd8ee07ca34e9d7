import { failure } from '../domain/failure.ts'
import type { Clock } from '../domain/ports.ts'

/** How long the answer to one question is waited for. */
export interface Patience {
  readonly clock: Clock
  /** 0: for ever. */
  readonly limitMs: number
  readonly interrupted: AbortSignal
}

/** Nothing came in time. */
export class OutOfTime extends Error {
  override readonly name = 'OutOfTime'
}

/**
 * What `work` gives, or OutOfTime, or a Failure after Ctrl-C, whatever the library behind `work` makes of its signal: some
 * have none, and some go on trying for minutes.
 */
export async function inTime<Answer>(
  { clock, limitMs, interrupted }: Patience,
  work: (signal: AbortSignal) => Promise<Answer>,
): Promise<Answer> {
  const over = new AbortController()
  const answered = new AbortController()
  const ended = new Promise<never>((_, reject) => {
    const interrupt = () => reject(failure('interrupted', 'interrupted'))
    if (interrupted.aborted) return interrupt()
    interrupted.addEventListener('abort', interrupt, { signal: answered.signal })
    if (limitMs > 0)
      clock.sleep(limitMs, answered.signal).then(() => answered.signal.aborted || reject(new OutOfTime()))
  })
  try {
    return await Promise.race([ended, work(over.signal)])
  } finally {
    answered.abort()
    over.abort()
  }
}
