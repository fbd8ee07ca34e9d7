import type { Resource } from '../../../domain/resource.ts'
import * as endings from '../endings.ts'
import { failureOf, isOfJob, savepointOf, snapshotSight } from '../snapshot.ts'
import { fail } from './nonce-endings.ts'
import { done, keep, type NonceState, type NonceStep } from './nonce-state.ts'

/** The snapshot that the operator made for our nonce: manual, named so, and not there before (seen on 1.15.0). */
export function snapshotSeen(state: NonceState, object: Resource): NonceStep {
  if (!isOurs(state, object)) return keep(state)
  const sight = snapshotSight(object)
  const known = savepointOf(state.known, sight, state.now.restartPoint)
  const seen: NonceState = { ...state, reacted: true, known, snapshot: { uid: object.metadata.uid, sight } }
  if (known.state === 'Completed') return done(seen)
  if (state.phase !== 'waiting') return keep({ ...state, reacted: true })
  return known.state === 'Failed' ? fail(seen, failureOf(sight)) : keep(seen)
}

export function snapshotDeleted(state: NonceState, { metadata }: Resource): NonceStep {
  if (state.snapshot?.uid !== metadata.uid || state.phase === 'ended') return keep(state)
  const message = `flinkstatesnapshot/${metadata.name} was deleted before it was complete`
  return fail(state, { message }, endings.failed(state.now, message))
}

function isOurs({ before, older, snapshot, phase }: NonceState, object: Resource): boolean {
  const { uid, name } = object.metadata
  if (snapshot) return uid === snapshot.uid
  const { job } = before
  const own = name.startsWith(`${job.name}-savepoint-manual-`)
  return phase !== 'asking' && own && isOfJob(object, job) && !older?.includes(uid)
}
