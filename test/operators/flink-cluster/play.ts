import type { Fields } from '../../../src/domain/fields.ts'
import type { Write } from '../../../src/domain/ports.ts'
import type { Effect, Event, Protocol, Step } from '../../../src/domain/protocol.ts'
import { type Resource, resourceOf } from '../../../src/domain/resource.ts'

/** A protocol being played by hand: feed it events, look at what it wants. */
export interface Play<Result> {
  /** What it wanted since the last look, further writes made out of the newest object. */
  wants(): Wanted[]
  feed(...events: Event[]): void
  /** Undefined while it waits on. */
  outcome(): Played<Result> | undefined
}

export interface Played<Result> {
  readonly result: Result
  readonly failure?: { readonly code: string; readonly message: string; readonly hints: readonly string[] }
}

export type Wanted =
  | Exclude<Effect<never>, { type: 'done' | 'write' }>
  | { readonly type: 'write'; readonly id: string; readonly write: Write | undefined }

export function play<State, Result>(protocol: Protocol<State, Result>, before: Resource): Play<Result> {
  let step: Step<State, Result> | undefined
  let newest = before
  let wanted: Wanted[] = []
  let outcome: Played<Result> | undefined
  const take = (next: Step<State, Result>) => {
    step = next
    for (const effect of next.effects) {
      if (effect.type === 'done') {
        const { result, failure } = effect.outcome
        outcome ??= failure
          ? { result, failure: { code: failure.code, message: failure.message, hints: failure.hints } }
          : { result }
      } else if (effect.type === 'write') {
        wanted.push({ type: 'write', id: effect.id, write: effect.make(newest) })
      } else wanted.push(effect)
    }
  }
  take(protocol.begin(before))
  return {
    wants() {
      const all = wanted
      wanted = []
      return all
    },
    feed(...events) {
      for (const event of events) {
        if (event.type === 'object') newest = event.object
        if (step && !outcome) take(protocol.next(step.state, event))
      }
    },
    outcome: () => outcome,
  }
}

export function object(body: Fields): Resource {
  const resource = resourceOf(body)
  if (!resource) throw new Error('not an object')
  return resource
}

export function sight(body: Fields): Event {
  return { type: 'object', object: object(body) }
}

export function written(before: Fields, after: Fields, id = 'ask'): Event {
  return { type: 'written', id, before: object(before), after: object(after) }
}
