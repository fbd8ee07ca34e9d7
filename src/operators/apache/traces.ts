import { rootCause } from '../../domain/cause.ts'
import type { ObjectEvent } from '../../domain/event.ts'
import type { Trigger } from '../../domain/savepoint.ts'
import type { FailedAttempt, Traces } from '../job-operator.ts'

/** What the operator's Events say of savepoints that failed; one Event stands for all that are alike, and counts them (seen on 1.7.0). */
export const traces: Traces = {
  // This operator makes no ControllerRevisions.
  origin: () => undefined,
  failures: events => events.flatMap(failuresIn),
}

function failuresIn(event: ObjectEvent): FailedAttempt[] {
  const failure = failureIn(event)
  if (!failure) return []
  const times = event.count > 1 ? [event.first, event.last] : [event.first]
  return times.map(({ from }) => ({ at: from, ...failure }))
}

/** EventRecorder.java and AbstractJobReconciler.java; 1.7 tells of an upgrade whose savepoint failed as ClusterDeploymentException. */
function failureIn({ reason, message }: ObjectEvent): { message: string; trigger: Trigger } | undefined {
  if (reason === 'ClusterDeploymentException')
    return message.includes('CheckpointException')
      ? { message: causeOf(message), trigger: 'update' }
      : undefined
  if (reason !== 'SavepointError') return undefined
  const [, cause] = /^Savepoint Error(?: -> (.*))?$/s.exec(message) ?? []
  if (message.startsWith('Savepoint Error')) return { message: causeOf(cause ?? message), trigger: 'update' }
  return { message, trigger: message.startsWith('Periodic') ? 'scheduled' : 'manual' }
}

function causeOf(message: string): string {
  return rootCause(message) ?? message
}
