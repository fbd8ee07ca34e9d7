import { type Failure, failure } from '../../../domain/failure.ts'
import type { JobFacts } from '../../../domain/job.ts'
import { sameLocation } from '../../../domain/location.ts'
import type { Effect, Step } from '../../../domain/protocol.ts'
import type { RestoreProgress, RestoreWish } from '../../job-operator.ts'

/** What a restore in place needs of what was wished for. */
export type PatchWish = Pick<
  RestoreWish,
  'build' | 'target' | 'allowNonRestoredState' | 'nonce' | 'wait' | 'setForStop'
>

export interface RestoreState {
  /** The object as it was when it was patched. */
  readonly before: JobFacts
  readonly now: JobFacts
  /** status.savepointLocation before our first patch, which the restore overwrites. */
  readonly savepointBefore?: string
  readonly result: RestoreProgress
  /** asking: the patch is not written yet. waiting: for the operator's proof. proving: by Flink. failing: Flink is asked why. */
  readonly phase: 'asking' | 'waiting' | 'proving' | 'failing'
  /** status.control was set to null before the patch. */
  readonly cleared: boolean
  /** The operator has shown our update: whatever it says of the job before that is said of the old one. */
  readonly shown: boolean
  /** The seconds after a patch in which a lost job means the submitter race. */
  readonly raceOpen: boolean
  readonly patches: number
  /** A Failed that may not be final, being waited out. */
  readonly settling: boolean
  readonly failures: number
  /** Submissions of the restored job that have failed (Spotify). */
  readonly failedSubmissions: number
  readonly blocked: boolean
  /** The object was created for this restore. */
  readonly created?: true
  readonly ended: string
}

export type RestoreStep = Step<RestoreState, RestoreProgress>
export type RestoreEffect = Effect<RestoreProgress>

export function isTarget(options: PatchWish, location: string | undefined): boolean {
  return sameLocation(location, options.target.location)
}

export function keep(state: RestoreState): RestoreStep {
  return { state, effects: [] }
}

export function restored(state: RestoreState, rest: boolean, ...warnings: string[]): RestoreStep {
  const result: RestoreProgress = { ...state.result, state: 'Restored', proof: { operator: true, rest } }
  const told = warnings.map((text): RestoreEffect => ({ type: 'warn', text }))
  return { state: { ...state, result }, effects: [...told, { type: 'done', outcome: { result } }] }
}

export function notRestored(
  options: PatchWish,
  state: RestoreState,
  why: { message: string; rootCause?: string },
  ...hints: string[]
): RestoreStep {
  const text = `${state.now.shown} was not restored from ${options.target.location}: ${why.rootCause ?? why.message}`
  const result: RestoreProgress = { ...state.result, state: 'Failed', failure: why }
  return end({ ...state, result }, failure('no', text, ...hints, ...whatWasChanged(options, state)))
}

export function end(state: RestoreState, reason: Failure): RestoreStep {
  return { state, effects: [{ type: 'done', outcome: { result: state.result, failure: reason } }] }
}

/** Whatever ends a restore, its last words say what is different now. */
export function whatWasChanged(options: PatchWish, state: RestoreState): string[] {
  const look = `to look: kubectl get ${state.now.shown} -n ${state.now.job.namespace} -o yaml`
  const values = `spec.job.fromSavepoint is ${options.target.location}, allowNonRestoredState ${options.allowNonRestoredState}`
  if (state.created) return [`created: ${state.now.shown}, whose ${values}`, look]
  if (state.patches === 0 && state.cleared)
    return ['changed: status.control was cleared; spec.job.fromSavepoint is as it was']
  if (state.patches === 0) return ['nothing was changed']
  const before = state.savepointBefore
  const back = before && !isTarget(options, before) ? [`the restart point before was ${before}`] : []
  return [`changed: ${values}`, ...back, look]
}
