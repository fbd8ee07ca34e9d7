import { type Failure, failure } from '../../../domain/failure.ts'
import type { JobFacts } from '../../../domain/job.ts'
import type { Outcome, Step } from '../../../domain/protocol.ts'
import type { Savepoint } from '../../../domain/savepoint.ts'
import type { AutomaticWish } from '../../job-operator.ts'
import { autoChanges } from './changes.ts'

export interface AutoState {
  /** What was asked for, with the object as it was when it was patched. */
  readonly wish: AutomaticWish
  readonly before: JobFacts
  readonly now: JobFacts
  /** The savepoint that the operator took for the update. */
  readonly saved?: Savepoint
  /** asking: a patch is not written yet. waiting: for the restarted job. failing: Flink is asked why it ended. */
  readonly phase: 'asking' | 'waiting' | 'failing'
  /** The operator has shown the update: whatever it says of the job before that is said of the old one. */
  readonly shown: boolean
  /** The seconds after that in which a lost job means the submitter race. */
  readonly raceOpen: boolean
  readonly patches: number
  /** A Failed that may not be final, being waited out. */
  readonly settling: boolean
  readonly failures: number
  /** Submissions of the restarted job that have failed (Spotify). */
  readonly failedSubmissions: number
  /** The operator insists on a savepoint, and it fails. */
  readonly blocked: boolean
}

export type AutoStep = Step<AutoState, Savepoint | undefined>

export function keep(state: AutoState): AutoStep {
  return { state, effects: [] }
}

export function end(state: AutoState, reason?: Failure): AutoStep {
  const { saved: result } = state
  const outcome: Outcome<Savepoint | undefined> = reason ? { result, failure: reason } : { result }
  return { state, effects: [{ type: 'done', outcome }] }
}

/** The patch went through, and the job did not come back from it. */
export function notRunning(state: AutoState, why: string, ...hints: string[]): AutoStep {
  const text = `the settings of ${state.now.shown} were changed, and its job does not run again: ${why}`
  return end(state, failure('no', text, ...hints, ...whatWasChanged(state), ...wayBack(state)))
}

/** Whatever ends it, the last words say what is different now. */
export function whatWasChanged(state: AutoState): string[] {
  if (state.patches === 0) return ['nothing was changed']
  const { shown, job } = state.now
  const changes = autoChanges(state.wish).map(({ path, to }) =>
    to === undefined ? `${path} was removed` : `${path} is ${to}`,
  )
  return [`changed: ${changes.join(', ')}`, `to look: kubectl get ${shown} -n ${job.namespace} -o yaml`]
}

/** The newest savepoint that the job can be started from. */
export function wayBack({ now, saved, wish }: AutoState): string[] {
  const location = saved?.location ?? wish.taken ?? now.savepointLocation
  if (location === undefined) return []
  return [`to start it: kubectl flinksp restore ${now.shown} ${location} -n ${now.job.namespace}`]
}
