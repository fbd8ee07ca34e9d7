import type { Failure } from '../../../domain/failure.ts'
import type { Event, News, Protocol } from '../../../domain/protocol.ts'
import type { Resource } from '../../../domain/resource.ts'
import type { Savepoint } from '../../../domain/savepoint.ts'
import * as endings from '../endings.ts'
import type { ApacheFacts } from '../facts.ts'
import { readJob } from '../read.ts'
import { createSnapshot, failureOf, savepointOf, snapshotSight, snapshotsOf } from '../snapshot.ts'
import { requestedSavepoint } from './our-savepoint.ts'
import { check, explained, maxAttempts, tellFailure } from './snapshot-endings.ts'
import { inNonce, switchToNonce, withNonce } from './snapshot-nonce.ts'
import {
  done,
  keep,
  named,
  type SnapshotEffect,
  type SnapshotState,
  type SnapshotStep,
  type TakeBySnapshot,
} from './snapshot-state.ts'

const silenceMs = 15_000
/** An operator that looks at snapshots puts a finalizer there within a second of their creation (0.02 s, seen on 1.15.0); two of its reconcile intervals by the Helm chart's default (15 s). */
const unservedMs = 30_000
/** A take that gives up ends, whatever becomes of its snapshot. */
const removalMs = 10_000

/**
 * A take by a FlinkStateSnapshot (operator >= 1.10), which tells of its own end. Where no operator looks at it, it is deleted
 * again and a nonce asks instead: one that stays would be served whenever snapshots are switched on.
 */
export function takeBySnapshot(options: TakeBySnapshot): Protocol<SnapshotState, Savepoint> {
  return {
    ask: before => {
      const facts = readJob(before, options.operator)
      // It would be ABANDONED, or, of a job that is not there, never be deleted again (seen on 1.15.0).
      if (!facts.running)
        return { refuse: endings.refused(facts, `its job is not running (${facts.state || 'no state yet'})`) }
      return { write: snapshotOf(options, facts, 1) }
    },
    unanswered: before => {
      const facts = readJob(before, options.operator)
      return endings.snapshotUnanswered(facts, snapshotOf(options, facts, 1).ref.name)
    },
    begin: before => begin(options, readJob(before, options.operator)),
    next: (state, event) => next(options, state, event),
  }
}

/** Up to 1.15 the operator knows only the directory of a session job's cluster where a snapshot names none (FLINK-39814): ours names the job's own. */
function snapshotOf(options: TakeBySnapshot, { job, directory: own }: ApacheFacts, attempt: number) {
  const directory = options.directory ?? (job.kind === 'FlinkSessionJob' ? own : undefined)
  return createSnapshot(job, { ...options, ...(directory !== undefined && { directory }) }, attempt)
}

function begin(options: TakeBySnapshot, facts: ApacheFacts): SnapshotStep {
  const { name, format } = options
  const known = requestedSavepoint(facts, { ...(name !== undefined && { name }), ...(format && { format }) })
  const state: SnapshotState = {
    now: facts,
    attempts: 1,
    known: { ...known, sources: ['snapshots'] },
    phase: 'asking',
    reacted: false,
    message: '',
  }
  return keep(
    state,
    { type: 'timer', timer: 'silence', inMs: silenceMs },
    { type: 'timer', timer: 'unserved', inMs: unservedMs },
  )
}

function next(options: TakeBySnapshot, state: SnapshotState, event: Event): SnapshotStep {
  if (state.phase === 'nonce') return inNonce(options, state, event)
  switch (event.type) {
    case 'object':
      return jobSeen(state, readJob(event.object, options.operator))
    case 'written':
      return event.id === 'ask-nonce'
        ? withNonce(options, state, event)
        : created(options, state, event.after)
    case 'beside':
      return beside(state, event.news)
    case 'deleted':
      return done(state, endings.gone(state.now, `its snapshot stays: ${named(state)}`))
    case 'refused':
      return refused(state, event)
    case 'rest':
      return explained(state, event.answer)
    case 'due':
      return due(options, state, event.timer)
    case 'timeout':
      return ended(state, 'timed-out')
    case 'interrupted':
      return ended(state, 'interrupted')
    case 'skipped':
      return done(state, endings.busy(state.now))
    case 'answer':
      return keep(state)
  }
}

function created(options: TakeBySnapshot, state: SnapshotState, object: Resource): SnapshotStep {
  const asked: SnapshotState = { ...state, object, phase: 'waiting' }
  if (!options.wait) return done(asked)
  const { name, namespace, resourceVersion } = object.metadata
  // One whose answer was lost, and that was found again, may be further on.
  const step = seen(asked, object)
  const follow: SnapshotEffect = {
    type: 'follow',
    id: `snapshot-${state.attempts}`,
    kind: snapshotsOf(state.now.job),
    namespace,
    selector: { fields: `metadata.name=${name}` },
    after: resourceVersion,
  }
  return { state: step.state, effects: [follow, ...step.effects] }
}

function jobSeen(state: SnapshotState, now: ApacheFacts): SnapshotStep {
  if (now.job.uid !== state.now.job.uid)
    return done(state, endings.gone(state.now, `its snapshot stays: ${named(state)}`))
  return keep({ ...state, now })
}

function beside(state: SnapshotState, news: News): SnapshotStep {
  if (news.is === 'removed') return removed(state)
  if (news.is === 'listed' || news.object.metadata.uid !== state.object?.metadata.uid) return keep(state)
  if (news.is === 'seen') return seen(state, news.object)
  // Ours is gone because we removed it, or somebody else did.
  if (state.phase !== 'waiting') return keep(state)
  return check(state, `${named(state)} was deleted before it was complete`)
}

function seen(state: SnapshotState, object: Resource): SnapshotStep {
  const sight = snapshotSight(object)
  const known = savepointOf(state.known, sight, state.now.restartPoint)
  const now: SnapshotState = { ...state, object, reacted: state.reacted || sight.state !== 'untouched' }
  if (known.state === 'Completed') return done({ ...now, known })
  if (state.phase !== 'waiting') return keep(now)
  if (sight.state === 'completed')
    return check({ ...now, known }, 'the operator reports success without a location')
  if (sight.state === 'failed') return tellFailure({ ...now, known }, failureOf(sight))
  return keep({ ...now, known })
}

/** The operator does not look at it, and it is gone again. */
function removed(state: SnapshotState): SnapshotStep {
  if (state.ending) return done(state, state.ending.failure)
  return switchToNonce(state)
}

function refused(state: SnapshotState, { id, failure }: Extract<Event, { type: 'refused' }>): SnapshotStep {
  if (id === 'unserved') {
    if (state.ending) return left(state, failure)
    // Somebody has touched it since: so it is looked at.
    if (failure.status?.code === 409) return waitedOn({ ...state, reacted: true })
    const step = waitedOn(state)
    return { ...step, effects: [{ type: 'warn', text: notRemoved(state) }, ...step.effects] }
  }
  if (id === 'again' || id === 'ask-nonce') return done(state, failure)
  // Ctrl-C ends the watches, too.
  if (state.ending) return keep(state)
  return done(state, endings.unwatched(state.now, failure, `and: kubectl get ${named(state)}`))
}

/** It was not removed; what was seen of it while that was tried counts now. */
function waitedOn(state: SnapshotState): SnapshotStep {
  const waiting: SnapshotState = { ...state, phase: 'waiting' }
  return state.object ? seen(waiting, state.object) : keep(waiting)
}

/** The wait is over, and our snapshot stays: one that was touched meanwhile is looked at. */
function left(state: SnapshotState, { status }: Failure): SnapshotStep {
  const code = state.ending?.failure?.code === 'interrupted' ? 'interrupted' : 'timed-out'
  if (status?.code === 409) return done(state, goesOn(state, code))
  return done(state, endings.unserved(state.now, code, false), { type: 'warn', text: notRemoved(state) })
}

function goesOn(state: SnapshotState, code: 'timed-out' | 'interrupted'): Failure {
  const tell = code === 'timed-out' ? endings.timedOut : endings.interrupted
  return tell(state.now, `and: kubectl get ${named(state)}`)
}

function notRemoved(state: SnapshotState): string {
  return `${named(state)} could not be deleted: an operator that looks at it takes the savepoint then`
}

function due(options: TakeBySnapshot, state: SnapshotState, timer: string): SnapshotStep {
  if (timer === 'silence' && !state.reacted) return keep(state, { type: 'tell', text: endings.silence })
  if (timer === 'unserved' && !state.reacted && state.phase === 'waiting') return remove(state)
  if (timer === 'ask' && state.phase === 'checking') return check(state, state.message)
  if (timer === 'removal' && state.ending) return left(state, endings.noAnswer)
  if (timer === 'again' && state.phase === 'pausing') return again(options, state)
  return keep(state)
}

function again(options: TakeBySnapshot, state: SnapshotState): SnapshotStep {
  const { now } = state
  if (now.stopped) return done(state, endings.stopped(now))
  if (!now.running && state.attempts < maxAttempts)
    return keep(state, { type: 'timer', timer: 'again', inMs: 3_000 })
  const attempts = state.attempts + 1
  const make = () => snapshotOf(options, now, attempts)
  const known: Savepoint = { ...requestedSavepoint(now, {}), sources: ['snapshots'] }
  return keep({ ...state, attempts, known, phase: 'asking' }, { type: 'write', id: 'again', make })
}

function remove(state: SnapshotState): SnapshotStep {
  if (!state.object) return keep(state)
  const { object } = state
  return keep({ ...state, phase: 'removing' }, { type: 'remove', id: 'unserved', object, late: true })
}

/** One that nobody has looked at yet is taken away: it would be served at any later time. */
function ended(state: SnapshotState, code: 'timed-out' | 'interrupted'): SnapshotStep {
  if (state.phase === 'pausing') return done(state, endings.unasked(code))
  if (state.phase === 'switching')
    return keep({ ...state, late: code === 'timed-out' ? 'timeout' : 'interrupted' })
  if (state.ending) return keep(state)
  if (state.reacted || !state.object) return done(state, goesOn(state, code))
  const failure = endings.unserved(state.now, code)
  const step = remove({ ...state, ending: { result: state.known, failure } })
  const bound = { type: 'timer', timer: 'removal', inMs: removalMs } as const
  return keep(step.state, bound, ...(state.phase === 'removing' ? [] : step.effects))
}
