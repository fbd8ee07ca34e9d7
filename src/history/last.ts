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

/** What a restore gave up, and `--undo` starts from: its safety savepoint, else the restart point before it. */
export function givenUp({ safety, restartPoint }: RestoreEntry): string | undefined {
  return safety ?? restartPoint
}

const none: ReadonlyMap<string, string> = new Map()

/** By its uid, where `--undo` would start each object of a job from. */
export function undoPoints(record: JobRecord): ReadonlyMap<string, string> {
  const restores = entriesOf(record).filter(({ action }) => action === 'restore')
  if (restores.length === 0) return none
  const uids = new Set(restores.map(({ uid }) => uid))
  return new Map(
    [...uids].flatMap((uid): [string, string][] => {
      const last = lastRestore(record, uid)
      const location = last && givenUp(last)
      return location === undefined ? [] : [[uid, location]]
    }),
  )
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
