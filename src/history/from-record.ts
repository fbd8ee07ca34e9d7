import type { JobRef, Savepoint } from '../domain/savepoint.ts'
import type { StopEntry, TakeEntry } from './entry.ts'
import { entriesOf, type JobRecord, type RecordedJob } from './record.ts'

/** The savepoints in a record, newest line first: what was written later says more. */
export function savepointsOfRecord(record: JobRecord, job: RecordedJob): Savepoint[] {
  const refs = new Map<string, JobRef>()
  return entriesOf(record)
    .flatMap(entry => (entry.action === 'restore' ? [] : [savepointOf(entry, refOf(job, entry.uid, refs))]))
    .reverse()
}

/** Shared by all savepoints of all jobs: there may be many. */
const sources = ['record'] as const

function savepointOf(entry: TakeEntry | StopEntry, job: JobRef): Savepoint {
  const known = { type: 'savepoint', restartPoint: false, origin: false, sources } as const
  if (entry.action === 'take') {
    const { action: _, uid: __, prunedAt, ...taken } = entry
    return { job, ...taken, ...gone(prunedAt), ...known }
  }
  const { action: _, uid: __, drain: ___, changes: ____, prunedAt, ...left } = entry
  return { job, ...left, ...gone(prunedAt), trigger: 'cancel', ...known }
}

function gone(prunedAt: string | undefined): Pick<Savepoint, 'gone'> {
  return prunedAt === undefined ? {} : { gone: 'pruned' }
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
