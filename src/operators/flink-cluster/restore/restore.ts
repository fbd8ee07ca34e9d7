import { Failure, failure } from '../../../domain/failure.ts'
import type { JobFacts } from '../../../domain/job.ts'
import type { Event, Protocol } from '../../../domain/protocol.ts'
import type { Resource } from '../../../domain/resource.ts'
import type { RestoreProgress } from '../../job-operator.ts'
import { operatorName } from '../operator.ts'
import { readFlinkCluster } from '../read.ts'
import { silence } from '../take/endings.ts'
import { failedOnce, isEndless, isStillLost, lost, notRepeated, stillLost } from './loss.ts'
import { answered, explain, prove } from './proof.ts'
import {
  isNewJob,
  restartsBefore,
  showsUpdate,
  submissionFailed,
  updateAttempt,
  wantsUpdate,
} from './sight.ts'
import {
  end,
  isTarget,
  keep,
  notRestored,
  type PatchWish,
  type RestoreState,
  type RestoreStep,
  whatWasChanged,
} from './state.ts'
import { clearControl, mustClearControl, patchFromSavepoint } from './writes.ts'

const silenceMs = 15_000
const raceMs = 5_000

/**
 * Restarts the job from a savepoint by one patch of spec.job.fromSavepoint (GCP >= -6, Spotify), then waits for proof:
 * the operator's fields, and Flink's latest.restored. On Spotify a job that was cancelled by annotation would be
 * cancelled again, so its control is cleared first (controllers/flinkcluster/flinkcluster_reconciler.go wasJobCancelRequested).
 */
export function restoreInPlace(options: PatchWish): Protocol<RestoreState, RestoreProgress> {
  const read = (resource: Resource) => readFlinkCluster(resource, operatorName(options.build))
  return {
    ask: before => ({
      write: mustClearControl(options, read(before))
        ? clearControl(before)
        : patchFromSavepoint(options, before),
    }),
    begin: before => keep(initial(read(before))),
    next: (state, event) => nextInRestore(options, state, event, read),
  }
}

/** Before anything is known of the restore. */
export function initial(before: JobFacts): RestoreState {
  return {
    before,
    now: before,
    result: { state: 'Unchanged', proof: { operator: false, rest: false } },
    phase: 'asking',
    cleared: false,
    shown: false,
    raceOpen: false,
    patches: 0,
    settling: false,
    failures: 0,
    failedSubmissions: 0,
    blocked: false,
    ended: '',
  }
}

/** One event in the life of a restore, in place or of an object that was created for it. */
export function nextInRestore(
  options: PatchWish,
  state: RestoreState,
  event: Event,
  read: (resource: Resource) => JobFacts,
): RestoreStep {
  switch (event.type) {
    case 'object':
      return sighted(options, state, read(event.object))
    case 'written':
      return written(options, state, event, read(event.before))
    case 'deleted':
      return notRestored(options, state, { message: 'it was deleted' })
    case 'refused':
      return event.id === 'watch' || state.patches === 0
        ? end(state, withChanges(options, state, event.failure))
        : notRepeated(options, state, event.failure)
    case 'rest':
      return answered(options, state, event.answer)
    case 'due':
      return due(options, state, event.timer)
    case 'timeout':
      return isStillLost(state)
        ? notRestored(options, state, { message: stillLost })
        : end(state, lastWords(options, state, 'timed-out'))
    case 'interrupted':
      return end(state, lastWords(options, state, 'interrupted'))
    case 'answer':
    case 'beside':
    case 'skipped':
      return keep(state)
  }
}

function written(
  options: PatchWish,
  state: RestoreState,
  event: Extract<Event, { type: 'written' }>,
  before: JobFacts,
): RestoreStep {
  if (event.id === 'ask' && mustClearControl(options, before))
    return {
      state: { ...state, cleared: true },
      effects: [
        { type: 'write', id: 'patch', make: newest => patchFromSavepoint(options, newest, options.nonce) },
      ],
    }
  if (event.before.metadata.generation === event.after.metadata.generation)
    return end(
      state,
      failure('not-asked', `nothing was changed: ${state.now.shown} has these values already`),
    )
  const patches = state.patches + 1
  const result: RestoreProgress = { ...state.result, state: 'InProgress' }
  const asked: RestoreState = {
    ...state,
    before,
    phase: 'waiting',
    patches,
    ...(state.patches === 0 && before.savepointLocation && { savepointBefore: before.savepointLocation }),
    raceOpen: true,
    shown: false,
    result,
  }
  if (!options.wait) return { state: asked, effects: [{ type: 'done', outcome: { result } }] }
  // What was sighted while the patch was under way may be its effect already.
  const step = sighted(options, asked, state.now)
  return {
    state: step.state,
    effects: [
      { type: 'timer', timer: `race-${patches}`, inMs: raceMs },
      { type: 'timer', timer: 'silence', inMs: silenceMs },
      ...step.effects,
    ],
  }
}

function sighted(options: PatchWish, seen: RestoreState, now: JobFacts): RestoreStep {
  if (now.job.uid !== seen.before.job.uid)
    return notRestored(options, seen, { message: 'it was deleted and created again' })
  if (seen.phase === 'asking' || seen.phase === 'failing') return keep({ ...seen, now })
  const shown = seen.shown || showsUpdate(options, seen.before, now)
  const before = restartsBefore(seen.before, now, seen.shown)
  const failedSubmissions = seen.failedSubmissions + (shown && submissionFailed(seen.now, now) ? 1 : 0)
  const told = tellSavepoints(options, { ...seen, before, now, shown, failedSubmissions })
  const step = judge(options, told.state)
  return { state: step.state, effects: [...told.effects, ...step.effects] }
}

/** GCP takes a savepoint of its own before it restarts the job; its path stands in the object for a second or two (seen on tag -9). */
function tellSavepoints(options: PatchWish, state: RestoreState): RestoreStep {
  const { now, before, result } = state
  const location = now.savepointLocation
  const attempt = updateAttempt(before, now)
  if (!attempt) return keep(state)
  if ((attempt.state === 'Failed' || attempt.state === 'TriggerFailed') && !state.blocked)
    return {
      state: { ...state, blocked: true },
      effects: [{ type: 'tell', text: blockedByUpdate }],
    }
  const isNew = location !== before.savepointLocation && !isTarget(options, location)
  if (attempt.state !== 'Succeeded' || !isNew || location === undefined) return keep(state)
  if (result.updateSavepoint?.location === location) return keep(state)
  return {
    state: { ...state, result: { ...result, updateSavepoint: { location } } },
    effects: [{ type: 'tell', text: `the operator saved the state before: ${location}` }],
  }
}

const blockedByUpdate =
  'the operator insists on a savepoint first, and it fails: the restore waits for one that succeeds, and goes on by itself then'

function judge(options: PatchWish, state: RestoreState): RestoreStep {
  const { now, before } = state
  if (!state.shown) return keep(state)
  if (now.running && isTarget(options, now.statusFromSavepoint) && isNewJob(before, now))
    return state.phase === 'proving' ? keep(state) : prove(state)
  if (isEndless(state)) return explain(state)
  if (now.state === 'Lost') return lost(options, state)
  if (now.state === 'Failed' || now.state === 'DeployFailed') return failedOnce(state)
  if (['Succeeded', 'Cancelled', 'Suspended'].includes(now.state)) return explain(state)
  return keep({ ...state, settling: false })
}

function due(options: PatchWish, state: RestoreState, timer: string): RestoreStep {
  if (timer === 'silence' && state.phase === 'waiting' && !hasReacted(state))
    return { state, effects: [{ type: 'tell', text: silence }] }
  if (timer === `race-${state.patches}`) return keep({ ...state, raceOpen: false })
  if (timer === `settled-${state.failures}` && state.settling) return explain(state)
  if (state.phase === 'proving') return answered(options, state, timer)
  return keep(state)
}

function hasReacted({ shown, before, now }: RestoreState): boolean {
  return shown || wantsUpdate(before, now) || updateAttempt(before, now) !== undefined
}

function lastWords(options: PatchWish, state: RestoreState, code: 'timed-out' | 'interrupted') {
  const { shown } = state.now
  const text =
    code === 'timed-out'
      ? `timed out waiting for ${shown} to be restored from ${options.target.location}; it may still complete`
      : `interrupted; the restore of ${shown} goes on`
  return failure(
    code,
    text,
    ...(state.blocked && !state.shown ? [blockedByUpdate] : []),
    ...whatWasChanged(options, state),
  )
}

function withChanges(options: PatchWish, state: RestoreState, { message, status }: Failure): Failure {
  return new Failure('not-asked', message, {
    hints: whatWasChanged(options, state),
    ...(status && { status }),
  })
}
