import type { Failure } from '../../../domain/failure.ts'
import type { Effect, Outcome, Step } from '../../../domain/protocol.ts'
import type { Resource } from '../../../domain/resource.ts'
import type { Savepoint } from '../../../domain/savepoint.ts'
import type { ApacheFacts } from '../facts.ts'
import type { OperatorName } from '../operator.ts'
import type { SavepointInFlight } from '../savepoint-info.ts'
import type { SnapshotSight } from '../snapshot.ts'

export interface TakeByNonce {
  readonly operator: OperatorName | undefined
  /** The operator may answer with a FlinkStateSnapshot of its own: they are looked at, too. */
  readonly snapshots: boolean
  /** false: ended as soon as it is asked. */
  readonly wait: boolean
}

export interface NonceState {
  /** The object as it was when we asked: what differs from it may be ours. */
  readonly before: ApacheFacts
  readonly now: ApacheFacts
  readonly nonce: number
  readonly known: Savepoint
  /** asking: the nonce is not written yet, as far as is known. checking: Flink is being asked how our trigger ended. ended: at most the nonce is being taken back. */
  readonly phase: 'asking' | 'waiting' | 'checking' | 'ended'
  /** Ours, as it was last seen in flight. */
  readonly trigger?: SavepointInFlight
  /** Triggers of ours that failed, after which the operator tries again by itself. */
  readonly failed: readonly string[]
  /** uids of the snapshots that were there before we asked, where they can be seen. */
  readonly older?: readonly string[]
  /** The resourceVersion of the object with our nonce. */
  readonly askedAt?: string
  /** Snapshots that were seen before the answer to our write, which tells whether they may be ours. */
  readonly early?: readonly Resource[]
  readonly snapshot?: { readonly uid: string; readonly sight: SnapshotSight }
  /** Our nonce has been seen in the object: a sighting from before our write says nothing of it. */
  readonly seen: boolean
  readonly settling: boolean
  /** Our nonce is on its way to the API server. */
  readonly sent?: true
  /** The wait was over meanwhile: once it is written it is taken back. */
  readonly leaving?: 'timed-out' | 'interrupted'
  /** Given up before the operator had looked at it. */
  readonly unserved?: 'timed-out' | 'interrupted'
  /** Why no snapshot can be seen any more. */
  readonly blind?: Failure
  readonly message: string
  readonly repeats: number
  readonly reacted: boolean
  readonly ending?: Outcome<Savepoint>
}

export type NonceStep = Step<NonceState, Savepoint>
export type NonceEffect = Effect<Savepoint>

/** How often a request that came too early is made again before its failure counts. */
export const maxRepeats = 5

export function keep(state: NonceState, ...effects: NonceEffect[]): NonceStep {
  return { state, effects }
}

export function done(state: NonceState, failure?: Failure, ...effects: NonceEffect[]): NonceStep {
  const outcome = failure ? { result: state.known, failure } : { result: state.known }
  return keep(state, ...effects, { type: 'done', outcome })
}
