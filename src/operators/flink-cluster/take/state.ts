import type { Failure } from '../../../domain/failure.ts'
import type { JobFacts } from '../../../domain/job.ts'
import type { Effect, Outcome, Step } from '../../../domain/protocol.ts'
import type { Savepoint } from '../../../domain/savepoint.ts'
import type { OperatorName } from '../operator.ts'
import type { Passed } from './verdict.ts'

export interface TakeByStatus {
  readonly operator: OperatorName | undefined
  readonly via: 'annotation' | 'generation'
  /** `--withdraw`; undefined: ask the person. */
  readonly withdraw?: boolean
  /** false: ended as soon as it is asked. */
  readonly wait: boolean
}

export interface TakeState {
  readonly via: 'annotation' | 'generation'
  readonly generation: number
  /** The object as it was when we asked: what differs from it may be ours. */
  readonly before: JobFacts
  /** The same of the requests before this one: a status that runs backwards shows it again (seen on Spotify v0.6). */
  readonly earlier: readonly JobFacts[]
  readonly now: JobFacts
  readonly passed: Passed
  readonly known: Savepoint
  /** The last sight of our trigger in progress. */
  readonly running?: JobFacts
  /** checking: Flink is being asked how our trigger ended. pausing: a repeat is due. ended: it failed, and at most the withdrawal is left. */
  readonly phase: 'waiting' | 'checking' | 'pausing' | 'ended'
  readonly why: 'failed' | 'replaced' | 'stopped'
  readonly message: string
  readonly repeats: number
  readonly reacted: boolean
  /** Our annotation has been seen on the object. */
  readonly annotated: boolean
  readonly failure?: Failure
}

export type TakeStep = Step<TakeState, Savepoint>
export type TakeEffect = Effect<Savepoint>

/** How often a request is made again before its failure counts. */
export const maxRepeats = 5

export function keep(state: TakeState): TakeStep {
  return { state, effects: [] }
}

export function done(state: TakeState, failure: Failure): TakeStep {
  return { state, effects: [{ type: 'done', outcome: outcome(endedAs(state.known, failure), failure) }] }
}

/** One that was in progress and will not be complete any more has failed; one that was only asked for may still fire. */
function endedAs(known: Savepoint, { code, message }: Failure): Savepoint {
  if (code !== 'no' || known.state !== 'InProgress') return known
  return { ...known, state: 'Failed', failure: { message: message.replace(/^error: /, '') } }
}

export function outcome(result: Savepoint, failure: Failure | undefined): Outcome<Savepoint> {
  return failure ? { result, failure } : { result }
}
