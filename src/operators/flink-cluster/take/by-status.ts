import type { Failure } from '../../../domain/failure.ts'
import type { JobFacts } from '../../../domain/job.ts'
import type { Event, Protocol } from '../../../domain/protocol.ts'
import type { Resource } from '../../../domain/resource.ts'
import type { Savepoint } from '../../../domain/savepoint.ts'
import { readFlinkCluster } from '../read.ts'
import { annotateSavepoint, askFor, isStanding } from '../writes.ts'
import * as endings from './endings.ts'
import { answered, check, giveUp, notAgain, tellFailure, withdraw, withdrawn } from './failure.ts'
import { completedSavepoint, requestedSavepoint, savepointInProgress } from './our-savepoint.ts'
import {
  done,
  keep,
  maxRepeats,
  type TakeByStatus,
  type TakeEffect,
  type TakeState,
  type TakeStep,
} from './state.ts'
import { type Verdict, verdictByAnnotation, verdictByGeneration } from './verdict.ts'

const silenceMs = 15_000
const vanishedMs = 2_000

const unplaced = 'the operator reports success without a location'

/**
 * A take that the operator follows in status.savepoint (GCP >= -4, Spotify): by annotation or by generation. Ends with
 * the first savepoint that is ours, or with its failure, checked against Flink before it is told.
 */
export function takeByStatus(options: TakeByStatus): Protocol<TakeState, Savepoint> {
  const read = (resource: Resource) => readFlinkCluster(resource, options.operator)
  return {
    ask: before => askFor(options.via, before, options.operator),
    unanswered: before => endings.unanswered(read(before), options.via),
    begin: before => begin(options, read(before)),
    next: (state, event) => next(options, state, event, read),
  }
}

function begin(options: TakeByStatus, facts: JobFacts): TakeStep {
  const joined = isStanding(options.via, facts)
  const before = joined ? withoutAttempt(facts) : facts
  const state: TakeState = {
    via: options.via,
    generation: facts.pendingGeneration ?? facts.statusGeneration + 1,
    before,
    earlier: [],
    now: facts,
    passed: new Set(),
    known: requestedSavepoint(facts),
    phase: 'waiting',
    why: 'failed',
    message: '',
    repeats: 0,
    reacted: false,
    annotated: joined && options.via === 'annotation',
  }
  if (joined && !options.wait) return asked(state)
  const silence: TakeEffect = { type: 'timer', timer: 'silence', inMs: silenceMs }
  if (!joined) return { state, effects: [silence] }
  const step = judge(options, state)
  return { state: step.state, effects: [silence, ...step.effects] }
}

function next(
  options: TakeByStatus,
  state: TakeState,
  event: Event,
  read: (resource: Resource) => JobFacts,
): TakeStep {
  switch (event.type) {
    case 'object':
      return sighted(options, state, read(event.object))
    case 'written':
      return written(options, state, event.id, read(event.before), event.before, event.after)
    case 'deleted':
      return done(state, endings.gone(state.now))
    case 'refused':
      return refused(state, event.id, event.failure)
    case 'skipped':
      return event.id === 'again' ? notNeeded(options, state) : giveUp(state)
    case 'beside':
      return keep(state)
    case 'answer':
      return event.yes ? withdraw(state) : giveUp(state)
    case 'rest':
      return checked(options, state, answered(options, state, event.answer))
    case 'due':
      return due(options, state, event.timer)
    case 'timeout':
      if (state.phase === 'ended') return giveUp(state)
      return done(state, endings.timedOut(state.now, state.via, state.reacted))
    case 'interrupted':
      if (state.phase === 'ended') return giveUp(state)
      return done(state, endings.interrupted(state.now, state.via, state.reacted))
  }
}

function refused(state: TakeState, id: string, reason: Failure): TakeStep {
  if (id === 'withdraw') return giveUp(state, reason.message)
  if (id === 'again') return notAgain(state, reason)
  return done(state, endings.unwatched(state.now, state.via, state.reacted, reason))
}

/**
 * The object, read again, answers the request; the watch has yet to show it. Where that shows another's in its place, ours has passed
 * unseen, and is asked for again then.
 */
function notNeeded(options: TakeByStatus, state: TakeState): TakeStep {
  const step = judge(options, { ...state, phase: 'waiting', repeats: state.repeats - 1 })
  return {
    ...step,
    effects: [...step.effects, { type: 'timer', timer: 'vanished', inMs: vanishedMs }],
  }
}

/** Where Flink knew nothing and we wait on, what was sighted meanwhile counts. */
function checked(options: TakeByStatus, asked: TakeState, step: TakeStep): TakeStep {
  return asked.phase === 'checking' && step.state.phase === 'waiting' ? judge(options, step.state) : step
}

function sighted(options: TakeByStatus, state: TakeState, now: JobFacts): TakeStep {
  if (now.job.uid !== state.before.job.uid) return done(state, endings.gone(state.now))
  if (state.phase === 'ended') return keep({ ...state, now })
  const vanished = state.via === 'annotation' && state.annotated && now.command === undefined
  const step = judge(options, {
    ...state,
    now,
    passed: passing(state, state.now),
    annotated: state.annotated && !vanished,
  })
  if (!vanished || step.state.phase !== 'waiting') return step
  return {
    state: step.state,
    effects: [...step.effects, { type: 'timer', timer: 'vanished', inMs: vanishedMs }],
  }
}

function passing({ passed }: TakeState, { savepointLocation }: JobFacts): TakeState['passed'] {
  return new Set([...passed, savepointLocation])
}

function judge(options: TakeByStatus, state: TakeState): TakeStep {
  const verdict = verdictOf(state)
  if (verdict.is === 'completed') return completed(state, verdict.attempt)
  if (state.phase !== 'waiting') return keep(state)
  switch (verdict.is) {
    case 'awaited':
      return keep({ ...state, reacted: state.reacted || verdict.reacted })
    case 'running':
      return keep({
        ...state,
        reacted: true,
        running: state.now,
        known: savepointInProgress(state.now, verdict.attempt),
      })
    case 'withdrawn':
      return done(state, endings.failed(state.now, 'the request was taken back by somebody else'))
    case 'unplaced':
      return check({ ...state, known: savepointInProgress(state.now, verdict.attempt) }, 'failed', unplaced)
    case 'failed': {
      const known = verdict.attempt ? savepointInProgress(state.now, verdict.attempt) : state.known
      return tellFailure(options, { ...state, reacted: true, known }, verdict.message)
    }
    case 'replaced':
      return check(state, 'replaced', '')
    case 'stopped':
      return state.known.triggerId ? check(state, 'stopped', '') : done(state, endings.stopped(state.now))
  }
}

function verdictOf(state: TakeState): Verdict {
  const follows = state.phase === 'waiting' && state.known.state === 'InProgress'
  const running = follows ? state.running : undefined
  const verdict =
    state.via === 'annotation'
      ? verdictByAnnotation(state.before, state.now, running, state.passed)
      : verdictByGeneration(state.before, state.now, running, state.generation)
  return state.earlier.some(earlier => isOf(earlier, state.now, verdict))
    ? { is: 'awaited', reacted: false }
    : verdict
}

/** The verdict is about what stood there before an earlier request of ours. */
function isOf(earlier: JobFacts, now: JobFacts, verdict: Verdict): boolean {
  const triggerId = 'attempt' in verdict ? verdict.attempt?.triggerId : undefined
  return (
    (triggerId !== undefined && triggerId === earlier.attempt?.triggerId) ||
    (verdict.is === 'completed' && now.savepointLocation === earlier.savepointLocation)
  )
}

function completed(state: TakeState, attempt: JobFacts['attempt']): TakeStep {
  const known = attempt ? savepointInProgress(state.now, attempt) : state.known
  return { state, effects: [{ type: 'done', outcome: { result: completedSavepoint(state.now, known) } }] }
}

function due(options: TakeByStatus, state: TakeState, timer: string): TakeStep {
  if (timer === 'silence' && !state.reacted)
    return { state, effects: [{ type: 'tell', text: endings.silence }] }
  if (timer === 'repeat' && state.phase === 'pausing') return repeat(options, state)
  if (timer === 'ask' && state.phase === 'checking') return check(state, state.why, state.message)
  if (timer === 'vanished' && isUnanswered(state)) {
    const { before } = state
    const isAnswered = (newest: Resource) =>
      verdictByAnnotation(before, readFlinkCluster(newest, options.operator)).is !== 'awaited'
    return askAgain({ ...state, repeats: state.repeats + 1 }, isAnswered)
  }
  return keep(state)
}

/** By annotation where the operator gives up on the generation; on Spotify it tries again by itself. */
function repeat(options: TakeByStatus, state: TakeState): TakeStep {
  if (state.via === 'annotation' || options.operator !== 'spotify')
    return askAgain({ ...state, via: 'annotation' })
  const known = requestedSavepoint(state.now)
  const earlier = [...state.earlier, state.before]
  return judge(options, { ...state, phase: 'waiting', before: state.now, earlier, known })
}

/**
 * Nothing is judged until the new request is written: what the object shows is still the old one's end. `isAnswered`: the watch may be
 * behind (it was lost just then), and the object itself, read again after a conflict, tell that nothing has to be asked.
 */
function askAgain(state: TakeState, isAnswered: (newest: Resource) => boolean = () => false): TakeStep {
  const make = (newest: Resource) => (isAnswered(newest) ? undefined : annotateSavepoint(newest))
  return { state: { ...state, phase: 'pausing' }, effects: [{ type: 'write', id: 'again', make }] }
}

function written(
  options: TakeByStatus,
  state: TakeState,
  id: string,
  before: JobFacts,
  was: Resource,
  is: Resource,
): TakeStep {
  if (id === 'withdraw') return withdrawn(state)
  if (id === 'again')
    return judge(options, {
      ...state,
      phase: 'waiting',
      before,
      earlier: [...state.earlier, state.before],
      passed: passing(state, before),
      known: requestedSavepoint(before),
      annotated: true,
    })
  if (state.via === 'generation' && was.metadata.generation === is.metadata.generation)
    return done(state, endings.unchanged(before))
  if (!options.wait) return asked(state)
  return keep({ ...state, annotated: state.via === 'annotation' })
}

/** The annotation is gone, and no trigger of ours has shown: it is removed up to 0.1 s before its trigger (seen on Spotify v0.6). */
function isUnanswered(state: TakeState): boolean {
  return (
    state.phase === 'waiting' &&
    !state.annotated &&
    state.known.state === 'Requested' &&
    state.repeats < maxRepeats
  )
}

function asked(state: TakeState): TakeStep {
  return { state, effects: [{ type: 'done', outcome: { result: state.known } }] }
}

/** A savepoint in flight that will answer the request we join is ours. */
function withoutAttempt(facts: JobFacts): JobFacts {
  if (facts.attempt?.state !== 'InProgress') return facts
  const { attempt: _, ...rest } = facts
  return rest
}
