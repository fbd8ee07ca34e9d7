import type { Event } from '../../../domain/protocol.ts'
import type { Resource } from '../../../domain/resource.ts'
import { readJob } from '../read.ts'
import { beginNonce, nextNonceStep } from './by-nonce.ts'
import { isBusy } from './choose-take.ts'
import type { NonceStep, TakeByNonce } from './nonce-state.ts'
import { nextNonce, patchNonce } from './nonce-writes.ts'
import { keep, named, type SnapshotState, type SnapshotStep, type TakeBySnapshot } from './snapshot-state.ts'

const unserved =
  'the operator does not look at FlinkStateSnapshots (kubernetes.operator.snapshot.resource.enabled may be false): asking by savepointTriggerNonce instead'

/** Snapshots are off: the nonce is followed in the job's own status. */
function order({ operator, wait }: TakeBySnapshot): TakeByNonce {
  return { operator, snapshots: false, wait }
}

/** Our snapshot is deleted: asks by nonce. */
export function switchToNonce(state: SnapshotState): SnapshotStep {
  return keep(
    { ...state, phase: 'switching' },
    { type: 'warn', text: `${named(state)} was deleted again: ${unserved}` },
    { type: 'write', id: 'ask-nonce', make: write },
  )
}

function write(newest: Resource) {
  return isBusy(readJob(newest)) ? undefined : patchNonce(newest, nextNonce(newest))
}

/** The nonce is written, or not: from here on it is a take by nonce. */
export function withNonce(
  options: TakeBySnapshot,
  state: SnapshotState,
  event: Extract<Event, { type: 'written' }>,
): SnapshotStep {
  const { state: begun, effects } = beginNonce(order(options), event.before)
  const written = nextNonceStep(order(options), begun, event)
  const late = state.late && nextNonceStep(order(options), written.state, { type: state.late })
  const all = [...effects, ...written.effects, ...(late?.effects ?? [])]
  return wrapped({ ...state, phase: 'nonce' }, { state: late?.state ?? written.state, effects: all })
}

export function inNonce(options: TakeBySnapshot, state: SnapshotState, event: Event): SnapshotStep {
  if (!state.nonce) return keep(state)
  return wrapped(state, nextNonceStep(order(options), state.nonce, event))
}

function wrapped(state: SnapshotState, { state: nonce, effects }: NonceStep): SnapshotStep {
  return keep({ ...state, nonce, known: nonce.known, now: nonce.now }, ...effects)
}
