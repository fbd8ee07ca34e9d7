import type { Clock } from '../domain/ports.ts'

/** Calls `expired` after `ms` unless cleared before; 0 is no limit. */
export function deadline(clock: Clock, ms: number, expired: () => void): { clear(): void } {
  const cleared = new AbortController()
  if (ms > 0) {
    clock.sleep(ms, cleared.signal).then(() => {
      if (!cleared.signal.aborted) expired()
    })
  }
  // Without a reason Node makes an error of each abort, with a stack that nobody reads.
  return { clear: () => cleared.abort('cleared') }
}
