import { firstLine, rootCause } from '../../../domain/cause.ts'
import type { Failure } from '../../../domain/failure.ts'
import type { JobFacts } from '../../../domain/job.ts'
import type { Effect, Event, Protocol, Step } from '../../../domain/protocol.ts'
import type { Resource } from '../../../domain/resource.ts'
import type { RestAnswer, RestCheckpoints } from '../../../domain/rest.ts'
import type { Savepoint, SavepointFailure } from '../../../domain/savepoint.ts'
import type { OperatorName } from '../operator.ts'
import { readFlinkCluster } from '../read.ts'
import { askFor, isStanding } from '../writes.ts'
import * as endings from './endings.ts'
import { completedSavepoint, failedSavepoint, requestedSavepoint } from './our-savepoint.ts'

export interface TakeBlocking {
  readonly operator: OperatorName
  readonly via: 'annotation' | 'generation'
  /** false: ended as soon as it is asked. */
  readonly wait: boolean
}

interface BlockingState {
  readonly generation: number
  readonly before: JobFacts
  readonly now: JobFacts
  readonly known: Savepoint
  /** The highest checkpoint id before ours, once Flink has told. */
  readonly baseline?: number
  /** Flink could not be asked when we wrote, so that there is no baseline: times have to do, at the risk of clocks that differ. */
  readonly blind?: true
  /** When the server wrote our request, by its own clock. */
  readonly writtenAt?: number
  /** The control has failed; Flink is being asked why. */
  readonly failing?: string
}

type BlockingStep = Step<BlockingState, Savepoint>

const lookMs = 10_000
const restMs = 5_000

/**
 * A take that the operator carries out inside its loop (GCP <= -3 and v1alpha1): the object shows the success in one
 * write and never a failure, except for the control of tag -3. So Flink's checkpoints are looked at besides, every
 * 10 s. Nothing may be written to the object meanwhile: any change of it loses the result (seen on GCP tag -2).
 */
export function takeBlocking(options: TakeBlocking): Protocol<BlockingState, Savepoint> {
  const read = (resource: Resource) => readFlinkCluster(resource, options.operator)
  return {
    ask: before => askFor(options.via, before, options.operator),
    unanswered: before => endings.unanswered(read(before), options.via),
    begin: before => begin(options, read(before)),
    next: (state, event) => next(options, state, event, read),
  }
}

function begin(options: TakeBlocking, before: JobFacts): BlockingStep {
  const state: BlockingState = {
    generation: before.pendingGeneration ?? before.statusGeneration + 1,
    before,
    now: before,
    known: requestedSavepoint(before),
  }
  if (isStanding(options.via, before) && !options.wait) return asked(state)
  return { state, effects: options.wait ? look(state) : [] }
}

function asked(state: BlockingState): BlockingStep {
  return { state, effects: [{ type: 'done', outcome: { result: state.known } }] }
}

function look(state: BlockingState): Effect<Savepoint>[] {
  const { flinkJobId } = state.before
  if (!flinkJobId) return []
  return [
    { type: 'ask-rest', question: { ask: 'checkpoints', jobId: flinkJobId }, timeoutMs: restMs },
    { type: 'timer', timer: 'look', inMs: lookMs },
  ]
}

function next(
  options: TakeBlocking,
  state: BlockingState,
  event: Event,
  read: (resource: Resource) => JobFacts,
): BlockingStep {
  switch (event.type) {
    case 'object':
      return sighted(options, state, read(event.object))
    case 'written':
      return written(options, state, event.before, event.after, event.at)
    case 'deleted':
      return done(state, endings.gone(state.now))
    case 'refused':
      return done(state, endings.unwatched(state.now, options.via, false, event.failure))
    case 'rest':
      return answered(options, state, event.answer)
    case 'due':
      return { state, effects: state.failing === undefined ? look(state) : [] }
    case 'timeout':
      return done(state, endings.timedOut(state.now, options.via, false))
    case 'interrupted':
      return done(state, endings.interrupted(state.now, options.via, false))
    case 'answer':
    case 'beside':
    case 'skipped':
      return keep(state)
  }
}

function written(
  options: TakeBlocking,
  state: BlockingState,
  was: Resource,
  is: Resource,
  at: number | undefined,
): BlockingStep {
  if (options.via === 'generation' && was.metadata.generation === is.metadata.generation)
    return done(state, endings.unchanged(state.before))
  if (!options.wait) return asked(state)
  return keep(at === undefined ? state : { ...state, writtenAt: at })
}

function sighted(options: TakeBlocking, seen: BlockingState, now: JobFacts): BlockingStep {
  if (now.job.uid !== seen.before.job.uid) return done(seen, endings.gone(seen.now))
  const state = { ...seen, now }
  const isNew =
    now.savepointLocation !== undefined && now.savepointLocation !== state.before.savepointLocation
  if (isNew && isOurs(options, state)) return completed(state)
  if (now.statusGeneration >= state.generation && !isNew && options.via === 'generation')
    return done(state, endings.failed(now, 'the request was taken back by somebody else'))
  if (now.control?.state === 'Failed' && hasNewControl(state)) return controlFailed(state)
  return now.stopped ? done(state, endings.stopped(now)) : keep(state)
}

function isOurs(options: TakeBlocking, state: BlockingState): boolean {
  const { now, generation } = state
  if (options.via === 'generation') return now.statusGeneration >= generation
  const linked = now.control?.triggerId !== undefined && now.control.triggerId === now.savepointTriggerId
  return hasNewControl(state) && (linked || now.control?.state === 'Succeeded')
}

function hasNewControl(state: BlockingState): boolean {
  return (
    state.now.control?.name === 'savepoint' &&
    state.now.control.updateTime !== state.before.control?.updateTime
  )
}

function completed(state: BlockingState): BlockingStep {
  const { now, known } = state
  const triggerId = now.savepointTriggerId
  const result = completedSavepoint(now, { ...known, ...(triggerId && { triggerId }) })
  return { state, effects: [{ type: 'done', outcome: { result } }] }
}

/** The control says that its retries are used up and nothing of the cause (seen on GCP tag -3). */
function controlFailed(state: BlockingState): BlockingStep {
  if (state.failing !== undefined) return keep(state)
  const failing = state.now.control?.message ?? 'the operator gives no reason'
  const { flinkJobId } = state.before
  if (!flinkJobId)
    return fail(state, { message: failing }, 'cause not available because the job has no Flink job id')
  return {
    state: { ...state, failing },
    effects: [{ type: 'ask-rest', question: { ask: 'checkpoints', jobId: flinkJobId }, timeoutMs: restMs }],
  }
}

/** By annotation (tag -3) the operator tries three times and then says so itself: one failure is not the end. */
function answered(options: TakeBlocking, state: BlockingState, answer: RestAnswer): BlockingStep {
  if (answer.answer !== 'checkpoints') {
    const reason = 'reason' in answer ? answer.reason : 'Flink gave an answer to another question'
    return state.failing === undefined
      ? keep(state.baseline === undefined ? { ...state, blind: true } : state)
      : fail(state, { message: state.failing }, `cause not available because ${reason}`)
  }
  const failed = newFailure(state, answer.checkpoints)
  if (state.failing !== undefined) return fail(state, { ...failed, message: state.failing })
  if (failed !== undefined && options.via === 'generation')
    return fail(state, failed, 'the operator goes on trying, every 10 s; it cannot be stopped from doing so')
  if (state.baseline !== undefined) return keep(state)
  return keep({
    ...state,
    baseline: Math.max(0, ...answer.checkpoints.history.map(checkpoint => checkpoint.id)),
  })
}

/** Why the newest savepoint since our request failed, if it did. */
function newFailure(state: BlockingState, checkpoints: RestCheckpoints): SavepointFailure | undefined {
  const since = (checkpoint: RestCheckpoints['history'][number]) =>
    state.baseline === undefined
      ? state.blind && state.writtenAt !== undefined && (checkpoint.triggeredAt ?? 0) >= state.writtenAt
      : checkpoint.id > state.baseline
  const failed = checkpoints.history.filter(
    each => each.isSavepoint && each.status === 'FAILED' && since(each),
  )
  const newest = failed.sort((a, b) => b.id - a.id)[0]
  return newest && told(newest.failureMessage ?? '')
}

/** What Flink's message says, if it says anything. */
function told(failureMessage: string): SavepointFailure {
  const cause = rootCause(failureMessage)
  return {
    message: firstLine(failureMessage) ?? 'Flink gives no reason',
    ...(cause !== undefined && { rootCause: cause }),
  }
}

function fail(state: BlockingState, failure: SavepointFailure, ...hints: string[]): BlockingStep {
  const known = failedSavepoint(state.known, failure)
  const cause = failure.rootCause ?? failure.message
  return done({ ...state, known }, endings.failed(state.now, cause, ...hints))
}

function keep(state: BlockingState): BlockingStep {
  return { state, effects: [] }
}

function done(state: BlockingState, failure: Failure): BlockingStep {
  return { state, effects: [{ type: 'done', outcome: { result: state.known, failure } }] }
}
