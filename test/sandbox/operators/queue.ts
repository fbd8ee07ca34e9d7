/** One worker over keys, as controller-runtime's: a key is worked on once at a time, and again if it was added meanwhile. */
export interface WorkQueue {
  add(key: string): void
  /** Resolves once nothing runs any more. */
  pause(): Promise<void>
  resume(): void
  /** Resolves once nothing runs any more. */
  stop(): Promise<void>
}

export interface QueueOptions {
  /** Between two passes over the same key. */
  readonly gapMs: number
  /** One pass; resolves to the time after which the key is due again by itself, if ever. */
  readonly work: (key: string) => Promise<number | undefined>
}

export function workQueue({ gapMs, work }: QueueOptions): WorkQueue {
  const waiting = new Set<string>()
  const running = new Map<string, Promise<void>>()
  const timers = new Map<string, NodeJS.Timeout>()
  let paused = false

  const later = (key: string, ms: number) => {
    clearTimeout(timers.get(key))
    timers.set(
      key,
      setTimeout(() => add(key), ms),
    )
  }
  const run = async (key: string) => {
    waiting.delete(key)
    clearTimeout(timers.get(key))
    const dueInMs = await work(key)
    await new Promise(resolve => setTimeout(resolve, gapMs))
    running.delete(key)
    if (waiting.has(key)) add(key)
    else if (dueInMs === undefined) timers.delete(key)
    else later(key, dueInMs)
  }
  const add = (key: string) => {
    waiting.add(key)
    if (!paused && !running.has(key)) running.set(key, run(key))
  }
  const pause = async () => {
    paused = true
    await Promise.all(running.values())
  }
  return {
    add,
    pause,
    resume: () => {
      paused = false
      for (const key of [...waiting, ...timers.keys()]) add(key)
    },
    stop: async () => {
      await pause()
      for (const timer of timers.values()) clearTimeout(timer)
    },
  }
}
