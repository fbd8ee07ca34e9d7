import type { SnapshotSource } from '../job-operator.ts'
import { snapshotKind } from './choose-take.ts'
import { jobOfSnapshot, savepointOfSnapshot } from './snapshot.ts'

/** FlinkStateSnapshots: each is a savepoint or a checkpoint of one job, whoever asked for it (operator >= 1.10). */
export const snapshots: SnapshotSource = {
  group: 'flink.apache.org',
  kind: snapshotKind,
  jobOf: jobOfSnapshot,
  savepoint: savepointOfSnapshot,
}
