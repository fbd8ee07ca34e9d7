import { type Failure, failure, withHints } from '../../../domain/failure.ts'
import type { JobFacts } from '../../../domain/job.ts'
import { controlAnnotation } from '../read.ts'

/** The words with which the stop of a FlinkCluster ends when it does not end well, and what to do then. */

export function cannotStop(facts: JobFacts, reason: string, ...hints: string[]): Failure {
  return failure('not-asked', `cannot stop ${facts.shown} with a savepoint: ${reason}`, ...hints)
}

/** Its savepoint failed, and the operator has given up. */
export function notStopped(facts: JobFacts, reason: string, ...hints: string[]): Failure {
  return failure(
    'no',
    `${facts.shown} was not stopped: its savepoint failed: ${reason}`,
    'the job goes on',
    ...hints,
  )
}

/** The savepoint is there, and the job was not stopped after it. */
export function goesOn(facts: JobFacts, location: string, reason: string): Failure {
  return failure(
    'no',
    `${facts.shown} was not stopped: ${reason}`,
    `its savepoint is complete all the same: ${location}`,
    'what the job does from now on is not in that savepoint',
  )
}

/** One unreachable moment makes Spotify's operator declare a job Succeeded and remove it (seen on v0.6); before v0.6 it kept no location. */
export function gone(facts: JobFacts, ...hints: string[]): Failure {
  const known = facts.savepointLocation
  return failure(
    'no',
    `the job of ${facts.shown} is gone (${facts.state}), and no savepoint of the stop was seen`,
    ...hints,
    ...(facts.directory ? [`it may be there all the same: look into ${facts.directory}`] : []),
    ...(known ? [`the newest that the operator knows: ${known}`] : []),
    `to start the job again from one: kubectl flinksp restore ${facts.shown} SAVEPOINT ${where(facts)}`,
  )
}

export function deleted(facts: JobFacts): Failure {
  return failure('no', `${facts.shown} was deleted while it was being stopped`, look(facts))
}

export function timedOut(facts: JobFacts, ...hints: string[]): Failure {
  const text = `timed out waiting for ${facts.shown} to stop with a savepoint; it may still stop`
  return failure('timed-out', text, ...hints, look(facts), ...takeBack(facts))
}

export function interrupted(facts: JobFacts, ...hints: string[]): Failure {
  const text = `interrupted; the operator goes on stopping ${facts.shown}`
  return failure('interrupted', text, ...hints, look(facts), ...takeBack(facts))
}

/** It was asked for, and cannot be watched: the server's words, and what stands in the object now. */
export function unwatched(facts: JobFacts, reason: Failure): Failure {
  const hints = [`${facts.shown} was asked to stop, and may stop unseen`, look(facts), ...takeBack(facts)]
  return withHints(reason, hints)
}

/** Both operators go by the annotation; once they have taken it up, by status.control too (controllers, isJobCancelRequested and wasJobCancelRequested). */
function takeBack(facts: JobFacts): string[] {
  if (facts.stopped) return []
  const annotate = `kubectl annotate ${facts.shown} ${where(facts)} ${controlAnnotation}-`
  if (facts.control?.name !== 'job-cancel') return [`to take the request back: ${annotate}`]
  const control = `kubectl patch ${facts.shown} ${where(facts)} --subresource=status --type=merge -p '{"status":{"control":null}}'`
  return [`to take the request back: ${annotate}`, `and then: ${control}`]
}

export function look(facts: JobFacts): string {
  return `to look: kubectl flinksp history ${facts.shown} ${where(facts)}`
}

export function where(facts: JobFacts): string {
  return `-n ${facts.job.namespace}`
}
