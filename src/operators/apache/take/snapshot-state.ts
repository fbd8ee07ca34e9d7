import type { Failure } from '../../../domain/failure.ts'
import type { Effect, Outcome, Step } from '../../../domain/protocol.ts'
import type { Resource } from '../../../domain/resource.ts'
import type { Savepoint } from '../../../domain/savepoint.ts'
import type { ApacheFacts } from '../facts.ts'
import type { OperatorName } from '../operator.ts'
import type { SnapshotOrder } from '../snapshot.ts'
import type { NonceState } from './nonce-state.ts'

export interface TakeBySnapshot extends SnapshotOrder {
  readonly operator: OperatorName | undefined
  /** false: ended as soon as it is asked. */
  readonly wait: boolean
}

export interface SnapshotState {
  readonly now: ApacheFacts
  /** The snapshot that we created, as it was last seen. */
  readonly object?: Resource
  /** How many were created: each that came too early is followed by another. */
  readonly attempts: number
  readonly known: Savepoint
  /** checking: Flink is being asked. pausing: another snapshot is due. removing: the operator does not look at ours, which is deleted. switching: the nonce is being written. nonce: it is followed. */
  readonly phase: 'asking' | 'waiting' | 'checking' | 'pausing' | 'removing' | 'switching' | 'nonce'
  /** The operator has touched our snapshot. */
  readonly reacted: boolean
  readonly message: string
  /** How it ends once our snapshot is removed; without it the nonce follows. */
  readonly ending?: Outcome<Savepoint>
  readonly nonce?: NonceState
  /** The wait was over while the nonce was being written. */
  readonly late?: 'timeout' | 'interrupted'
}

export type SnapshotStep = Step<SnapshotState, Savepoint>
export type SnapshotEffect = Effect<Savepoint>

export function keep(state: SnapshotState, ...effects: SnapshotEffect[]): SnapshotStep {
  return { state, effects }
}

export function done(state: SnapshotState, failure?: Failure, ...effects: SnapshotEffect[]): SnapshotStep {
  const outcome = failure ? { result: state.known, failure } : { result: state.known }
  return keep(state, ...effects, { type: 'done', outcome })
}

/** `flinkstatesnapshot/orders-flinksp-0123456789 -n default` */
export function named({ object, now }: SnapshotState): string {
  return `flinkstatesnapshot/${object?.metadata.name} -n ${now.job.namespace}`
}
