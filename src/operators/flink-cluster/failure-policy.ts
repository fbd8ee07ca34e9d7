import type { JobFacts } from '../../domain/job.ts'
import type { OperatorName } from './operator.ts'

/**
 * Under FromSavepointOnFailure a job that failed is restarted without end, and never submitted: its recorded id still
 * points to the failed job in the JobManager that was kept. Seen on GCP tag -9; of the three others that were run, v1alpha1
 * restarts it, -2 never acts, and Spotify v0.6 restarts it too.
 */
export function restartsWithoutEnd(facts: JobFacts, operator: OperatorName | undefined): boolean {
  return facts.restartsAfterFailure && operator === 'gcp-9'
}

/** What of the restart policy does not have the effect that one would think. */
export function policyProblem(facts: JobFacts, operator: OperatorName | undefined): string | undefined {
  if (!facts.restartsAfterFailure || facts.session) return undefined
  if (restartsWithoutEnd(facts, operator))
    return 'FromSavepointOnFailure: this operator restarts a job that failed without end, and never submits it (it ends by a restore)'
  if (operator === 'gcp-1' || operator === 'gcp-2')
    return 'FromSavepointOnFailure has no effect: this operator takes a job that failed for one that succeeded'
  if (facts.restartPoint !== undefined || operator === undefined) return undefined
  return operator === 'spotify'
    ? 'FromSavepointOnFailure: there is no savepoint yet, so a failure now restarts the job with empty state'
    : 'FromSavepointOnFailure has no effect yet: there is no savepoint to restart from'
}
