import { Failure } from '../domain/failure.ts'
import { fieldsAt } from '../domain/fields.ts'
import { type Cluster, refusedWith, type Write } from '../domain/ports.ts'
import type { Resource } from '../domain/resource.ts'
import { addEntries } from './add-entries.ts'
import type { RecordEntry } from './entry.ts'
import {
  emptyRecord,
  managedByLabel,
  manager,
  parseRecord,
  type RecordedJob,
  recordData,
  recordRef,
} from './record.ts'

/** How often a write that met somebody else's is tried again. */
const mostConflicts = 5

/**
 * Adds entries to the job's record: one GET, one write, and both again where another wrote in between, so that nothing
 * is lost. Whatever stands in the way is one warning: the savepoint is there all the same. `late`: also after Ctrl-C, within moments.
 */
export async function record(
  cluster: Pick<Cluster, 'get' | 'write'>,
  job: RecordedJob,
  entries: readonly RecordEntry[],
  more: { readonly warn: (text: string) => void; readonly now: number; readonly late?: boolean },
): Promise<boolean> {
  const { name } = recordRef(job)
  try {
    await written(cluster, job, entries, more)
    return true
  } catch (error) {
    if (!(error instanceof Failure)) throw error
    more.warn(`Warning: not recorded in configmap/${name}: ${error.message}`)
    return false
  }
}

async function written(
  cluster: Pick<Cluster, 'get' | 'write'>,
  job: RecordedJob,
  entries: readonly RecordEntry[],
  { now, late = false }: { readonly now: number; readonly late?: boolean },
): Promise<void> {
  for (let conflicts = 0; ; conflicts++) {
    const write = recordWrite(await existing(cluster, job, late), job, entries, now)
    try {
      await cluster.write(write, { late })
      return
    } catch (error) {
      if (conflicts === mostConflicts || !wasOvertaken(error, write)) throw error
    }
  }
}

async function existing(
  cluster: Pick<Cluster, 'get'>,
  job: RecordedJob,
  late: boolean,
): Promise<Resource | undefined> {
  try {
    return await cluster.get(recordRef(job), { late })
  } catch (error) {
    if (refusedWith(error, 404)) return undefined
    throw error
  }
}

/** 409 is a conflict or `already exists`; 404 to an update says that the record was deleted since. */
function wasOvertaken(error: unknown, write: Write): boolean {
  return refusedWith(error, 409) || (write.verb === 'update' && refusedWith(error, 404))
}

function recordWrite(
  found: Resource | undefined,
  job: RecordedJob,
  entries: readonly RecordEntry[],
  now: number,
): Write {
  const ref = recordRef(job)
  if (!found) {
    const { apiVersion, kind, namespace, name } = ref
    const metadata = { name, namespace, labels: { [managedByLabel]: manager } }
    const data = recordData(addEntries(emptyRecord, entries), job)
    return { verb: 'create', ref, body: { apiVersion, kind, metadata, data } }
  }
  const parsed = parseRecord(found, job, now)
  if ('unusable' in parsed) throw new Failure('not-asked', parsed.unusable)
  const data = {
    ...fieldsAt(found.body, 'data'),
    ...recordData(addEntries(parsed.record, entries), job),
  }
  const { managedFields: _, ...metadata } = fieldsAt(found.body, 'metadata')
  return { verb: 'update', ref, body: { ...found.body, metadata, data } }
}
