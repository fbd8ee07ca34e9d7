import * as failures from '../../domain/failure.ts'
import { Failure, failure, untilIdle, withHints } from '../../domain/failure.ts'
import type { ApacheFacts } from './facts.ts'
import type { StatusError } from './status-error.ts'

/** The words with which a take ends when it does not end well, and what to do then. */

export function refused(facts: Pick<ApacheFacts, 'shown'>, reason: string, ...hints: string[]): Failure {
  return failure('not-asked', `cannot take a savepoint of ${facts.shown}: ${reason}`, ...hints)
}

export function busy(facts: ApacheFacts): Failure {
  const { inFlight } = facts.savepoints
  if (inFlight) {
    const reason = inFlight.trigger === undefined ? '' : ` (${inFlight.trigger})`
    return untilIdle(refused(facts, `another savepoint is in flight${reason}`))
  }
  // A nonce that fails is tried again and again (seen on 1.7.0).
  const reason = `another one is asked for (savepointTriggerNonce ${facts.nonce.wanted}), and not taken yet`
  return untilIdle(
    refused(facts, reason, `if it fails again and again, take it back: ${howToTakeBack(facts)}`),
  )
}

/** Told while the operator goes on: `flinkdeployment/orders could not be suspended: …`. */
export function triesAgain(
  { shown }: ApacheFacts,
  what: string,
  { rootCause, message }: StatusError,
): string {
  const cause = (rootCause ?? message).replace(/[.]$/, '')
  return `${shown} could not be ${what}: ${cause}; the operator tries again by itself`
}

export function unchanged(facts: ApacheFacts): Failure {
  return failure('not-asked', `nothing was asked: the patch of ${facts.shown} changed nothing`)
}

export function failed(facts: ApacheFacts, rootCause: string, ...hints: string[]): Failure {
  return failure('no', `the savepoint of ${facts.shown} failed: ${rootCause}`, ...hints)
}

export function gone(facts: ApacheFacts, ...hints: string[]): Failure {
  return failure('no', `${facts.shown} was deleted while its savepoint was awaited`, look(facts), ...hints)
}

export function stopped(facts: ApacheFacts): Failure {
  return failure(
    'no',
    `the job of ${facts.shown} stopped (${facts.state}) before its savepoint was complete`,
    look(facts),
  )
}

export function timedOut(facts: ApacheFacts, ...hints: string[]): Failure {
  return failure(
    'timed-out',
    `timed out waiting for the savepoint of ${facts.shown}; it may still complete`,
    look(facts),
    ...hints,
  )
}

export function interrupted(facts: ApacheFacts, ...hints: string[]): Failure {
  return failure('interrupted', `interrupted; the savepoint of ${facts.shown} goes on`, look(facts), ...hints)
}

/** The operator never looked at what was asked for, which is taken away again, or could not be: that is told apart. */
export function unserved(
  { shown, error }: ApacheFacts,
  code: 'timed-out' | 'interrupted',
  takenBack = true,
): Failure {
  const what = code === 'timed-out' ? 'timed out waiting for' : 'interrupted while waiting for'
  const back = takenBack ? ', which is taken back' : ''
  // Of a trigger that Flink refuses status.error alone tells, and the next loop tries again (seen on the simulated operator only).
  const reported = error ? [`the operator reports: ${error.rootCause ?? error.message}`] : []
  return failure(
    code,
    `${what} the operator to look at the request for a savepoint of ${shown}${back}`,
    ...reported,
  )
}

/** Ended before anything was asked for. */
export function unasked(code: 'timed-out' | 'interrupted'): Failure {
  return failure(
    code,
    code === 'interrupted' ? 'interrupted; nothing was asked' : 'timed out; nothing was asked',
  )
}

/** The wait was over while it was being asked for, and no answer came. */
export function unanswered(facts: ApacheFacts, code: 'timed-out' | 'interrupted'): Failure {
  const what = `while ${beingAsked(facts)}`
  const hints = [look(facts), `to take it back: ${howToTakeBack(facts)}`]
  if (code === 'interrupted') return failures.unanswered(what, ...hints)
  return failure(code, `timed out ${what}; whether it was is not known`, ...hints)
}

/** Ctrl-C, and no answer to the creation of this snapshot: it may be there. Its deletion deletes no savepoint. */
export function snapshotUnanswered(facts: ApacheFacts, name: string): Failure {
  const snapshot = `flinkstatesnapshot/${name} ${where(facts)}`
  const hints = [
    `to look: kubectl get ${snapshot}`,
    `to take it back before the operator looks at it: kubectl delete ${snapshot}`,
  ]
  return failures.unanswered(`while ${beingAsked(facts)}`, ...hints)
}

function beingAsked({ shown }: ApacheFacts): string {
  return `a savepoint of ${shown} was being asked for`
}

/** What the operator makes for a nonce may not be seen: nobody would know how it ended. */
export function blind({ message, status, cause }: Failure): Failure {
  const hints = [
    'nothing was asked: its operator answers a nonce by a FlinkStateSnapshot, which has to be listed and watched',
    'to ask without waiting for its end: --wait=false, or ask Flink: --via rest',
  ]
  return new Failure('not-asked', message, { hints, cause, ...(status && { status }) })
}

/** What we asked for and want back is not answered either. */
export const noAnswer = new Failure('timed-out', 'no answer within 10 s')

export const silence =
  'no reaction from the operator for 15 s: it may be down (kubectl get pods -A -l app.kubernetes.io/name=flink-kubernetes-operator)'

/** It was asked for, and cannot be watched: the server's words. */
export function unwatched(facts: ApacheFacts, reason: Failure, ...hints: string[]): Failure {
  const all = [
    `the savepoint of ${facts.shown} was asked for, and may complete unseen`,
    look(facts),
    ...hints,
  ]
  return withHints(reason, all)
}

/** The patch that makes the operator forget a nonce: the value that it has carried out already. */
export function howToTakeBack(facts: ApacheFacts): string {
  const patch = { spec: { job: { savepointTriggerNonce: facts.nonce.reconciled ?? null } } }
  return `kubectl patch ${facts.shown} ${where(facts)} --type=merge -p '${JSON.stringify(patch)}'`
}

export function look(facts: ApacheFacts): string {
  return `to look: kubectl flinksp history ${facts.shown} ${where(facts)}`
}

export function where(facts: ApacheFacts): string {
  return `-n ${facts.job.namespace}`
}
