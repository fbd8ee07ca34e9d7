import { type Failure, withHints } from '../../../domain/failure.ts'
import type { JobFacts } from '../../../domain/job.ts'
import type { Event, Outcome, Protocol, Step } from '../../../domain/protocol.ts'
import type { Resource } from '../../../domain/resource.ts'
import type { Savepoint } from '../../../domain/savepoint.ts'
import type { StopWish } from '../../job-operator.ts'
import { hasTriggerIds } from '../../rest/flink-version.ts'
import { takeByRest } from '../../rest/take-rest.ts'
import { maybeAsked, type RestTake } from '../../rest/take-state.ts'
import { operatorName } from '../operator.ts'
import { readFlinkCluster } from '../read.ts'
import * as endings from './endings.ts'
import { isRemoved, keepsCluster, stopBusy, stopRefusal } from './way.ts'
import { howToPutBack, keepCluster, putBack } from './writes.ts'

/** A job that the operator calls ended while Flink is silent: after this nobody will tell any more. */
const goneMs = 15_000

type Inner = Protocol<RestTake, Savepoint>

interface RestStop {
  readonly before: JobFacts
  readonly now: JobFacts
  /** The stop itself, as soon as it may begin. */
  readonly inner: RestTake
  readonly phase: 'preparing' | 'stopping' | 'putting back'
  /** cleanupPolicy is KeepCluster by our hand. */
  readonly keeps: boolean
  readonly outcome: Outcome<Savepoint>
  readonly lost: number
}

type RestStopStep = Step<RestStop, Savepoint>

/**
 * Stops the job through Flink itself. The operator would remove the cluster as soon as it sees the job ended, so its
 * cleanupPolicy is changed first where that is let through; a stop that fails puts it back, one that succeeds leaves that
 * for after the savepoint is recorded.
 */
export function stopByRest(wish: StopWish, flinkJobId: string): Protocol<RestStop, Savepoint> {
  const { job, shown, directory: ownDirectory } = wish.facts
  const directory = wish.directory ?? ownDirectory
  const inner: Inner = takeByRest({
    job,
    flinkJobId,
    triggerId: wish.triggerId,
    shown,
    wait: wish.wait,
    stop: { drain: wish.drain },
    ...(directory !== undefined && { directory }),
    ...(wish.format && { format: wish.format }),
  })
  const keeps = keepsCluster(wish)
  return {
    ask: before => ask(wish, keeps, before),
    begin: before => begin(wish, inner, keeps, before),
    next: (state, event) => next(wish, inner, state, event),
  }
}

function ask(wish: StopWish, keeps: boolean, resource: Resource) {
  const now = { ...wish, resource, facts: read(wish, resource) }
  const refuse = stopRefusal(now) ?? stopBusy(now)
  if (refuse) return { refuse }
  if (!keeps) return { rest: true } as const
  // Somebody else has changed the policy since the plan was shown: what would be put back is theirs.
  if (!keepsCluster(now))
    return { refuse: endings.cannotStop(now.facts, 'its cleanupPolicy has been changed meanwhile', 'again') }
  return { write: keepCluster(resource) }
}

function begin(wish: StopWish, inner: Inner, keeps: boolean, resource: Resource): RestStopStep {
  const before = read(wish, resource)
  const first = inner.begin(resource)
  const state: RestStop = {
    before,
    now: before,
    inner: first.state,
    phase: 'preparing',
    keeps: false,
    outcome: { result: first.state.known },
    lost: 0,
  }
  if (keeps) return { state, effects: [] }
  return through(wish, { ...state, phase: 'stopping' }, first)
}

function next(wish: StopWish, inner: Inner, state: RestStop, event: Event): RestStopStep {
  if (event.type === 'object') return sighted(wish, state, read(wish, event.object))
  if (state.phase === 'preparing')
    return event.type === 'written'
      ? through(wish, { ...state, phase: 'stopping', keeps: true }, inner.begin(event.before))
      : keep(state)
  if (state.phase === 'putting back') return puttingBack(wish, state, event)
  if (event.type === 'due' && event.timer === `lost-${state.lost}`) return lost(wish, state)
  if (event.type === 'refused') return keep(state)
  return through(wish, state, inner.next(state.inner, event))
}

function sighted(wish: StopWish, seen: RestStop, now: JobFacts): RestStopStep {
  const state = { ...seen, now }
  if (now.job.uid !== seen.before.job.uid)
    return over(wish, state, { ...seen.outcome, failure: endings.deleted(seen.now) })
  if (!now.stopped || seen.now.stopped) return keep(state)
  return awaitWord(state)
}

function awaitWord(state: RestStop): RestStopStep {
  const times = state.lost + 1
  return {
    state: { ...state, lost: times },
    effects: [{ type: 'timer', timer: `lost-${times}`, inMs: goneMs }],
  }
}

/** The operator says that the job has ended, and Flink is silent: one unreachable moment is enough for Spotify to say so (seen on v0.6). */
function lost(wish: StopWish, state: RestStop): RestStopStep {
  if (!state.now.stopped) return keep(state)
  if (state.inner.silence === undefined) return awaitWord(state)
  // A cluster that is kept may still tell a person where the savepoint lies.
  const reason = endings.gone(state.now, ...(state.keeps ? [stillKept(wish, state)] : []))
  const message = reason.message.replace(/^error: /, '')
  const known: Savepoint = { ...state.inner.known, state: 'Failed', failure: { message } }
  return done(state, { result: known, failure: reason })
}

/** What the stop itself wants goes on as it is; its end is thought over. */
function through(wish: StopWish, state: RestStop, step: Step<RestTake, Savepoint>): RestStopStep {
  const next = { ...state, inner: step.state, outcome: { result: step.state.known } }
  const end = step.effects.find(effect => effect.type === 'done')
  if (!end) return { state: next, effects: step.effects }
  const others = step.effects.filter(effect => effect !== end)
  const last = over(wish, next, end.outcome, state.inner)
  return { state: last.state, effects: [...others, ...last.effects] }
}

function over(
  wish: StopWish,
  state: RestStop,
  outcome: Outcome<Savepoint>,
  asked = state.inner,
): RestStopStep {
  const { failure } = outcome
  if (!failure && wish.wait) return done(state, outcome)
  const unseen = failure === undefined || mayGoOn(failure, asked)
  if (unseen) return goingOn(wish, state, begun(outcome, asked))
  if (!state.keeps) return done(state, outcome)
  if (state.now.job.uid !== state.before.job.uid) return doneSaying(state, outcome, stillKept(wish, state))
  return {
    state: { ...state, phase: 'putting back', outcome },
    effects: [{ type: 'write', id: 'put back', make: newest => putBack(wish.resource, newest) }],
  }
}

function goingOn(wish: StopWish, state: RestStop, outcome: Outcome<Savepoint>): RestStopStep {
  if (state.keeps) return doneSaying(state, outcome, stillKept(wish, state))
  return isRemoved(wish.resource) ? doneSaying(state, outcome, lostFromSight(wish)) : done(state, outcome)
}

/** A stop that Flink may have got, though its answer was not seen, is under way as far as anybody knows: the record has to have it. */
function begun(outcome: Outcome<Savepoint>, { triggerId, version = '' }: RestTake): Outcome<Savepoint> {
  const { result } = outcome
  if (result.state !== 'Requested') return outcome
  const ours = hasTriggerIds(version) ? { triggerId } : {}
  return { ...outcome, result: { ...result, ...ours, state: 'InProgress' } }
}

function doneSaying(state: RestStop, outcome: Outcome<Savepoint>, text: string): RestStopStep {
  const { failure } = outcome
  if (failure) return done(state, { ...outcome, failure: withHints(failure, [...failure.hints, text]) })
  return {
    state,
    effects: [
      { type: 'warn', text },
      { type: 'done', outcome },
    ],
  }
}

/** The operator removes the only one who knows. */
function lostFromSight({ directory, facts }: StopWish): string {
  const place = directory ?? facts.directory ?? "Flink's default directory"
  return `the operator removes the cluster as soon as the job has ended, and nobody will know the savepoint's location: look into ${place}`
}

function stillKept(wish: StopWish, { now }: RestStop): string {
  return `cleanupPolicy.afterJobSucceeds of ${now.shown} is KeepCluster now; once it has stopped: ${howToPutBack(wish.resource)}`
}

/** Whether the job will be stopped is not known: then the JobManager is still needed. */
function mayGoOn({ code }: Failure, inner: RestTake): boolean {
  return (code === 'timed-out' || code === 'interrupted') && maybeAsked(inner)
}

function puttingBack(wish: StopWish, state: RestStop, event: Event): RestStopStep {
  const ours = 'id' in event && event.id === 'put back'
  if (!ours)
    return event.type === 'interrupted' || event.type === 'timeout'
      ? notPutBack(wish, state, '')
      : keep(state)
  if (event.type === 'refused') return notPutBack(wish, state, event.failure.message)
  return done(state, state.outcome)
}

function notPutBack(wish: StopWish, state: RestStop, why: string): RestStopStep {
  const { outcome, now } = state
  const text = `cleanupPolicy.afterJobSucceeds of ${now.shown} is KeepCluster, and could not be put back${why && `: ${why}`}`
  const how = `to put it back: ${howToPutBack(wish.resource)}`
  return done(state, {
    ...outcome,
    ...(outcome.failure && { failure: withHints(outcome.failure, [...outcome.failure.hints, text, how]) }),
  })
}

function done(state: RestStop, outcome: Outcome<Savepoint>): RestStopStep {
  return { state: { ...state, outcome }, effects: [{ type: 'done', outcome }] }
}

function keep(state: RestStop): RestStopStep {
  return { state, effects: [] }
}

function read({ build }: StopWish, resource: Resource): JobFacts {
  return readFlinkCluster(resource, operatorName(build))
}
