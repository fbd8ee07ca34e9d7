/** The timers of one process: they end with it. */
export interface Timers {
  after(ms: number, work: () => void): void
  every(ms: number, work: () => void): { stop(): void }
  /** No timer of it does anything any more. */
  stop(): void
}

export function timers(): Timers {
  const pending = new Set<NodeJS.Timeout>()
  const keep = (timer: NodeJS.Timeout) => {
    pending.add(timer)
    return timer.unref()
  }
  return {
    after: (ms, work) => {
      const timer = keep(
        setTimeout(() => {
          pending.delete(timer)
          work()
        }, ms),
      )
    },
    every: (ms, work) => {
      const timer = keep(setInterval(work, ms))
      return {
        stop: () => {
          pending.delete(timer)
          clearInterval(timer)
        },
      }
    },
    stop: () => {
      // One call for both kinds: Node keeps them in one list.
      for (const timer of pending) clearTimeout(timer)
      pending.clear()
    },
  }
}
