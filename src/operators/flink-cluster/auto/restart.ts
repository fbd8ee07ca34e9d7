import { failure } from '../../../domain/failure.ts'
import { sameLocation } from '../../../domain/location.ts'
import type { RestAnswer } from '../../../domain/rest.ts'
import { isEndless, lostItsSubmitter, maxRaceRepeats, settledMs } from '../restore/loss.ts'
import { newestFailure } from '../restore/proof.ts'
import { isNewJob } from '../restore/sight.ts'
import { autoPatchAgain } from './changes.ts'
import { takesFirst } from './plan.ts'
import { type AutoState, type AutoStep, end, keep, notRunning, wayBack, whatWasChanged } from './state.ts'

const raceMs = 5_000
const restMs = 5_000

/** What to make of the job once the operator has shown the update. `first`: it has shown it just now. */
export function judge(state: AutoState, first: boolean): AutoStep {
  const { now, before } = state
  if (!state.shown) return keep(state)
  if (first) return opened(state)
  if (now.running && isNewJob(before, now) && now.currentRevision === now.nextRevision) return runs(state)
  if (isEndless(state)) return explain(state)
  if (isRace(state)) return again(state)
  if (['Failed', 'DeployFailed', 'Lost'].includes(now.state)) return failedOnce(state)
  if (['Succeeded', 'Cancelled', 'Suspended'].includes(now.state)) return explain(state)
  return keep({ ...state, settling: false })
}

/** On Spotify the race is run when the update begins, which may be long after the patch: a savepoint comes first (seen on v0.6). */
function opened(state: AutoState): AutoStep {
  const step = judge({ ...state, raceOpen: true }, false)
  return {
    state: step.state,
    effects: [{ type: 'timer', timer: `race-${state.patches}`, inMs: raceMs }, ...step.effects],
  }
}

function isRace({ wish, raceOpen, before, now, patches }: AutoState): boolean {
  return wish.build === 'spotify' && raceOpen && patches <= maxRaceRepeats && lostItsSubmitter(before, now)
}

/** The same change again, from the savepoint that the operator has just taken: a Lost job refuses every other one. */
function again(state: AutoState): AutoStep {
  const from = state.saved?.location ?? state.wish.taken
  if (from === undefined) return failedOnce(state)
  const nonce = `${state.wish.nonce}-${state.patches}`
  return {
    state: { ...state, phase: 'asking', raceOpen: false },
    effects: [
      { type: 'tell', text: 'the operator lost the new submitter (a race of its own); patching again' },
      {
        type: 'write',
        id: 'patch',
        make: resource => autoPatchAgain({ ...state.wish, resource }, from, nonce),
      },
    ],
  }
}

/** Under FromSavepointOnFailure, which brings back what has failed, it counts only once it has stood still. */
function failedOnce(state: AutoState): AutoStep {
  if (!state.now.restartsAfterFailure) return explain(state)
  if (state.settling) return keep(state)
  const failures = state.failures + 1
  return {
    state: { ...state, settling: true, failures },
    effects: [{ type: 'timer', timer: `settled-${failures}`, inMs: settledMs }],
  }
}

/** It runs. Started from what it was started from before, or from what was there long before, it has lost what it did since. */
function runs(state: AutoState): AutoStep {
  const { now } = state
  const started = now.statusFromSavepoint
  if (started !== undefined && isStale(state, started)) return startedFromStale(state, started)
  if (now.specFromSavepoint === undefined) return end(state)
  const sticky = `Warning: spec.job.fromSavepoint of ${now.shown} stays set: every later change of its spec starts the job from ${now.specFromSavepoint} again, until the field is changed or removed`
  const step = end(state)
  return { state, effects: [{ type: 'warn', text: sticky }, ...step.effects] }
}

function isStale({ before, wish, saved }: AutoState, started: string): boolean {
  if (sameLocation(saved?.location ?? wish.taken, started)) return false
  const { statusFromSavepoint, specFromSavepoint, savepointLocation } = before
  const old = [statusFromSavepoint, specFromSavepoint, ...(takesFirst(wish) ? [] : [savepointLocation])]
  return old.some(location => sameLocation(location, started))
}

function startedFromStale(state: AutoState, started: string): AutoStep {
  const { shown } = state.now
  const text = `the job of ${shown} runs again with its new settings, but from ${started}: what it did after that savepoint is not in it`
  return end(state, failure('no', text, ...whatWasChanged(state), ...wayBack(state)))
}

/** The job ended. Its operator does not say why, so Flink is asked: the FAILED job, then its exceptions. */
export function explain(state: AutoState): AutoStep {
  return {
    state: { ...state, phase: 'failing' },
    effects: [{ type: 'ask-rest', question: { ask: 'jobs' }, timeoutMs: restMs }],
  }
}

export function answered(state: AutoState, answer: RestAnswer): AutoStep {
  if (state.phase !== 'failing') return keep(state)
  const failed = answer.answer === 'jobs' ? newestFailure(state.before, answer.jobs) : undefined
  if (failed)
    return {
      state,
      effects: [{ type: 'ask-rest', question: { ask: 'exceptions', jobId: failed.id }, timeoutMs: restMs }],
    }
  if (answer.answer === 'exceptions' && answer.rootCause) return notRunning(state, answer.rootCause)
  const reason = 'reason' in answer ? answer.reason : 'Flink lists no failed job'
  return notRunning(state, `the job ended as ${state.now.state}`, `cause not available because ${reason}`)
}
