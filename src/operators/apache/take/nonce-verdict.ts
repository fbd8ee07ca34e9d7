import type { ApacheFacts } from '../facts.ts'
import type { KeptSavepoint, SavepointInFlight } from '../savepoint-info.ts'
import type { NonceState } from './nonce-state.ts'

/** What one look at the job's object says about the savepoint that our nonce asked for. */
export type NonceVerdict =
  | { readonly is: 'awaited' }
  | { readonly is: 'running'; readonly trigger: SavepointInFlight }
  /** `by`: the nonce that took our place, and whose savepoint serves us. */
  | { readonly is: 'completed'; readonly kept: KeptSavepoint; readonly by?: number }
  /** Our trigger is gone, and no savepoint of it was kept. */
  | { readonly is: 'ended'; readonly trigger: SavepointInFlight }
  /** The operator will do nothing for it. */
  | { readonly is: 'refused'; readonly message: string }
  /** The nonce was carried out, and there is nothing to show for it. */
  | { readonly is: 'spent' }
  /** Somebody else's nonce took the place of ours, and came to nothing. */
  | { readonly is: 'replaced'; readonly by: number | undefined }
  | { readonly is: 'stopped' }

export function nonceVerdict(state: NonceState): NonceVerdict {
  const { now, trigger } = state
  return (
    completed(state) ??
    inFlight(state) ??
    (trigger && !state.failed.includes(trigger.id) ? { is: 'ended', trigger } : undefined) ??
    invalid(state) ??
    (now.stopped ? { is: 'stopped' } : undefined) ??
    spent(state) ?? { is: 'awaited' }
  )
}

/**
 * Ours is the one that was triggered when our trigger was (the operator keeps that time with it), or that bears our nonce.
 * While a nonce is changed again there is one savepoint, credited to the newer (seen on 1.7.0): nothing was in flight when we
 * asked, so that a manual one that came since is newer than our request.
 */
function completed(state: NonceState): NonceVerdict | undefined {
  const { nonce, trigger } = state
  const fresh = freshIn(state)
  const ours =
    fresh.find(({ at }) => trigger?.at !== undefined && at === trigger.at) ??
    fresh.find(kept => kept.nonce === nonce)
  if (ours) return { is: 'completed', kept: ours }
  const other = fresh.find(kept => kept.trigger === 'manual')
  return other && { is: 'completed', kept: other, ...(other.nonce !== undefined && { by: other.nonce }) }
}

function freshIn({ before, now }: NonceState): KeptSavepoint[] {
  const old = new Set(keptIn(before).map(({ location }) => location))
  return keptIn(now).filter(({ location }) => !old.has(location))
}

function keptIn({ savepoints: { last, history } }: ApacheFacts): KeptSavepoint[] {
  return last ? [last, ...history] : [...history]
}

function inFlight({ before, now, trigger, failed }: NonceState): NonceVerdict | undefined {
  const running = now.savepoints.inFlight
  if (!running || running.id === before.savepoints.inFlight?.id || running.trigger !== 'manual')
    return undefined
  if (failed.includes(running.id)) return { is: 'awaited' }
  if (trigger && trigger.id !== running.id && !failed.includes(trigger.id)) return { is: 'ended', trigger }
  return { is: 'running', trigger: running }
}

/** "Savepoint could not be manually triggered …": for ever, once in each loop (seen on 1.7.0). */
function invalid({ before, now, nonce }: NonceState): NonceVerdict | undefined {
  const { error } = now
  if (error?.type !== 'ValidationException' || now.nonce.reconciled === nonce) return undefined
  return before.error?.message === error.message ? undefined : { is: 'refused', message: error.message }
}

function spent({ now, nonce, seen }: NonceState): NonceVerdict | undefined {
  const { wanted, reconciled } = now.nonce
  if (reconciled === nonce) return { is: 'spent' }
  const theirs = seen && wanted !== nonce
  return theirs && reconciled === wanted ? { is: 'replaced', by: wanted } : undefined
}
