import type { JobRef, Savepoint } from '../domain/savepoint.ts'
import type { TakeEntry } from './entry.ts'
import { entriesOf, type JobRecord, type RecordedJob } from './record.ts'

/** The savepoints in a record, newest line first: what was written later says more. */
export function savepointsOfRecord(record: JobRecord, job: RecordedJob): Savepoint[] {
  return entriesOf(record)
    .flatMap(entry => (entry.action === 'take' ? [savepointOf(entry, job)] : []))
    .reverse()
}

function savepointOf({ action: _, uid, ...entry }: TakeEntry, job: RecordedJob): Savepoint {
  return {
    job: jobRef(job, uid),
    ...entry,
    type: 'savepoint',
    restartPoint: false,
    origin: false,
    sources: ['record'],
  }
}

function jobRef({ apiVersion, kind, namespace, name }: RecordedJob, uid: string): JobRef {
  return { apiVersion, kind, namespace, name, uid }
}
