import { hasSnapshots, operatorName } from '../operator.ts'
import { isTarget, type RestoreOrder, type RestoreState } from './state.ts'

/**
 * The operator has carried out our patch. lifecycleState is STABLE all the while and proves nothing, and upgradeSavepointPath
 * and a new jobId come first (seen on 1.15.0).
 */
export function showsOurs({ way, now, nonce, before }: RestoreState): boolean {
  if (way === 'created') return true
  if (now.caughtUp === false) return false
  if (way === 'redeploy') return nonce !== undefined && now.redeploy.reconciled === nonce
  return before.wish.reconciled !== 'running' && now.wish.reconciled === 'running'
}

/** Another restore was asked for before ours was seen to its end. */
export function isReplaced({ way, now, nonce, seen }: RestoreState): boolean {
  return way === 'redeploy' && seen && now.redeploy.wanted !== nonce
}

/** Told by the operator's own fields: it runs, new, from the target. The jobId may change twice, and on 1.7.0 never does. */
export function isProven(order: RestoreOrder, state: RestoreState): boolean {
  const { way, now, before } = state
  if (!now.running || (now.jobManager !== undefined && now.jobManager !== 'READY')) return false
  const isNew = now.flinkJobId !== before.flinkJobId || now.startedMs !== before.startedMs
  if (way === 'created')
    return isTarget(order, now.initialPath.reconciled) && now.wish.reconciled === 'running'
  // What a start begins from was the restart point when it was asked for.
  if (way === 'start') return isNew && now.startedMs !== before.startedMs
  // Up to 1.9 there is no such field, and what was carried out has to do.
  const told = hasSnapshots(operatorName(order.build)) ? undefined : now.initialPath.reconciled
  const path = now.upgradePath ?? told
  return isNew && isTarget(order, path) && now.redeploy.reconciled === state.nonce
}

/** What of the wanted job says that it will not run; each of these may blink (seen on 1.7.0 and 1.15.0). */
export function ruin(state: RestoreState): { message: string; rootCause?: string } | undefined {
  const { now, before } = state
  const error = now.error ?? state.lastError
  const isNew = now.flinkJobId !== before.flinkJobId || now.startedMs !== before.startedMs
  if (now.jobManager === 'ERROR')
    return error ?? { message: 'the operator reports an error of the JobManager' }
  if (now.lifecycle === 'ROLLING_BACK' || now.lifecycle === 'ROLLED_BACK')
    return { message: 'the operator has rolled the change back' }
  if (now.state === 'FAILED' && (isNew || state.way !== 'start'))
    return error ?? { message: 'the job ended as FAILED' }
  if ((now.state === 'FINISHED' || now.state === 'CANCELED') && now.stopped && isNew)
    return { message: `the job ended as ${now.state}` }
  return undefined
}

/** The operator goes on with the spec from before (DefaultValidator.java). */
export function isInvalid({ now, before }: RestoreState): boolean {
  return now.error?.type === 'ValidationException' && before.error?.message !== now.error.message
}
