import type { Failure } from '../../../domain/failure.ts'
import type { Event, News, Protocol } from '../../../domain/protocol.ts'
import type { Resource } from '../../../domain/resource.ts'
import type { Savepoint } from '../../../domain/savepoint.ts'
import * as endings from '../endings.ts'
import type { ApacheFacts } from '../facts.ts'
import { readJob } from '../read.ts'
import { isOfJob, snapshotsOf } from '../snapshot.ts'
import { isBusy } from './choose-take.ts'
import { check, explained, fail, giveUp, goesOn, takenBack } from './nonce-endings.ts'
import { earlySeen, snapshotDeleted, snapshotSeen } from './nonce-snapshot.ts'
import { done, keep, type NonceState, type NonceStep, type TakeByNonce } from './nonce-state.ts'
import { nonceVerdict } from './nonce-verdict.ts'
import { nextNonce, patchNonce } from './nonce-writes.ts'
import { completedSavepoint, requestedSavepoint, savepointInFlight } from './our-savepoint.ts'

const silenceMs = 15_000
/** The operator makes its snapshot before it says that the nonce is carried out (0.03 s, seen on 1.15.0). */
const settleMs = 15_000
/** After the wait is over: the answer to our write, which tells what has to be taken back. */
const answerMs = 10_000

/**
 * A take by spec.job.savepointTriggerNonce: followed in status.jobStatus.savepointInfo up to operator 1.9 and where snapshots
 * are off, else by the FlinkStateSnapshot that the operator makes for it, and that nothing ties to the nonce (seen on 1.15.0).
 */
export function takeByNonce(options: TakeByNonce): Protocol<NonceState, Savepoint> {
  return {
    ask: before => {
      const facts = readJob(before, options.operator)
      if (isBusy(facts)) return { refuse: endings.busy(facts) }
      // Which snapshots are there has to be known first.
      return options.snapshots ? { join: '' } : { write: patchNonce(before, nextNonce(before)) }
    },
    unanswered: before => endings.unanswered(readJob(before, options.operator), 'interrupted'),
    begin: before => beginNonce(options, before),
    next: (state, event) => nextNonceStep(options, state, event),
  }
}

export function beginNonce(options: TakeByNonce, before: Resource): NonceStep {
  const facts = readJob(before, options.operator)
  const state: NonceState = {
    before: facts,
    now: facts,
    nonce: nextNonce(before),
    known: requestedSavepoint(facts),
    phase: options.snapshots ? 'asking' : 'waiting',
    failed: [],
    seen: false,
    settling: false,
    message: '',
    repeats: 0,
    reacted: false,
  }
  if (!options.snapshots) return keep(state, { type: 'timer', timer: 'silence', inMs: silenceMs })
  const { namespace } = facts.job
  return keep(state, { type: 'follow', id: 'snapshots', kind: snapshotsOf(facts.job), namespace })
}

export function nextNonceStep(options: TakeByNonce, state: NonceState, event: Event): NonceStep {
  switch (event.type) {
    case 'object':
      return sighted(state, readJob(event.object, options.operator))
    case 'written':
      return event.id === 'take-back'
        ? takenBack(state, readJob(event.after, options.operator))
        : written(options, state, event)
    case 'skipped':
      return event.id === 'take-back' ? giveUp(state) : unasked(state, endings.busy(state.now))
    case 'beside':
      return beside(state, event.news)
    case 'deleted':
      return done(state, endings.gone(state.now))
    case 'refused':
      return refused(options, state, event)
    case 'rest':
      return judgeAgain(state, explained(state, event.answer))
    case 'due':
      return due(state, event.timer)
    case 'timeout':
      return ended(state, 'timed-out')
    case 'interrupted':
      return ended(state, 'interrupted')
    case 'answer':
      return keep(state)
  }
}

function written(
  options: TakeByNonce,
  state: NonceState,
  { before, after }: Extract<Event, { type: 'written' }>,
): NonceStep {
  if (before.metadata.generation === after.metadata.generation)
    return unasked(state, endings.unchanged(state.now))
  const facts = readJob(before, options.operator)
  const asked: NonceState = {
    ...state,
    before: facts,
    nonce: wantedBy(after, state.nonce),
    phase: 'waiting',
    askedAt: after.metadata.resourceVersion,
  }
  if (!options.wait) return done(asked)
  if (state.leaving) return ended(asked, state.leaving)
  return options.snapshots
    ? earlySeen(asked, { type: 'timer', timer: 'silence', inMs: silenceMs })
    : keep(asked)
}

function wantedBy(after: Resource, nonce: number): number {
  return readJob(after).nonce.wanted ?? nonce
}

function sighted(seen: NonceState, now: ApacheFacts): NonceStep {
  if (now.job.uid !== seen.before.job.uid) return done(seen, endings.gone(seen.now))
  return judge({ ...seen, now, seen: seen.seen || now.nonce.wanted === seen.nonce })
}

function judge(state: NonceState): NonceStep {
  if (state.phase === 'asking') return keep(state)
  const verdict = nonceVerdict(state)
  if (verdict.is === 'completed') {
    const known = completedSavepoint(state.now, state.known, verdict.kept)
    const completed = { ...state, known }
    if (verdict.by === undefined || verdict.by === state.nonce) return done(completed)
    const text = `savepointTriggerNonce ${verdict.by} took the place of ours (${state.nonce}): this savepoint serves both`
    return done(completed, undefined, { type: 'tell', text })
  }
  if (state.phase !== 'waiting') return keep(state)
  switch (verdict.is) {
    case 'running': {
      const { trigger } = verdict
      return keep({ ...state, reacted: true, trigger, known: savepointInFlight(state.now, trigger) })
    }
    case 'ended':
      return check({ ...state, reacted: true }, verdict.trigger)
    case 'refused':
      return fail({ ...state, reacted: true }, { message: verdict.message })
    case 'spent':
      return spent(state)
    case 'replaced':
      return fail(state, { message: replaced(verdict.by) })
    case 'stopped':
      return giveUpOn(state, endings.stopped(state.now))
    case 'awaited':
      return keep(state)
  }
}

function replaced(by: number | undefined): string {
  return by === undefined
    ? 'the request was taken back by somebody else'
    : `savepointTriggerNonce ${by} took the place of ours, and came to nothing`
}

/** A snapshot of the operator's own may be on its way to us; where none can come, it has given up; where none can be seen, nobody knows. */
function spent(state: NonceState): NonceStep {
  if (state.blind) return done(state, endings.unwatched(state.now, state.blind))
  if (state.older === undefined)
    return fail({ ...state, reacted: true }, { message: 'the operator has given up on it' })
  if (state.settling || state.snapshot) return keep({ ...state, reacted: true })
  const settling = { ...state, reacted: true, settling: true }
  return keep(settling, { type: 'timer', timer: 'settled', inMs: settleMs })
}

/** Where Flink knew nothing and we wait on, what was sighted meanwhile counts. */
function judgeAgain(asked: NonceState, step: NonceStep): NonceStep {
  if (asked.phase !== 'checking' || step.state.phase !== 'waiting') return step
  const judged = judge(step.state)
  return keep(judged.state, ...step.effects, ...judged.effects)
}

function beside(state: NonceState, news: News): NonceStep {
  if (news.is === 'listed') {
    const older = news.objects
      .filter(each => isOfJob(each, state.before.job))
      .map(({ metadata }) => metadata.uid)
    return write({ ...state, older })
  }
  if (news.is === 'seen') return snapshotSeen(state, news.object)
  return news.is === 'deleted' ? snapshotDeleted(state, news.object) : keep(state)
}

function write(state: NonceState): NonceStep {
  const make = (newest: Resource) =>
    isBusy(readJob(newest)) ? undefined : patchNonce(newest, nextNonce(newest))
  return keep({ ...state, sent: true }, { type: 'write', id: 'ask', make })
}

function refused(
  options: TakeByNonce,
  state: NonceState,
  { id, failure }: Extract<Event, { type: 'refused' }>,
): NonceStep {
  if (id === 'take-back') return giveUp(state, failure)
  if (id === 'ask') return unwritten(state, failure)
  if (id === 'snapshots') return unseen(options, state, failure)
  // Ctrl-C ends the watch, too.
  if (state.phase === 'ended' || state.leaving) return keep(state)
  return done(
    state,
    endings.unwatched(state.now, failure, `to take it back: ${endings.howToTakeBack(state.now)}`),
  )
}

/** Without a look at the snapshots the nonce still does what it does: enough for who does not wait for it. */
function unseen({ wait }: TakeByNonce, state: NonceState, failure: Failure): NonceStep {
  if (state.phase !== 'asking' || state.sent) return judge({ ...state, blind: failure })
  return wait ? done(state, endings.blind(failure)) : write(state)
}

function unwritten(state: NonceState, failure: Failure): NonceStep {
  if (!state.leaving || failure.status) return unasked(state, failure)
  return done(state, endings.unanswered(state.now, state.leaving))
}

function unasked(state: NonceState, failure: Failure): NonceStep {
  return done(state, state.leaving ? endings.unasked(state.leaving) : failure)
}

function due(state: NonceState, timer: string): NonceStep {
  if (timer === 'take-back' && state.phase === 'ended') return giveUp(state, endings.noAnswer)
  if (timer === 'answer' && state.phase === 'asking' && state.leaving)
    return done(state, endings.unanswered(state.now, state.leaving))
  if (timer === 'silence' && !state.reacted && state.phase === 'waiting')
    return keep(state, { type: 'tell', text: endings.silence })
  if (timer === 'ask' && state.phase === 'checking' && state.trigger) return check(state, state.trigger)
  if (timer === 'settled' && state.phase === 'waiting' && !state.snapshot && !state.trigger)
    return fail(state, { message: 'the operator has given up on it' })
  return keep(state)
}

function ended(state: NonceState, code: 'timed-out' | 'interrupted'): NonceStep {
  if (state.phase === 'ended' || (state.phase === 'asking' && state.leaving)) return keep(state)
  if (state.phase === 'asking' && state.sent)
    return keep({ ...state, leaving: code }, { type: 'timer', timer: 'answer', inMs: answerMs })
  if (state.phase === 'asking') return done(state, endings.unasked(code))
  if (state.reacted) return giveUpOn(state, goesOn(state, code))
  return giveUpOn({ ...state, unserved: code }, endings.unserved(state.now, code))
}

function giveUpOn(state: NonceState, failure: Parameters<typeof done>[1]): NonceStep {
  return fail(state, undefined, failure)
}
