import type { Failure } from './failure.ts'
import type { Selector, ServedKind, Write } from './ports.ts'
import type { Resource } from './resource.ts'
import type { RestAnswer, RestQuestion } from './rest.ts'

/**
 * One way of asking an operator (or Flink) for something and of understanding what follows: a pure reducer with no
 * clock and no network. `wait.ts` drives it. `Result` is what the command prints in the end, however it ends.
 */
export interface Protocol<State, Result> {
  /** What to write, or why not. Called again with a fresh object when the write met a conflict. */
  ask(before: Resource): Ask
  /** Ctrl-C, and no answer to what `ask` wrote: it may be there. What to do about it. */
  unanswered?(before: Resource): Failure
  /** The state before anything was written, and the effects to start with. */
  begin(before: Resource): Step<State, Result>
  next(state: State, event: Event): Step<State, Result>
}

export type Ask =
  /** Of the job's object, or the creation of one beside it: then `written` has that one as `after`. */
  | { readonly write: Write }
  /** Nothing needs to be written: a request that is there already will be served. `note` says so. */
  | { readonly join: string }
  /** Flink itself is asked, by the effects of `begin`. */
  | { readonly rest: true }
  | { readonly refuse: Failure }

export type Event =
  /** From the watch, or the answer to a write of ours. */
  | { readonly type: 'object'; readonly object: Resource }
  | { readonly type: 'deleted' }
  /** A write was carried out. `before` is the object that was read for it; `at` the server's clock, epoch ms. */
  | {
      readonly type: 'written'
      readonly id: string
      readonly before: Resource
      readonly after: Resource
      readonly at?: number
    }
  /** A further write turned out to be no longer needed: its `make` gave undefined. */
  | { readonly type: 'skipped'; readonly id: string }
  /** A write after the first was refused (webhook, RBAC, a conflict that did not end). */
  | { readonly type: 'refused'; readonly id: string; readonly failure: Failure }
  /** The person's answer; `undefined` where nobody could be asked. */
  | { readonly type: 'answer'; readonly question: string; readonly yes: boolean | undefined }
  | { readonly type: 'rest'; readonly question: RestQuestion; readonly answer: RestAnswer }
  | { readonly type: 'due'; readonly timer: string }
  /** Of other objects than the job's, which a `follow` or `remove` named. */
  | { readonly type: 'beside'; readonly id: string; readonly news: News }
  | { readonly type: 'timeout' }
  | { readonly type: 'interrupted' }

export type News =
  /** What was there when a `follow` without `after` began; what changes from then on is `seen`. */
  | { readonly is: 'listed'; readonly objects: readonly Resource[] }
  | { readonly is: 'seen'; readonly object: Resource }
  | { readonly is: 'deleted'; readonly object: Resource }
  /** A `remove` was carried out. */
  | { readonly is: 'removed' }

export type Effect<Result> =
  /** A further write. `make` is called with the newest object, and again after a conflict; undefined: no longer needed. */
  | {
      readonly type: 'write'
      readonly id: string
      readonly make: (newest: Resource) => Write | undefined
      /** What we did is being put back: carried out also after Ctrl-C, within moments. */
      readonly late?: boolean
    }
  | { readonly type: 'question'; readonly question: string; readonly text: string }
  /** Answered within `timeoutMs`, if only by 'unreachable'. */
  | { readonly type: 'ask-rest'; readonly question: RestQuestion; readonly timeoutMs: number }
  | { readonly type: 'timer'; readonly timer: string; readonly inMs: number }
  /** Watches other objects than the job's until the wait is over, after this resourceVersion, or else after a list of them. */
  | {
      readonly type: 'follow'
      readonly id: string
      readonly kind: ServedKind
      readonly namespace: string
      readonly selector?: Selector
      readonly after?: string
    }
  /** Deletes an object that this wait made, if it is still as it was read. */
  | { readonly type: 'remove'; readonly id: string; readonly object: Resource; readonly late?: boolean }
  | { readonly type: 'tell'; readonly text: string }
  | { readonly type: 'warn'; readonly text: string }
  | { readonly type: 'done'; readonly outcome: Outcome<Result> }

export interface Step<State, Result> {
  readonly state: State
  readonly effects: readonly Effect<Result>[]
}

/** How it ended. Without a failure, well. */
export interface Outcome<Result> {
  readonly result: Result
  readonly failure?: Failure
}
