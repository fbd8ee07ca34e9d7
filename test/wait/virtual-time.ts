import type { Clock } from '../../src/domain/ports.ts'

/** Time that passes only where somebody waits for it, and then at once. */
export interface VirtualTime {
  readonly clock: Clock
  /** Does this after so many milliseconds. */
  after(ms: number, run: () => void): void
  /** Lets time pass until this is settled; throws where it is not at `limitMs` after the beginning, or nothing is left that could settle it. */
  until<T>(settled: Promise<T>, limitMs: number): Promise<T>
}

/** The fake API server takes a turn of the event loop for an answer, and a conflict three. */
const turns = 5

export function virtualTime(beginning: number): VirtualTime {
  let now = beginning
  const due: { readonly at: number; readonly run: () => void }[] = []
  const after = (ms: number, run: () => void) => {
    const at = now + ms
    const place = due.findIndex(other => other.at > at)
    due.splice(place < 0 ? due.length : place, 0, { at, run })
  }
  const clock: Clock = {
    now: () => now,
    sleep: (ms, signal) =>
      new Promise(resolve => {
        if (signal?.aborted) return resolve()
        signal?.addEventListener('abort', () => resolve(), { once: true })
        after(ms, resolve)
      }),
  }
  return {
    clock,
    after,
    async until(settled, limitMs) {
      let over = false
      settled.then(
        () => {
          over = true
        },
        () => {
          over = true
        },
      )
      for (;;) {
        for (let turn = 0; turn < turns; turn++) await new Promise(setImmediate)
        if (over) return await settled
        const next = due.shift()
        if (!next || next.at > beginning + limitMs)
          throw new Error(`nothing has ended it after ${now - beginning} ms`)
        now = next.at
        next.run()
      }
    },
  }
}
