import { failure } from '../../../domain/failure.ts'
import type { Event, Protocol } from '../../../domain/protocol.ts'
import type { Resource } from '../../../domain/resource.ts'
import type { RestoreProgress } from '../../job-operator.ts'
import { silence } from '../endings.ts'
import type { ApacheFacts } from '../facts.ts'
import { operatorName } from '../operator.ts'
import { readJob } from '../read.ts'
import { answered, dueInProof, explain, lookIntoFlink, prove, tidied } from './proof.ts'
import { isInvalid, isProven, isReplaced, ruin, showsOurs } from './sight.ts'
import {
  end,
  keep,
  notRestored,
  type RestoreOrder,
  type RestoreState,
  type RestoreStep,
  type RestoreWay,
  whatWasChanged,
  withChanges,
} from './state.ts'
import { patchRestore, putPathBack, wayOf } from './writes.ts'

const silenceMs = 15_000
/** How often Flink is asked why a job that is wanted does not run: its answer is there for seconds only (seen on 1.15.0). */
const lookMs = 5_000

/** Restarts the job from a savepoint by one patch of its object, then waits for proof: the operator's fields, and Flink's latest.restored. */
export function restoreInPlace(order: RestoreOrder): Protocol<RestoreState, RestoreProgress> {
  const read = readerOf(order)
  return {
    ask: before => ({ write: patchRestore(order, before) }),
    begin: before => keep(initial(read(before), wayOf(read(before), order))),
    next: (state, event) => next(order, state, event, read),
  }
}

/** Writes nothing: waits for the proof that an object that was just created started its job from the savepoint. */
export function restoreCreated(order: RestoreOrder): Protocol<RestoreState, RestoreProgress> {
  const read = readerOf(order)
  return {
    ask: () => ({ join: '' }),
    begin: created => {
      const state = initial(read(created), 'created')
      return waiting(order, { ...state, result: { ...state.result, state: 'InProgress' } })
    },
    next: (state, event) => next(order, state, event, read),
  }
}

function readerOf({ build }: RestoreOrder): (resource: Resource) => ApacheFacts {
  return resource => readJob(resource, operatorName(build))
}

function initial(before: ApacheFacts, way: RestoreWay): RestoreState {
  return {
    way,
    before,
    now: before,
    result: { state: 'Unchanged', proof: { operator: false, rest: false } },
    phase: way === 'created' ? 'waiting' : 'asking',
    seen: false,
    shown: way === 'created',
    patched: false,
  }
}

function waiting(order: RestoreOrder, state: RestoreState): RestoreStep {
  if (!order.wait) return end(state)
  return keep(
    state,
    { type: 'timer', timer: 'silence', inMs: silenceMs },
    { type: 'timer', timer: 'look', inMs: lookMs },
  )
}

function next(
  order: RestoreOrder,
  state: RestoreState,
  event: Event,
  read: (resource: Resource) => ApacheFacts,
): RestoreStep {
  switch (event.type) {
    case 'object':
      return sighted(order, state, read(event.object))
    case 'written':
      return written(order, state, event, read)
    case 'deleted':
      return notRestored(order, state, { message: 'it was deleted' })
    case 'refused':
      return refused(order, state, event)
    case 'rest':
      return answered(order, state, event.question, event.answer)
    case 'due':
      return due(order, state, event.timer)
    case 'timeout':
      return ended(order, state, 'timed-out')
    case 'interrupted':
      return ended(order, state, 'interrupted')
    case 'skipped':
      return state.phase === 'pruned' || state.phase === 'tidying' ? end(state, state.ending) : keep(state)
    case 'answer':
    case 'beside':
      return keep(state)
  }
}

function written(
  order: RestoreOrder,
  state: RestoreState,
  { id, before, after }: Extract<Event, { type: 'written' }>,
  read: (resource: Resource) => ApacheFacts,
): RestoreStep {
  if (id === 'tidy') return tidied(state)
  if (id === 'put-back') return end(state, state.ending)
  const [was, is] = [read(before), read(after)]
  if (before.metadata.generation === after.metadata.generation)
    return end(state, failure('not-asked', `nothing was changed: ${was.shown} has these values already`))
  const { wanted } = is.redeploy
  const asked: RestoreState = {
    ...state,
    way: wayOf(was, order),
    before: was,
    now: is,
    phase: 'waiting',
    patched: true,
    result: { ...state.result, state: 'InProgress' },
    ...(wanted !== undefined && { nonce: wanted }),
  }
  // The API server has left out what it does not know, with a warning and code 200 (seen on 1.7.0).
  if (asked.way === 'redeploy' && wanted === was.redeploy.wanted) return pruned(order, asked)
  return waiting(order, asked)
}

function pruned(order: RestoreOrder, state: RestoreState): RestoreStep {
  const { shown } = state.now
  const ending = failure(
    'not-asked',
    `cannot restore ${shown}: its operator (up to 1.7) knows no savepointRedeployNonce, and nothing was restarted`,
    'delete and create it with the savepoint in it: --recreate',
  )
  const result: RestoreProgress = { ...state.result, state: 'Unchanged' }
  const make = (newest: Resource) => putPathBack(newest, state.before, order.target.location)
  return keep({ ...state, result, phase: 'pruned', ending }, { type: 'write', id: 'put-back', make })
}

function refused(
  order: RestoreOrder,
  state: RestoreState,
  { id, failure: reason }: Extract<Event, { type: 'refused' }>,
): RestoreStep {
  if (id === 'put-back' && state.ending) {
    const path = order.target.location
    const text = `spec.job.initialSavepointPath stays ${path} (${reason.message}); nothing reads it`
    return end(state, state.ending, { type: 'warn', text })
  }
  if (id === 'tidy') {
    const text = `spec.job.upgradeMode could not be put back (${reason.message}) and stays ${state.now.upgradeMode}`
    return end(state, state.ending, { type: 'warn', text })
  }
  return end(state, withChanges(order, state, reason))
}

function sighted(order: RestoreOrder, old: RestoreState, now: ApacheFacts): RestoreStep {
  if (now.job.uid !== old.before.job.uid)
    return notRestored(order, old, { message: 'it was deleted and created again' })
  const isSeen = old.seen || old.way !== 'redeploy' || now.redeploy.wanted === old.nonce
  const state: RestoreState = {
    ...old,
    now,
    seen: isSeen,
    shown: old.shown || showsOurs({ ...old, now }),
    ...(old.shown && now.error && { lastError: now.error }),
  }
  return state.phase === 'waiting' ? judge(order, state) : keep(state)
}

function judge(order: RestoreOrder, state: RestoreState): RestoreStep {
  const { now } = state
  if (isReplaced(state)) return replaced(order, state)
  if (isInvalid(state) && !state.shown) return notRestored(order, state, now.error ?? { message: '' })
  if (!state.shown) return keep(state)
  if (isProven(order, state)) return prove(state)
  const lost = ruin(state)
  return lost ? explain(state, lost) : keep(state)
}

/** How ours would have ended nobody knows. */
function replaced(order: RestoreOrder, state: RestoreState): RestoreStep {
  const { shown, redeploy } = state.now
  const text = `savepointRedeployNonce ${redeploy.wanted} took the place of ours (${state.nonce}) before ${shown} was seen to run from ${order.target.location}`
  return end(state, failure('timed-out', text, ...whatWasChanged(order, state)))
}

function due(order: RestoreOrder, state: RestoreState, timer: string): RestoreStep {
  if (timer === 'silence' && state.phase === 'waiting' && !hasReacted(state))
    return keep(state, { type: 'tell', text: silence })
  if (timer === 'look' && state.phase === 'waiting') return lookIntoFlink(state)
  return dueInProof(order, state, timer)
}

function hasReacted({ shown, before, now, way }: RestoreState): boolean {
  const touched = way === 'created' ? now.lifecycle !== '' : shown
  return touched || now.flinkJobId !== before.flinkJobId || now.state !== before.state
}

function ended(order: RestoreOrder, state: RestoreState, code: 'timed-out' | 'interrupted'): RestoreStep {
  if (state.phase === 'pruned' || state.phase === 'tidying') return end(state, state.ending)
  // The operator's proof is there, and Flink was given what time there was.
  if (state.phase === 'proving' && code === 'timed-out') return dueInProof(order, state, 'proof-end')
  const { now, lastError } = state
  // Flink itself has said why it does not run.
  if (code === 'timed-out' && lastError?.rootCause && !now.running)
    return notRestored(order, state, lastError)
  const text =
    code === 'timed-out'
      ? `timed out waiting for ${now.shown} to be restored from ${order.target.location} (its job is ${now.state || 'not there yet'}); it may still complete`
      : `interrupted; the restore of ${now.shown} goes on`
  const last = lastError ?? now.error
  const said = last ? [`the last that was said of it: ${last.rootCause ?? last.message}`] : []
  return end(state, failure(code, text, ...said, ...whatWasChanged(order, state)))
}
