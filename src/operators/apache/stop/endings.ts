import { type Failure, failure, withHints } from '../../../domain/failure.ts'
import type { Fields } from '../../../domain/fields.ts'
import { shellWord } from '../../../domain/shell.ts'
import type { StopWish } from '../../job-operator.ts'
import { look, where } from '../endings.ts'
import { type ApacheFacts, ownFacts } from '../facts.ts'
import { upgradeModeAnnotation } from '../read.ts'
import type { Beside } from '../restore/writes.ts'
import type { StatusError } from '../status-error.ts'
import { unsetAfterStop } from './settings.ts'

/** The words with which a stop ends when it does not end well. */

/** A stop as far as it came. */
export interface Course {
  /** The object as it was when we asked. */
  readonly before: ApacheFacts
  readonly now: ApacheFacts
  /** What status.error said last. */
  readonly lastError?: StatusError
}

export function cannotStop(facts: Pick<ApacheFacts, 'shown'>, reason: string, ...hints: string[]): Failure {
  return failure('not-asked', `cannot stop ${facts.shown} with a savepoint: ${reason}`, ...hints)
}

export function gone(facts: ApacheFacts): Failure {
  return failure('no', `${facts.shown} was deleted while it was being stopped`, look(facts))
}

export function takenBack({ now }: Course): Failure {
  return failure(
    'no',
    `${now.shown} was not stopped: spec.job.state was set to ${now.wish.wanted} again`,
    look(now),
  )
}

export function invalid(wish: StopWish, course: Course, { message }: StatusError): Failure {
  return failure(
    'no',
    `${course.now.shown} was not stopped: its operator refuses the spec: ${message}`,
    'the job goes on; it stops by itself once the spec is mended',
    takeBack(wish, course),
  )
}

/** The operator may keep the last state of a job that is not healthy. */
export function withoutSavepoint(facts: ApacheFacts): Failure {
  return failure(
    'no',
    `${facts.shown} is suspended, and the operator shows no savepoint of it`,
    'it may have kept the last state: setting spec.job.state to running goes on from there',
    look(facts),
  )
}

/** No savepoint has what it was suspended with: only the operator can go on from there. */
export function leftLastState({ lastState, shown, job }: ApacheFacts): Failure | undefined {
  if (!lastState) return undefined
  return failure(
    'not-asked',
    `cannot resume ${shown}: it was suspended with its last state (upgradeMode last-state), which is no savepoint`,
    `to go on from there: kubectl patch ${shown} -n ${job.namespace} --type=merge -p '{"spec":{"job":{"state":"running"}}}'`,
    `to give it up for a savepoint: kubectl flinksp restore ${shown} SAVEPOINT -n ${job.namespace}`,
  )
}

export function timedOut(wish: StopWish, course: Course): Failure {
  const { now, lastError } = course
  const text = `timed out waiting for ${now.shown} to stop with a savepoint; the operator goes on trying`
  return failure('timed-out', text, ...soFar(lastError), look(now), takeBack(wish, course))
}

export function interrupted(wish: StopWish, course: Course): Failure {
  const { now, lastError } = course
  const text = `interrupted; the operator goes on stopping ${now.shown}`
  return failure('interrupted', text, ...soFar(lastError), look(now), takeBack(wish, course))
}

function soFar(error: StatusError | undefined): string[] {
  return error ? [`its last savepoint failed: ${error.rootCause ?? error.message}`] : []
}

export function unwatched(wish: StopWish, course: Course, reason: Failure): Failure {
  const { now } = course
  const hints = [`${now.shown} was asked to stop, and may stop unseen`, look(now), takeBack(wish, course)]
  return withHints(reason, hints)
}

/** With the upgradeMode that was there: the one we ask for may be what the operator refuses. */
function takeBack(wish: StopWish, { before: { upgradeMode } }: Course): string {
  const kept = upgradeMode !== 'savepoint'
  const { annotations, ...beside } = unsetAfterStop(wish)
  const job = { state: 'running', ...(kept && { upgradeMode }) }
  const all = { ...(kept && { [upgradeModeAnnotation]: null }), ...annotations }
  const some = Object.keys(all).length > 0 ? { annotations: all } : {}
  return `to take the request back: ${howToPatch(wish, job, { ...some, ...beside })}`
}

/** A merge patch as a command. */
export function howToPatch(wish: StopWish, job: Fields | undefined, beside: Beside): string {
  const { annotations, flinkConfiguration } = beside
  const facts = ownFacts(wish.facts)
  const spec = { ...(job && { job }), ...(flinkConfiguration && { flinkConfiguration }) }
  const body = JSON.stringify({ ...(annotations && { metadata: { annotations } }), spec })
  return `kubectl patch ${facts.shown} ${where(facts)} --type=merge -p ${shellWord(body)}`
}
