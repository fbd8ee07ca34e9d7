import type { JobFacts } from '../domain/job.ts'
import type { RestorePlan } from '../domain/printable.ts'
import type { Savepoint } from '../domain/savepoint.ts'
import type { RecordEntry, RestoreEntry, TakeEntry } from '../history/entry.ts'
import type { Restoring } from '../operators/flink-cluster/restore-state.ts'

/** What is recorded of a restore: itself, and the savepoint that the operator took meanwhile and forgot. Times are RFC 3339. */
export function restoreEntries(restore: {
  readonly facts: JobFacts
  readonly plan: RestorePlan
  readonly result: Restoring
  readonly requestedAt: string
  readonly now: string
  readonly safetySavepoint?: Savepoint
}): RecordEntry[] {
  const { facts, plan, result, requestedAt, now } = restore
  const { uid } = facts.job
  const job = facts.flinkJobId ? { flinkJobId: facts.flinkJobId } : {}
  const update: TakeEntry[] = result.updateSavepoint
    ? [
        {
          action: 'take',
          uid,
          state: 'Completed',
          trigger: 'update',
          location: result.updateSavepoint.location,
          ...job,
        },
      ]
    : []
  const safety = restore.safetySavepoint?.location
  const entry: RestoreEntry = {
    action: 'restore',
    uid,
    state: result.state,
    target: plan.savepoint.location,
    requestedAt,
    changes: plan.changes,
    ...job,
    ...(result.state === 'InProgress' ? {} : { completedAt: now }),
    ...(safety && { safety }),
    ...(facts.restartPoint && { restartPoint: facts.restartPoint }),
    ...(result.failure && { failure: result.failure }),
  }
  return [...update, entry]
}
