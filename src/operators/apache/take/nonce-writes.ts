import type { Write } from '../../../domain/ports.ts'
import { type Resource, refOf } from '../../../domain/resource.ts'
import { readJob } from '../read.ts'

/** Any value but the one that was carried out asks for a savepoint (seen on 1.7.0). */
export function nextNonce(before: Resource): number {
  const { wanted = 0, reconciled = 0 } = readJob(before).nonce
  const next = Math.max(wanted, reconciled, 0) + 1
  return Number.isSafeInteger(next) ? next : 1
}

export function patchNonce(before: Resource, nonce: number): Write {
  return noncePatch(before, nonce)
}

/**
 * The nonce as it was carried out last: nothing more is triggered for ours, which would be tried again without end, or
 * fire in a job that is resumed (both seen on 1.7.0). undefined: it is not ours any more, or was carried out.
 */
export function takeBackNonce(newest: Resource, uid: string, nonce: number): Write | undefined {
  const { nonce: now, job } = readJob(newest)
  if (job.uid !== uid || now.wanted !== nonce || now.reconciled === nonce) return undefined
  return noncePatch(newest, now.reconciled ?? null)
}

function noncePatch(before: Resource, savepointTriggerNonce: number | null): Write {
  const { resourceVersion } = before.metadata
  return {
    verb: 'patch',
    ref: refOf(before),
    type: 'merge',
    body: { metadata: { resourceVersion }, spec: { job: { savepointTriggerNonce } } },
  }
}
