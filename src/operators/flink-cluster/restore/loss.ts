import type { Failure } from '../../../domain/failure.ts'
import type { JobFacts } from '../../../domain/job.ts'
import { explain } from './proof.ts'
import { hasNewId } from './sight.ts'
import { keep, notRestored, type PatchWish, type RestoreState, type RestoreStep } from './state.ts'
import { patchFromSavepoint } from './writes.ts'

/** What to make of a restored job that is Failed or Lost: whether it is the end, or what is done about it. */

/** On Spotify a restarting job flips Failed and Deploying about 14 times a second (seen on v0.6). */
export const settledMs = 15_000
export const maxRaceRepeats = 2
/** A submission that fails is tried again without end under FromSavepointOnFailure (seen on GCP tag -9). */
const maxRestarts = 3

/** GCP counts its restarts (seen on tag -9), Spotify does not (seen on v0.6): there the submitters that failed are counted. */
export function isEndless({
  now,
  before,
  failedSubmissions,
}: Pick<RestoreState, 'now' | 'before' | 'failedSubmissions'>): boolean {
  const restarts = Math.max(now.restartCount - before.restartCount, failedSubmissions)
  return restarts >= maxRestarts && now.restartsAfterFailure && !hasNewId(before, now)
}

/** Lost without a submitter having run: what Spotify's race looks like, and a job-cancel that acts again does not (seen on v0.6). */
export function lostItsSubmitter(before: JobFacts, now: JobFacts): boolean {
  const ran = now.submitterExitCode !== undefined && now.submitterExitCode !== before.submitterExitCode
  return now.state === 'Lost' && now.control?.name !== 'job-cancel' && !ran
}

/** Right after the patch it is Spotify's race: the old submitter is deleted twice and the new one never made (seen on v0.6). */
export function lost(options: PatchWish, state: RestoreState): RestoreStep {
  const { now } = state
  const race = options.build === 'spotify' && state.raceOpen && lostItsSubmitter(state.before, now)
  if (!race || state.patches > maxRaceRepeats) return failedOnce(state)
  const nonce = `${options.nonce}-${state.patches}`
  return {
    state: { ...state, phase: 'asking' },
    effects: [
      { type: 'tell', text: 'the operator lost the new submitter (a race of its own); patching again' },
      { type: 'write', id: 'patch', make: newest => patchFromSavepoint(options, newest, nonce) },
    ],
  }
}

/** Under FromSavepointOnFailure, which brings back what is Failed, Lost or DeployFailed, these count only once they have stood still. */
export function failedOnce(state: RestoreState): RestoreStep {
  if (!state.now.restartsAfterFailure) return explain(state)
  if (state.settling) return keep(state)
  const failures = state.failures + 1
  return {
    state: { ...state, settling: true, failures },
    effects: [{ type: 'timer', timer: `settled-${failures}`, inMs: settledMs }],
  }
}

export const stillLost =
  'the operator lost its submitter (a race of its own) and has not reacted to the patch that was repeated for it'

/** A lost race ends as Lost unless the repeated patch is answered: nothing else is under way. */
export function isStillLost({
  now,
  patches,
  phase,
  shown,
}: Pick<RestoreState, 'now' | 'patches' | 'phase' | 'shown'>): boolean {
  const unanswered = phase === 'asking' ? patches > 0 : patches > 1 && !shown
  return unanswered && now.state === 'Lost'
}

/** A race that is lost for good has an answer: the job is Lost, and stays so. */
export function notRepeated(options: PatchWish, state: RestoreState, reason: Failure): RestoreStep {
  const why = reason.message.replace(/^error: /, '')
  return notRestored(options, state, {
    message: `the operator lost its submitter, and the patch could not be repeated: ${why}`,
  })
}
