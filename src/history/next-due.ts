import type { AutomaticSavepoints } from '../domain/job.ts'
import type { Savepoint } from '../domain/savepoint.ts'
import { utcOf } from '../domain/time.ts'

/**
 * When the next is due where the operator counts from the newest of its own snapshots. `own`: the savepoints of the job,
 * newest first. Without any such snapshot only the operator's memory knows.
 */
export function dueAfterSnapshots(
  automatic: AutomaticSavepoints,
  own: readonly Savepoint[],
): AutomaticSavepoints {
  const { everySeconds, fromSnapshots, nextAt } = automatic
  if (!fromSnapshots || nextAt !== undefined || everySeconds === undefined) return automatic
  const times = own
    .filter(
      ({ type, trigger, sources }) =>
        type === 'savepoint' && trigger === 'scheduled' && sources.includes('snapshots'),
    )
    .map(({ requestedAt }) => Date.parse(requestedAt ?? ''))
    .filter(at => !Number.isNaN(at))
  if (times.length === 0) return automatic
  return { ...automatic, nextAt: utcOf(Math.max(...times) + everySeconds * 1_000) }
}
