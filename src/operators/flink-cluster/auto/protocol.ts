import { Failure, failure } from '../../../domain/failure.ts'
import type { JobFacts } from '../../../domain/job.ts'
import type { Event, Protocol } from '../../../domain/protocol.ts'
import type { Resource } from '../../../domain/resource.ts'
import type { Savepoint } from '../../../domain/savepoint.ts'
import type { AutomaticWish } from '../../job-operator.ts'
import { operatorName } from '../operator.ts'
import { readFlinkCluster } from '../read.ts'
import { isStillLost, stillLost } from '../restore/loss.ts'
import { isInUpdate, restartsBefore, submissionFailed, updateAttempt, wantsUpdate } from '../restore/sight.ts'
import { silence } from '../take/endings.ts'
import { completedSavepoint, savepointInProgress } from '../take/our-savepoint.ts'
import { autoChanges, autoPatch, restarts } from './changes.ts'
import { autoRefusal } from './refusals.ts'
import { answered, explain, judge } from './restart.ts'
import { type AutoState, type AutoStep, end, keep, notRunning, whatWasChanged } from './state.ts'

const silenceMs = 15_000

/**
 * Sets automatic savepoints and the restart policy by one patch. Where that makes a new revision the operator restarts
 * the job (both operators): then this waits until it runs again, new, and from a savepoint that holds its state.
 */
export function changeSettings(wish: AutomaticWish): Protocol<AutoState, Savepoint | undefined> {
  const operator = operatorName(wish.build)
  const read = (resource: Resource) => readFlinkCluster(resource, operator)
  const asOf = (resource: Resource) => ({ ...wish, resource, facts: read(resource) })
  return {
    ask: before => ask(asOf(before)),
    begin: before => {
      const state = initial(asOf(before))
      return autoChanges(state.wish).length === 0 ? end(state) : keep(state)
    },
    next: (state, event) => next(state, event, asOf),
  }
}

/** Thought over with every newer object: somebody may have been at it meanwhile. */
function ask(wish: AutomaticWish) {
  if (autoChanges(wish).length === 0) return { join: `${wish.facts.shown} has these settings already` }
  const refusal = autoRefusal(wish)
  return refusal ? { refuse: refusal } : { write: autoPatch(wish) }
}

function initial(wish: AutomaticWish): AutoState {
  return {
    wish,
    before: wish.facts,
    now: wish.facts,
    phase: 'asking',
    shown: false,
    raceOpen: false,
    patches: 0,
    settling: false,
    failures: 0,
    failedSubmissions: 0,
    blocked: false,
  }
}

function next(state: AutoState, event: Event, asOf: (resource: Resource) => AutomaticWish): AutoStep {
  switch (event.type) {
    case 'object':
      return sighted(state, asOf(event.object).facts)
    case 'written':
      return written(state, event, asOf(event.before))
    case 'deleted':
      return notRunning(state, 'it was deleted')
    case 'refused':
      return refused(state, event.id, event.failure)
    case 'rest':
      return answered(state, event.answer)
    case 'due':
      return due(state, event.timer)
    case 'timeout':
      return isStillLost(state) ? notRunning(state, stillLost) : end(state, lastWords(state, 'timed-out'))
    case 'interrupted':
      return end(state, lastWords(state, 'interrupted'))
    case 'answer':
    case 'beside':
    case 'skipped':
      return keep(state)
  }
}

function written(
  state: AutoState,
  { before, after }: Extract<Event, { type: 'written' }>,
  wish: AutomaticWish,
): AutoStep {
  if (before.metadata.generation === after.metadata.generation)
    return end(
      state,
      failure('not-asked', `nothing was changed: ${state.now.shown} has these values already`),
    )
  const first = state.patches === 0
  const asked: AutoState = {
    ...state,
    // What is told of the change is what the first patch changed.
    ...(first && { wish }),
    before: wish.facts,
    phase: 'waiting',
    patches: state.patches + 1,
    shown: false,
  }
  if (!wish.wait || (first && !restarts(wish))) return end(asked)
  const step = sighted(asked, state.now)
  return {
    state: step.state,
    effects: [{ type: 'timer', timer: 'silence', inMs: silenceMs }, ...step.effects],
  }
}

function sighted(seen: AutoState, now: JobFacts): AutoStep {
  if (now.job.uid !== seen.before.job.uid) return notRunning(seen, 'it was deleted and created again')
  if (seen.phase !== 'waiting') return keep({ ...seen, now })
  const shown = seen.shown || isInUpdate(seen.before, now)
  const before = restartsBefore(seen.before, now, seen.shown)
  const failedSubmissions = seen.failedSubmissions + (shown && submissionFailed(seen.now, now) ? 1 : 0)
  const told = tellSavepoint({ ...seen, before, now, shown, failedSubmissions })
  const step = judge(told.state, !seen.shown)
  return { state: step.state, effects: [...told.effects, ...step.effects] }
}

/** The operator's own savepoint before the restart; its path may stand in the object for a second only (seen on GCP tag -9). */
function tellSavepoint(state: AutoState): AutoStep {
  const { now, before, saved } = state
  const attempt = updateAttempt(before, now)
  const location = now.savepointLocation
  if (!attempt) return keep(state)
  if ((attempt.state === 'Failed' || attempt.state === 'TriggerFailed') && !state.blocked)
    return { state: { ...state, blocked: true }, effects: [{ type: 'tell', text: blockedByUpdate }] }
  const isNew = location !== undefined && location !== before.savepointLocation
  if (attempt.state !== 'Succeeded' || !isNew || saved?.location === location) return keep(state)
  const savepoint = completedSavepoint(now, savepointInProgress(now, attempt))
  return {
    state: { ...state, saved: savepoint },
    effects: [{ type: 'tell', text: `the operator saved the state before: ${location}` }],
  }
}

const blockedByUpdate =
  'the operator insists on a savepoint first, and it fails: the restart waits for one that succeeds, and goes on by itself then'

function due(state: AutoState, timer: string): AutoStep {
  if (timer === 'silence' && state.phase === 'waiting' && !hasReacted(state))
    return { state, effects: [{ type: 'tell', text: silence }] }
  if (timer === `race-${state.patches}`) return keep({ ...state, raceOpen: false })
  if (timer === `settled-${state.failures}` && state.settling) return explain(state)
  return keep(state)
}

function hasReacted({ shown, before, now }: AutoState): boolean {
  return shown || wantsUpdate(before, now) || updateAttempt(before, now) !== undefined
}

/** A watch that is refused is the end; so is a repeated patch, after which the job stays lost. */
function refused(state: AutoState, id: string, { message, status }: Failure): AutoStep {
  if (id !== 'watch') {
    const why = message.replace(/^error: /, '')
    return notRunning(state, `the operator lost its submitter, and the patch could not be repeated: ${why}`)
  }
  return end(
    state,
    new Failure('not-asked', message, { hints: whatWasChanged(state), ...(status && { status }) }),
  )
}

function lastWords(state: AutoState, code: 'timed-out' | 'interrupted'): Failure {
  const { shown, state: job } = state.now
  const text =
    code === 'timed-out'
      ? `timed out waiting for ${shown} to run again with its new settings (its job is ${job}); it may still do so`
      : `interrupted; the restart of ${shown} goes on`
  const blocked = state.blocked && !state.shown ? [blockedByUpdate] : []
  return failure(code, text, ...blocked, ...whatWasChanged(state))
}
