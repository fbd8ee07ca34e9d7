/**
 * The only worker of a real operator (controller-runtime MaxConcurrentReconciles 1). The simulated ones work on several
 * clusters at once, except where that would show: while one of them waits for Flink inside its pass.
 */
export interface Thread {
  /** Resolves once nobody holds the worker up. */
  free(): Promise<void>
  /** Does `work` while nothing else is begun. */
  alone<T>(work: () => Promise<T>): Promise<T>
}

export function thread(): Thread {
  let busy: Promise<unknown> = Promise.resolve()
  return {
    free: async () => {
      let seen: unknown
      while (seen !== busy) {
        seen = busy
        await busy
      }
    },
    alone: work => {
      const turn = busy.then(work)
      busy = turn.catch(() => undefined)
      return turn
    },
  }
}
