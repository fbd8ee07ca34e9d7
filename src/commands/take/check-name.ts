import type { Cluster, World } from '../../domain/ports.ts'
import type { JobRef } from '../../domain/savepoint.ts'
import { savepointsOfRecord } from '../../history/from-record.ts'
import { nameTaken } from '../../history/savepoint-label.ts'
import { readRecord } from '../sources/read-record.ts'

/** Throws where another savepoint of this object has the name already. Reads the record only where a name was given. */
export async function checkName(
  { person, clock }: World,
  cluster: Cluster,
  job: JobRef,
  name: string | undefined,
): Promise<void> {
  if (name === undefined) return
  const now = clock.now()
  const record = await readRecord(cluster, job, { warn: text => person.warn(text), now })
  const taken = nameTaken(savepointsOfRecord(record, job), name, job, now)
  if (taken) throw taken
}
