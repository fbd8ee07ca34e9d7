import type { RestoreEntry, StopEntry } from './entry.ts'
import { entriesOf, type JobRecord } from './record.ts'

/**
 * The last stop of this object, whatever became of it; what it left is for `resume` to start from. Undefined where the
 * record knows none, or where a restore has started the job again since.
 */
export function lastStop(record: JobRecord, uid: string): StopEntry | undefined {
  const own = entriesOf(record).filter(entry => entry.uid === uid)
  const stop = newest(own.filter(entry => entry.action === 'stop'))
  const restarts = own.filter(entry => entry.action === 'restore' && entry.state === 'Restored')
  return restarts.some(({ requestedAt }) => stop && time(requestedAt) > time(stop.requestedAt))
    ? undefined
    : stop
}

/** The last restore of this object that changed it, whether or not it is known how that ended; what `--undo` takes back. */
export function lastRestore(record: JobRecord, uid: string): RestoreEntry | undefined {
  const own = entriesOf(record).filter(entry => entry.action === 'restore')
  return newest(own.filter(entry => entry.uid === uid && entry.state !== 'Unchanged'))
}

/** Of several at the same time the line that was written last. */
function newest<Entry extends { readonly requestedAt: string }>(
  entries: readonly Entry[],
): Entry | undefined {
  return entries.reduce<Entry | undefined>(
    (last, entry) => (last && time(last.requestedAt) > time(entry.requestedAt) ? last : entry),
    undefined,
  )
}

function time(at: string | undefined): number {
  return Date.parse(at ?? '')
}
