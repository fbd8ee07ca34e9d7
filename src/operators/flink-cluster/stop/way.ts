import { type Failure, untilIdle } from '../../../domain/failure.ts'
import { fieldsAt, flagAt, textAt } from '../../../domain/fields.ts'
import type { JobFacts } from '../../../domain/job.ts'
import type { Resource } from '../../../domain/resource.ts'
import type { StopWish } from '../../job-operator.ts'
import { abilitiesOf, operatorName } from '../operator.ts'
import { isBusy } from '../take/choose-take.ts'
import { cannotStop } from './endings.ts'

/**
 * annotation: job-cancel, with which the operator takes a savepoint and stops the job. rest: Flink's own stop, where the
 * operator has no such command (GCP <= -2), would cancel with nothing (no savepointsDir), or cannot be told what is wanted.
 */
export function stopWay({ facts, build, ...wish }: StopWish): 'annotation' | 'rest' {
  const operator = operatorName(build)
  const forFlink = wish.drain || wish.directory !== undefined || wish.format !== undefined
  if (forFlink || facts.directory === undefined) return 'rest'
  return operator === undefined || abilitiesOf(operator).annotation ? 'annotation' : 'rest'
}

/** Both operators: a job-cancel stands in the annotation, or is being carried out. */
export function isStopping({ command, control, running }: JobFacts): boolean {
  if (command === 'job-cancel') return true
  const underWay = ['Requested', 'Progressing', 'InProgress'].includes(control?.state ?? '')
  return running && control?.name === 'job-cancel' && underWay
}

/** Why the job cannot be stopped with a savepoint now. */
export function stopRefusal(wish: StopWish): Failure | undefined {
  const { facts } = wish
  if (facts.session)
    return cannotStop(facts, 'it is a session cluster, whose jobs the operator does not know')
  if (isStopping(facts))
    return stopWay(wish) === 'annotation'
      ? undefined
      : cannotStop(facts, 'a job-cancel is under way already', 'wait for that one: kubectl flinksp stop')
  if (!facts.running)
    return cannotStop(
      facts,
      `its job is not running (${facts.state || 'no state yet'})`,
      ...(facts.stopped
        ? [`to start it again: kubectl flinksp resume ${facts.shown} -n ${facts.job.namespace}`]
        : []),
    )
  if (stopWay(wish) === 'rest' && facts.flinkJobId === undefined)
    return cannotStop(facts, 'the operator tells no Flink job id')
  return undefined
}

/** A second savepoint now would make the operator lose the one in flight (seen on GCP tag -9). */
export function stopBusy({ facts }: StopWish): Failure | undefined {
  if (!facts.running || isStopping(facts) || !isBusy(facts)) return undefined
  const { attempt } = facts
  const running = attempt?.state === 'InProgress' || attempt?.state === 'NotTriggered'
  const reason = running && attempt.reason ? ` (${attempt.reason})` : ''
  return untilIdle(cannotStop(facts, `a savepoint is in flight${reason}`))
}

/** What the operator does with the cluster once the job has ended by itself, or (undefined) its default. */
export function afterJobSucceeds(resource: Resource): string | undefined {
  return textAt(resource.spec, 'job', 'cleanupPolicy', 'afterJobSucceeds')
}

/**
 * After Flink's stop the job is Succeeded, and the operator removes the JobManager before it may have been asked where the
 * savepoint lies: so cleanupPolicy is changed first, which is no part of a revision (both operators, newRevision).
 */
export function keepsCluster(wish: StopWish): boolean {
  return stopWay(wish) === 'rest' && isRemoved(wish.resource) && isEditable(wish)
}

/** DeleteCluster is what both operators do where nothing is said (api/v1beta1/flinkcluster_default.go). */
export function isRemoved(resource: Resource): boolean {
  return (afterJobSucceeds(resource) ?? 'DeleteCluster') === 'DeleteCluster'
}

/** The webhooks let no change through without savepointsDir, GCP <= -5 none of the spec at all (seen on -2, -9 and Spotify v0.6). */
export function isEditable({ facts, build, resource }: StopWish): boolean {
  const operator = operatorName(build)
  if (facts.directory === undefined) return false
  if (flagAt(fieldsAt(resource.spec, 'job'), 'cancelRequested') === true) return false
  return operator === undefined || abilitiesOf(operator).restoresInPlace
}
