import type { SnapshotSource } from '../job-operator.ts'
import { jobOfSnapshot, savepointOfSnapshot } from './snapshot.ts'
import { snapshotKind } from './take/choose-take.ts'

/** FlinkStateSnapshots: each is a savepoint or a checkpoint of one job, whoever asked for it (operator >= 1.10). */
export const snapshots: SnapshotSource = {
  group: 'flink.apache.org',
  kind: snapshotKind,
  jobOf: jobOfSnapshot,
  savepoint: savepointOfSnapshot,
}
