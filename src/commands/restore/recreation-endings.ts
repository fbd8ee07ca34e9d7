import { Failure } from '../../domain/failure.ts'
import type { Restore } from '../../domain/plan.ts'
import { shortName } from '../../domain/resource.ts'
import { shellWord } from '../../domain/shell.ts'

/** How far a recreation came, and with what command it is finished from there. */
const halfway = {
  unsure: ['may have been deleted', 'if it is gone, finish with'],
  going: ['is being deleted', 'once it is gone, finish with'],
  gone: ['is deleted, and not created again', 'finish with'],
  replaced: ['is deleted, and somebody else has created it again meanwhile', 'start that one from there'],
} as const

/**
 * The object is going or gone, and there is none in its place. What is left to do stands in the error itself, which
 * nothing silences. `begun` names the file.
 */
export function endedHalfway(
  begun: Restore & { readonly manifestFile: string },
  reason: Failure,
  how: keyof typeof halfway,
): { readonly result: Restore; readonly failure: Failure } {
  const { job, manifestFile } = begun
  const undecided = reason.code === 'interrupted' || reason.code === 'timed-out'
  const why = reason.message.replace(/^error: /, '')
  const result: Restore = undecided
    ? { ...begun, state: 'InProgress' }
    : { ...begun, state: 'Failed', failure: { message: why } }
  const [now, then] = halfway[how]
  const command =
    how === 'replaced'
      ? `kubectl flinksp restore ${shortName(job)} ${shellWord(begun.savepoint.location)} -n ${job.namespace}`
      : `kubectl create -f ${shellWord(manifestFile)}`
  const safe = begun.safetySavepoint?.location
  const hints = [
    ...reason.hints,
    ...(safe === undefined ? [] : [`its state is safe in ${safe}`]),
    `to look: kubectl get ${shortName(job)} -n ${job.namespace}`,
  ]
  const failure = new Failure(
    undecided ? reason.code : 'no',
    `error: ${shortName(job)} ${now}: ${why}; ${then}: ${command}`,
    { hints, cause: reason.cause, ...(reason.status && { status: reason.status }) },
  )
  return { result, failure }
}
