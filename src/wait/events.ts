import { Failure } from '../domain/failure.ts'
import type { Event } from '../domain/protocol.ts'

/** What happens during a wait, for its protocol. */
export interface Events {
  push(event: Event): void
  /** A bug in something that ran beside: it ends the wait. */
  crash(error: unknown): void
  next(): Promise<Event>
}

/** Events in the order in which they came. */
export function eventQueue(): Events {
  const waiting: (Event | { crash: unknown })[] = []
  let wake: () => void = () => undefined
  const add = (item: Event | { crash: unknown }) => {
    waiting.push(item)
    wake()
  }
  return {
    push: add,
    crash: error => add({ crash: error }),
    next: async () => {
      while (waiting.length === 0) {
        await new Promise<void>(resolve => {
          wake = resolve
        })
      }
      const item = waiting.shift() as Event | { crash: unknown }
      if ('crash' in item) throw item.crash
      return item
    },
  }
}

/** What was refused, for the protocol; anything else is a bug. */
export function asFailure(error: unknown): Failure {
  if (error instanceof Failure) return error
  throw error
}
