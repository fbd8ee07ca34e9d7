import type { Failure } from '../../../domain/failure.ts'
import type { Control, JobFacts } from '../../../domain/job.ts'
import type { Effect, Step } from '../../../domain/protocol.ts'
import type { Savepoint, SavepointFailure } from '../../../domain/savepoint.ts'
import type { OperatorName } from '../operator.ts'

export interface StopByAnnotation {
  readonly operator: OperatorName | undefined
  /** false: ended as soon as it is asked. */
  readonly wait: boolean
}

export interface StopState {
  /** The object as it was when we asked: what differs from it may be ours. */
  readonly before: JobFacts
  readonly now: JobFacts
  /** Completed as soon as the operator has shown it once: it may show an older status after that (seen on Spotify v0.6). */
  readonly known: Savepoint
  /** The last end of our command that was seen, which an older status may follow as well. */
  readonly ended?: Control
  /** checking: Flink is being asked how our savepoint ended. pausing: the annotation is due again. asking: it is being set again. */
  readonly phase: 'waiting' | 'checking' | 'pausing' | 'asking'
  /** The job is stopped, and what is still missing is being waited for a little longer. */
  readonly settling: boolean
  readonly settles: number
  /** Our annotation has been seen on the object. */
  readonly annotated: boolean
  readonly reacted: boolean
  readonly repeats: number
  /** Savepoints of our command that failed, by what tells them apart, which the operator follows by others. */
  readonly failures: readonly string[]
  readonly lastFailure?: SavepointFailure
}

export type StopStep = Step<StopState, Savepoint>
export type StopEffect = Effect<Savepoint>

/** How often the command is given again before its failure counts. */
export const maxRepeats = 5

export function keep(state: StopState, ...effects: StopEffect[]): StopStep {
  return { state, effects }
}

export function stopped(state: StopState, ...effects: StopEffect[]): StopStep {
  return keep(state, ...effects, { type: 'done', outcome: { result: state.known } })
}

export function end(state: StopState, failure: Failure): StopStep {
  return keep(state, { type: 'done', outcome: { result: state.known, failure } })
}

export function isSaved({ known }: StopState): boolean {
  return known.state === 'Completed'
}
