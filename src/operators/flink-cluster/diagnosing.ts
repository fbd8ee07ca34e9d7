import { rootCause } from '../../domain/cause.ts'
import type { JobFacts } from '../../domain/job.ts'
import type { Diagnosing } from '../job-operator.ts'
import { abilitiesOf, type OperatorName, operatorName } from './operator.ts'
import { isInert } from './take/choose-take.ts'

/** What of a FlinkCluster will not go as one would think: a sentence each, with the remedy. */
export const diagnosing: Diagnosing = {
  problems(facts, build) {
    if (facts.session) return []
    const operator = operatorName(build)
    const found = [
      stickyFromSavepoint(facts, operator),
      uselessGeneration(facts, operator),
      jobCancel(facts, operator),
      blockedUpdate(facts),
    ]
    return found.filter(problem => problem !== undefined)
  },
}

/**
 * Every update starts from a fromSavepoint that is still declared, whatever was taken since (seen on GCP tag -9 and Spotify
 * v0.6; below tag -6 no update is possible). Removing it is an update too, which starts from the newest savepoint.
 */
function stickyFromSavepoint(facts: JobFacts, operator: OperatorName | undefined): string | undefined {
  const { specFromSavepoint: declared, running, currentRevision, nextRevision } = facts
  if (declared === undefined || !running || currentRevision !== nextRevision) return undefined
  if (operator !== undefined && !abilitiesOf(operator).restoresInPlace) return undefined
  return `spec.job.fromSavepoint is still ${declared}: the next change of the spec would start the job from there and give up all work since; take a savepoint, and remove fromSavepoint in that same change`
}

/** A request by savepointGeneration that waits and that nothing will fulfil by itself. */
function uselessGeneration(facts: JobFacts, operator: OperatorName | undefined): string | undefined {
  const { pendingGeneration: waiting, attempt, directory } = facts
  if (waiting === undefined) return undefined
  const request = `savepointGeneration ${waiting} is asked for`
  const failed = attempt?.state === 'Failed' || attempt?.state === 'TriggerFailed'
  // Seen on Spotify v0.6: up to twelve times a second; with an empty savepointsDir too.
  if (operator === 'spotify' && failed && attempt.reason === 'user requested')
    return `${request}, fails, and is tried again by the operator without end (${causeOf(attempt.message)}): mend the cause; the first savepoint that succeeds ends it`
  // Accepted by the webhook, and never looked at (seen on GCP tags -2 and -9 and Spotify v0.6).
  if (directory === undefined)
    return `${request}, but without spec.job.savepointsDir the operator takes no savepoint`
  const follows = operator !== undefined && operator !== 'spotify' && abilitiesOf(operator).follows
  return follows === 'status' ? inert(facts, request) : undefined
}

/** Seen on GCP tag -9: no savepoint was ever tried, or the last one failed. Any other savepoint that succeeds fulfils the request. */
function inert(facts: JobFacts, request: string): string | undefined {
  if (!isInert(facts)) return undefined
  const why = facts.attempt ? 'the last savepoint failed' : 'no savepoint has been taken yet'
  return `${request}, but its operator ignores that while ${why}: kubectl flinksp take ${facts.job.name} asks in another way`
}

/** Spotify acts on the name alone, whatever became of the command (controllers/flinkcluster/flinkcluster_reconciler.go wasJobCancelRequested). */
function jobCancel({ control }: JobFacts, operator: OperatorName | undefined): string | undefined {
  if (control?.name !== 'job-cancel' || operator !== 'spotify') return undefined
  return 'status.control still says job-cancel: this operator cancels any job that is started here; kubectl flinksp resume and restore take it away first'
}

/** Seen on GCP tag -9: the job goes on as before, and the update is carried out whenever a savepoint succeeds, however late. */
function blockedUpdate({ attempt, currentRevision, nextRevision }: JobFacts): string | undefined {
  const failed = attempt?.state === 'Failed' || attempt?.state === 'TriggerFailed'
  if (!failed || attempt.reason !== 'update' || currentRevision === nextRevision) return undefined
  return `a change of the spec waits for a savepoint, and that fails (${causeOf(attempt.message)}): the operator carries it out as soon as one succeeds`
}

function causeOf(message: string | undefined): string {
  return rootCause(message ?? '') ?? 'the operator gave no reason'
}
