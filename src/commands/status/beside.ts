import type { Unknown } from '../../domain/job-status.ts'
import type { Cluster, ServedKind, World } from '../../domain/ports.ts'
import type { JobRef, Savepoint } from '../../domain/savepoint.ts'
import { savepointsOfRecord } from '../../history/from-record.ts'
import { undoPoints } from '../../history/last.ts'
import { jobKey, type SnapshotOwner } from '../../history/snapshots.ts'
import { operatorOf } from '../../operators/index.ts'
import { listRecords } from '../sources/list-records.ts'
import { listSnapshots, type Snapshots } from '../sources/list-snapshots.ts'
import { unreadable } from './sources.ts'

/** What is told of many jobs elsewhere than in their objects. */
export interface Beside {
  elsewhere(owner: SnapshotOwner): readonly Savepoint[]
  /** Where `restore --undo` would go, by the record. */
  undoOf(job: JobRef): string | undefined
  /** What could not be read of jobs of this kind. */
  unknownOf(kind: ServedKind): readonly Unknown[]
  readonly snapshots: Snapshots
}

/** A paged list of the records, and one of the snapshots where there are any. */
export async function listBeside(
  world: World,
  cluster: Cluster,
  kinds: readonly ServedKind[],
  namespace: string | undefined,
): Promise<Beside> {
  const noRecords: Unknown[] = []
  const unlisted: Unknown[] = []
  const [records, snapshots] = await Promise.all([
    recordsOf(world, cluster, kinds, namespace, noRecords),
    listSnapshots(
      cluster,
      kinds,
      namespace,
      (_, refusal) => void unlisted.push(unreadable(refusal, 'snapshots')),
    ),
  ])
  return {
    elsewhere: owner => [...snapshots.of(owner), ...(records.get(jobKey(owner.job))?.savepoints ?? [])],
    undoOf: job => records.get(jobKey(job))?.undo.get(job.uid),
    unknownOf: kind => (operatorOf(kind).snapshots ? [...noRecords, ...unlisted] : noRecords),
    snapshots,
  }
}

interface Recorded {
  readonly savepoints: readonly Savepoint[]
  readonly undo: ReadonlyMap<string, string>
}

async function recordsOf(
  world: World,
  cluster: Cluster,
  kinds: readonly ServedKind[],
  namespace: string | undefined,
  unknown: Unknown[],
): Promise<ReadonlyMap<string, Recorded>> {
  const jobs = new Map<string, Recorded>()
  const warned: string[] = []
  const warn = (text: string, refusal?: Error) =>
    void (refusal ? unknown.push(unreadable(refusal)) : warned.push(text))
  for await (const { job, record } of listRecords(cluster, kinds, namespace, {
    warn,
    now: world.clock.now(),
  }))
    jobs.set(jobKey(job), { savepoints: savepointsOfRecord(record, job), undo: undoPoints(record) })
  for (const text of warned) world.person.warn(text)
  return jobs
}
