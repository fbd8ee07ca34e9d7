import { textAt } from '../../../domain/fields.ts'
import type { JobFacts } from '../../../domain/job.ts'
import type { ChangePlan } from '../../../domain/plan.ts'
import type { Resource } from '../../../domain/resource.ts'
import type { StopWish } from '../../job-operator.ts'
import { drainRisk } from '../../rest/drain.ts'
import { abilitiesOf, operatorName } from '../operator.ts'
import { afterJobSucceeds, isEditable, isRemoved, isStopping, keepsCluster, stopWay } from './way.ts'
import { cancelChange, keepChange } from './writes.ts'

/** What a stop will do, for the person who says yes. What the operators do was seen on GCP tag -9 and Spotify v0.6, or read in their sources. */
export function stopPlan(wish: StopWish): ChangePlan {
  const byAnnotation = stopWay(wish) === 'annotation'
  return {
    job: wish.facts.job,
    changes: byAnnotation ? (isStopping(wish.facts) ? [] : [cancelChange]) : restChanges(wish),
    steps: byAnnotation ? annotationSteps(wish) : restSteps(wish),
    risks: [...(byAnnotation ? annotationRisks(wish) : restRisks(wish)), ...jobRisks(wish)],
  }
}

function restChanges(wish: StopWish) {
  return keepsCluster(wish) ? [keepChange(wish.resource)] : []
}

function annotationSteps({ facts, resource, build }: StopWish): string[] {
  const spotify = operatorName(build) === 'spotify'
  const policy = textAt(resource.spec, 'job', 'cleanupPolicy', 'afterJobCancelled') ?? 'DeleteCluster'
  return [
    isStopping(facts)
      ? 'wait for the job-cancel that is under way already'
      : 'annotate the object with job-cancel',
    spotify
      ? `the operator lets Flink stop the job with a savepoint into ${facts.directory}, and tries again by itself while that fails`
      : `the operator takes a savepoint into ${facts.directory}, and cancels the job once that is complete; if it fails the job goes on`,
    `the operator then ${policyInWords(policy)} (cleanupPolicy.afterJobCancelled: ${policy}); the object stays`,
    'wait until the operator shows the savepoint and the end of the job, and record the location',
  ]
}

function restSteps(wish: StopWish): string[] {
  const { facts, drain, resource } = wish
  const directory = wish.directory ?? facts.directory
  const keeps = keepsCluster(wish)
  const policy = afterJobSucceeds(resource) ?? 'DeleteCluster'
  const into = directory === undefined ? "Flink's own default directory" : directory
  return [
    ...(keeps
      ? [
          'set cleanupPolicy.afterJobSucceeds to KeepCluster, so that the JobManager stays until the location is known',
        ]
      : []),
    `ask Flink to stop the job with a savepoint into ${into}${drain ? ', after its sources have ended (drain)' : ''}; if it fails the job goes on`,
    'record the location',
    ...(keeps ? [`put cleanupPolicy.afterJobSucceeds back (${policy})`] : []),
    `the operator sees that the job has Succeeded, and ${policyInWords(policy)}; the object stays`,
  ]
}

function policyInWords(policy: string): string {
  if (policy === 'KeepCluster') return 'keeps the cluster'
  return policy === 'DeleteTaskManager' ? 'removes the TaskManagers' : 'removes the cluster'
}

function annotationRisks({ build, facts, resource }: StopWish): string[] {
  const operator = operatorName(build)
  if (operator === undefined)
    return [
      'it cannot be told which operator serves this job: GCP up to v1beta1-2 ignores the annotation (--operator names it)',
    ]
  if (operator === 'spotify')
    return [
      'status.control keeps the job-cancel, which would end the job again: resume clears it first, which needs the right to patch flinkclusters/status',
      'one worker serves all clusters: while this savepoint is taken the operator does nothing else',
      ...(isSinceFormats(resource, facts)
        ? []
        : [
            `where this operator is older than v0.6 it keeps no location of the savepoint: it lies in ${facts.directory} then`,
          ]),
    ]
  return [
    'savepoint and cancel are two steps: what the job does between them is done again after resume',
    ...(abilitiesOf(operator).follows === 'status' && operator !== 'gcp-master'
      ? [
          `this operator gives up on a savepoint after 60 s; for a slower one let Flink stop the job: --target-directory ${facts.directory}`,
        ]
      : []),
  ]
}

/** The field for a savepoint's format came with v0.6 (apis/flinkcluster/v1beta1/flinkcluster_types.go); later it may be left out again. */
function isSinceFormats({ spec }: Resource, { attempt }: JobFacts): boolean {
  return textAt(spec, 'job', 'savepointFormatType') !== undefined || attempt?.format !== undefined
}

function restRisks(wish: StopWish): string[] {
  const { facts, drain, resource } = wish
  const unkept = isRemoved(resource) && !keepsCluster(wish)
  return [
    ...(drain ? [drainRisk] : []),
    ...(unkept
      ? [
          'cleanupPolicy cannot be changed here: the operator removes the cluster as soon as it sees the job ended, and with it what Flink knows; the location is read and recorded before, within seconds',
        ]
      : []),
    ...(isEditable(wish)
      ? [
          `the operator never learns of this savepoint: start the job again with resume, since any other change starts it from ${facts.specFromSavepoint ?? facts.restartPoint ?? 'an empty state'}`,
        ]
      : []),
  ]
}

function jobRisks(wish: StopWish): string[] {
  const { facts } = wish
  const editable = isEditable(wish)
  const sticky = facts.specFromSavepoint !== undefined && stopWay(wish) === 'annotation'
  return [
    ...(editable ? [] : [againByRecreation(facts)]),
    ...(sticky && editable
      ? [
          `spec.job.fromSavepoint is ${facts.specFromSavepoint}: any other change than resume starts the job from there`,
        ]
      : []),
    ...(facts.pendingGeneration !== undefined
      ? [
          `savepointGeneration ${facts.pendingGeneration} is pending: it may fire when the job is started again`,
        ]
      : []),
  ]
}

/** Without savepointsDir nothing but the record vouches for the location, which resume asks to be told is right. */
function againByRecreation({ directory, shown }: JobFacts): string {
  const vouch = directory === undefined ? ' --allow-unknown-location' : ''
  return `no change of the object is let through: to start the job again, kubectl flinksp resume ${shown} --recreate${vouch} deletes the object and creates it again`
}
