import type { JobRef, Savepoint } from '../domain/savepoint.ts'
import type { TakeEntry } from './entry.ts'
import { entriesOf, type JobRecord, type RecordedJob } from './record.ts'

/** The savepoints in a record, newest line first: what was written later says more. */
export function savepointsOfRecord(record: JobRecord, job: RecordedJob): Savepoint[] {
  const refs = new Map<string, JobRef>()
  return entriesOf(record)
    .flatMap(entry => (entry.action === 'take' ? [savepointOf(entry, refOf(job, entry.uid, refs))] : []))
    .reverse()
}

function savepointOf({ action: _, uid: __, ...entry }: TakeEntry, job: JobRef): Savepoint {
  return { job, ...entry, type: 'savepoint', restartPoint: false, origin: false, sources: ['record'] }
}

/** One reference for all entries of an object: there may be 10,000 jobs. */
function refOf(
  { apiVersion, kind, namespace, name }: RecordedJob,
  uid: string,
  refs: Map<string, JobRef>,
): JobRef {
  const ref = refs.get(uid) ?? { apiVersion, kind, namespace, name, uid }
  refs.set(uid, ref)
  return ref
}
