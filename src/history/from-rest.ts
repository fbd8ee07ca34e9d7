import type { RestCheckpoint, RestCheckpoints } from '../domain/rest.ts'
import type { JobRef, Savepoint, SavepointState } from '../domain/savepoint.ts'
import { utcOf } from '../domain/time.ts'
import { defined } from './entry.ts'

const states: Readonly<Record<RestCheckpoint['status'], SavepointState>> = {
  IN_PROGRESS: 'InProgress',
  COMPLETED: 'Completed',
  FAILED: 'Failed',
}

/** What the JobManager of the running job remembers, savepoints and checkpoints, and the savepoint it was restored from. */
export function savepointsOfRest(rest: RestCheckpoints, job: JobRef, flinkJobId: string): Savepoint[] {
  const seen = rest.history.map(checkpoint => savepointOf(checkpoint, job, flinkJobId))
  const { restored } = rest
  if (!restored?.isSavepoint || restored.location === undefined) return seen
  return [...seen, { ...bare(job, 'Completed', 'savepoint'), location: restored.location, origin: true }]
}

function savepointOf(checkpoint: RestCheckpoint, job: JobRef, flinkJobId: string): Savepoint {
  const state = states[checkpoint.status]
  const { location, format, durationMillis, sizeBytes, failureMessage, discarded } = checkpoint
  return {
    ...bare(job, state, checkpoint.isSavepoint ? 'savepoint' : 'checkpoint'),
    flinkJobId,
    checkpointId: checkpoint.id,
    ...defined({
      location: state === 'Completed' ? location : undefined,
      format,
      requestedAt: timeOf(checkpoint.triggeredAt),
      completedAt: state === 'Completed' ? timeOf(checkpoint.endedAt) : undefined,
      durationMillis,
      sizeBytes,
      failure: state === 'Failed' ? { message: firstLine(failureMessage) } : undefined,
      gone: discarded && state === 'Completed' && !checkpoint.isSavepoint ? ('missing' as const) : undefined,
    }),
  }
}

/** What JavaScript's and RFC 3339's years can hold; Flink writes -1 where it knows no time. */
function timeOf(epochMs: number | undefined): string | undefined {
  if (epochMs === undefined || !(epochMs >= 0 && epochMs < 253_402_300_800_000)) return undefined
  return utcOf(epochMs)
}

function firstLine(message: string | undefined): string {
  return (message ?? '').split('\n', 1)[0]?.trim() || 'Flink gave no reason'
}

function bare(job: JobRef, state: SavepointState, type: Savepoint['type']): Savepoint {
  return { job, state, type, restartPoint: false, origin: false, sources: ['rest'] }
}
