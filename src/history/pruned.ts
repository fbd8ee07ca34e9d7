import { sameLocation } from '../domain/location.ts'
import type { Savepoint } from '../domain/savepoint.ts'
import { entryOfSavepoint, type RecordEntry } from './entry.ts'
import { entriesOf, type JobRecord } from './record.ts'

/** What the record is to say of a savepoint that was deleted: all that it said before, and that; of one that it did not know, that it was there. */
export function prunedEntries(
  record: JobRecord,
  savepoint: Savepoint,
  uid: string,
  prunedAt: string,
): RecordEntry[] {
  const known = entriesOf(record).flatMap(entry =>
    entry.action !== 'restore' && sameLocation(entry.location, savepoint.location)
      ? [{ ...entry, prunedAt }]
      : [],
  )
  if (known.length > 0) return known
  return [{ ...entryOfSavepoint({ ...savepoint, job: { ...savepoint.job, uid } }), prunedAt }]
}
