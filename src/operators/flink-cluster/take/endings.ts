import * as failures from '../../../domain/failure.ts'
import { type Failure, failure, untilIdle, withHints } from '../../../domain/failure.ts'
import type { JobFacts } from '../../../domain/job.ts'
import { controlAnnotation } from '../read.ts'

/** The words with which a take of a FlinkCluster ends when it does not end well, and what to do then. */

export function refused(facts: JobFacts, reason: string, ...hints: string[]): Failure {
  return failure('not-asked', `cannot take a savepoint of ${facts.shown}: ${reason}`, ...hints)
}

export function busy(facts: JobFacts): Failure {
  if (facts.command === 'job-cancel')
    return refused(
      facts,
      'its annotation asks for a job-cancel: the operator takes a savepoint and stops the job',
    )
  const { attempt } = facts
  const running = attempt?.state === 'InProgress' || attempt?.state === 'NotTriggered'
  const reason = running && attempt.reason ? ` (${attempt.reason})` : ''
  return untilIdle(
    refused(
      facts,
      `another savepoint is in flight${reason}; a second one now would make the operator lose it`,
    ),
  )
}

export function unchanged(facts: JobFacts): Failure {
  return failure(
    'not-asked',
    `nothing was asked: the patch of ${facts.shown} changed nothing, spec.job.savepointGeneration was ${facts.specGeneration} already`,
    'ask by annotation: --via annotation',
  )
}

export function failed(facts: JobFacts, rootCause: string, ...hints: string[]): Failure {
  return failure('no', `the savepoint of ${facts.shown} failed: ${rootCause}`, ...hints)
}

export function gone(facts: JobFacts): Failure {
  return failure('no', `${facts.shown} was deleted while its savepoint was awaited`, look(facts))
}

export function stopped(facts: JobFacts): Failure {
  return failure(
    'no',
    `the job of ${facts.shown} stopped (${facts.state}) before its savepoint was complete`,
    look(facts),
  )
}

export function timedOut(facts: JobFacts, via: 'annotation' | 'generation', started: boolean): Failure {
  return failure(
    'timed-out',
    `timed out waiting for the savepoint of ${facts.shown}; it may still complete`,
    look(facts),
    ...leftBehind(facts, via, started),
  )
}

export function interrupted(facts: JobFacts, via: 'annotation' | 'generation', started: boolean): Failure {
  return failure(
    'interrupted',
    `interrupted; the savepoint of ${facts.shown} goes on`,
    look(facts),
    ...leftBehind(facts, via, started),
  )
}

/** Ctrl-C, and no answer to the request: it may stand in the object. */
export function unanswered(facts: JobFacts, via: 'annotation' | 'generation'): Failure {
  const left =
    via === 'annotation'
      ? `to take it back: ${howToRemove(facts)}`
      : `savepointGeneration ${facts.statusGeneration + 1} may be there and fire; the operator's webhook does not let it be taken back`
  return failures.unanswered(`while a savepoint of ${facts.shown} was being asked for`, look(facts), left)
}

export const silence =
  'no reaction from the operator for 15 s: it may be down (kubectl get pods -A | grep -i flink-operator)'

/** It was asked for, and cannot be watched: the server's words, and what stands in the object now. */
export function unwatched(
  facts: JobFacts,
  via: 'annotation' | 'generation',
  started: boolean,
  reason: Failure,
): Failure {
  const hints = [
    `the savepoint of ${facts.shown} was asked for, and may complete unseen`,
    look(facts),
    ...leftBehind(facts, via, started),
  ]
  return withHints(reason, hints)
}

/** Where the request is still in the object, and may fire later: how to take it away, if that is possible. */
function leftBehind(facts: JobFacts, via: 'annotation' | 'generation', started: boolean): string[] {
  if (started) return []
  if (via === 'annotation')
    return [`the request stays and may still fire; to remove it: ${howToRemove(facts)}`]
  return [
    `savepointGeneration ${facts.specGeneration} stays and may still fire; the operator's webhook does not let it be taken back`,
  ]
}

function howToRemove(facts: JobFacts): string {
  return `kubectl annotate ${facts.shown} ${where(facts)} ${controlAnnotation}-`
}

/** The status patch that ends a generation which Spotify's operator would try for ever. */
export function howToWithdraw(facts: JobFacts, generation: number): string {
  const patch = JSON.stringify({ status: { components: { job: { savepointGeneration: generation } } } })
  return `kubectl patch ${facts.shown} ${where(facts)} --subresource=status --type=merge -p '${patch}'`
}

function look(facts: JobFacts): string {
  return `to look: kubectl flinksp history ${facts.shown} ${where(facts)}`
}

function where(facts: JobFacts): string {
  return `-n ${facts.job.namespace}`
}
