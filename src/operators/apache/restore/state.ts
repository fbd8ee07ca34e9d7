import { type Failure, failure, withHints } from '../../../domain/failure.ts'
import { sameLocation } from '../../../domain/location.ts'
import type { Effect, Step } from '../../../domain/protocol.ts'
import type { RestoreProgress, RestoreWish } from '../../job-operator.ts'
import type { ApacheFacts } from '../facts.ts'

/** What a restore needs of what was wished for. */
export type RestoreOrder = Pick<RestoreWish, 'build' | 'target' | 'allowNonRestoredState' | 'nonce' | 'wait'>

/**
 * redeploy: by initialSavepointPath and savepointRedeployNonce. start: a suspended job whose restart point is the target
 * already only has to run. created: the object was made with the path in it.
 */
export type RestoreWay = 'redeploy' | 'start' | 'created'

export interface RestoreState {
  readonly way: RestoreWay
  /** The object as it was when it was patched. */
  readonly before: ApacheFacts
  readonly now: ApacheFacts
  /** The savepointRedeployNonce that is ours. */
  readonly nonce?: number
  readonly result: RestoreProgress
  /** pruned: the nonce is unknown here, and the path is being put back. tidying: upgradeMode is being put back. */
  readonly phase: 'asking' | 'waiting' | 'proving' | 'failing' | 'pruned' | 'tidying'
  /** Our patch has been seen in the object. */
  readonly seen: boolean
  /** The operator has carried out our patch: what it says from then on it says of the job that is wanted. */
  readonly shown: boolean
  readonly patched: boolean
  /** The last that was said in status.error since, which blinks (seen on 1.15.0), or by Flink's exceptions. */
  readonly lastError?: { readonly message: string; readonly rootCause?: string }
  readonly ending?: Failure
}

export type RestoreStep = Step<RestoreState, RestoreProgress>
export type RestoreEffect = Effect<RestoreProgress>

export function isTarget({ target }: RestoreOrder, location: string | undefined): boolean {
  return sameLocation(location, target.location)
}

export function keep(state: RestoreState, ...effects: RestoreEffect[]): RestoreStep {
  return { state, effects }
}

export function end(state: RestoreState, reason?: Failure, ...effects: RestoreEffect[]): RestoreStep {
  const outcome = reason ? { result: state.result, failure: reason } : { result: state.result }
  return keep(state, ...effects, { type: 'done', outcome })
}

export function notRestored(
  order: RestoreOrder,
  state: RestoreState,
  why: { message: string; rootCause?: string },
  ...hints: string[]
): RestoreStep {
  const text = `${state.now.shown} was not restored from ${order.target.location}: ${why.rootCause ?? why.message}`
  const proof = { operator: false, rest: false }
  const result: RestoreProgress = { ...state.result, state: 'Failed', proof, failure: why }
  return end({ ...state, result }, failure('no', text, ...hints, ...whatWasChanged(order, state)))
}

/** Whatever ends a restore, its last words say what is different now. */
export function whatWasChanged(
  order: RestoreOrder,
  { way, before, now, patched, nonce }: RestoreState,
): string[] {
  const { shown, job } = now
  const look = `to look: kubectl get ${shown} -n ${job.namespace} -o yaml`
  const path = `spec.job.initialSavepointPath is ${order.target.location}`
  if (way === 'created') return [`created: ${shown}, whose ${path}`, look]
  if (!patched) return ['nothing was changed']
  const unset = before.setByStop.map(key => `put back after the stop: ${key} in spec.flinkConfiguration`)
  if (way === 'start') return ['changed: spec.job.state is running', ...unset, look]
  const point = before.restartPoint
  const back = point && !isTarget(order, point) ? [`the restart point before was ${point}`] : []
  const values = `savepointRedeployNonce ${nonce}, allowNonRestoredState ${order.allowNonRestoredState}, state running`
  return [`changed: ${path}, ${values}`, ...unset, ...back, look]
}

export function withChanges(order: RestoreOrder, state: RestoreState, reason: Failure): Failure {
  return withHints(reason, whatWasChanged(order, state))
}
