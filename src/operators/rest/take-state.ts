import type { Failure } from '../../domain/failure.ts'
import type { Effect, Step } from '../../domain/protocol.ts'
import type { RestCheckpoints, RestQuestion } from '../../domain/rest.ts'
import type { JobRef, Savepoint } from '../../domain/savepoint.ts'

export interface TakeByRest {
  readonly job: JobRef
  readonly flinkJobId: string
  /** Without one, Flink's own default directory. */
  readonly directory?: string
  readonly format?: 'CANONICAL' | 'NATIVE'
  /** 32 hex characters nobody has used: Flink >= 1.15 takes one savepoint for it, however often it is asked. */
  readonly triggerId: string
  /** `flinkcluster/orders`. */
  readonly shown: string
  /** false: ended as soon as Flink has accepted it. */
  readonly wait: boolean
  /** Where it is known already, Flink is not asked for it. */
  readonly flinkVersion?: string
  /** The job is stopped with the savepoint. */
  readonly stop?: { readonly drain: boolean }
}

/**
 * - preparing: the version of Flink and what was there before are being asked
 * - asking: a POST is due
 * - posting: it is under way
 * - following: Flink knows our trigger
 * - searching: nobody knows our trigger; the savepoint may be in the list of checkpoints
 * - measuring: complete; its size and times are being asked
 */
export type Phase = 'preparing' | 'asking' | 'posting' | 'following' | 'searching' | 'measuring' | 'ended'

export interface RestTake {
  readonly phase: Phase
  readonly version?: string
  /** The checkpoints before we asked. */
  readonly before?: RestCheckpoints
  /** The trigger that is followed now. */
  readonly triggerId: string
  /** Flink has said something: it is there, and only silent at times. */
  readonly met: boolean
  /** A POST has reached Flink, or may have. */
  readonly sent: boolean
  /** Tries of what is being tried in this phase. */
  readonly tries: number
  /** New triggers after failures that prove that nothing was taken. */
  readonly repeats: number
  /** Why Flink's last answer was no answer. */
  readonly silence?: string
  /** Why nobody knows whether Flink got our POST. */
  readonly doubt?: string
  readonly known: Savepoint
}

export type RestEffect = Effect<Savepoint>
export type RestStep = Step<RestTake, Savepoint>

/** May Flink have been asked by now? */
export function maybeAsked(state: RestTake): boolean {
  return state.sent || state.phase === 'posting'
}

export function step(state: RestTake, ...effects: RestEffect[]): RestStep {
  return { state, effects }
}

export function ask(question: RestQuestion, timeoutMs = 5_000): RestEffect {
  return { type: 'ask-rest', question, timeoutMs }
}

export function later(timer: Phase, inMs: number): RestEffect {
  return { type: 'timer', timer, inMs }
}

export function end(state: RestTake, failure?: Failure): RestStep {
  const outcome = failure ? { result: state.known, failure } : { result: state.known }
  return step({ ...state, phase: 'ended' }, { type: 'done', outcome })
}
