import assert from 'node:assert/strict'
import type { JobFacts } from '../../src/domain/job.ts'
import { resourceOf } from '../../src/domain/resource.ts'
import type { RestCheckpoint, RestCheckpoints } from '../../src/domain/rest.ts'
import type { Savepoint } from '../../src/domain/savepoint.ts'
import { addEntries } from '../../src/history/add-entries.ts'
import type { TakeEntry } from '../../src/history/entry.ts'
import { savepointsOfRecord } from '../../src/history/from-record.ts'
import { savepointsOfRest } from '../../src/history/from-rest.ts'
import { savepointsOfStatus } from '../../src/history/from-status.ts'
import { mergeSavepoints } from '../../src/history/merge.ts'
import { emptyRecord } from '../../src/history/record.ts'
import { readFlinkCluster } from '../../src/operators/flink-cluster/read.ts'
import { type ClusterParts, flinkJobId, spotifyCluster } from '../support/flink-clusters.ts'

export const job = {
  apiVersion: 'flinkoperator.k8s.io/v1beta1',
  kind: 'FlinkCluster',
  namespace: 'default',
  name: 'orders',
  uid: 'uid-of-orders',
}
export const a = 'gs://bucket/orders/savepoint-ef5f05-aaaaaaaaaaaa'
export const b = 'gs://bucket/orders/savepoint-ef5f05-bbbbbbbbbbbb'
export const triggerA = 'a'.repeat(32)
export const triggerB = 'b'.repeat(32)

/** What Spotify's operator writes when a manual savepoint has succeeded. */
export const takenA: ClusterParts = {
  job: { savepointGeneration: 5 },
  jobStatus: { savepointGeneration: 5, savepointLocation: a, savepointTime: '2026-03-01T10:00:10+00:00' },
  status: {
    savepoint: {
      state: 'Succeeded',
      triggerID: triggerA,
      jobID: flinkJobId,
      triggerReason: 'user requested',
      requestTime: '2026-03-01T11:00:00+01:00',
      triggerTime: '2026-03-01T11:00:00+01:00',
    },
  },
}

export const savepointA: Savepoint = {
  job,
  state: 'Completed',
  type: 'savepoint',
  location: a,
  trigger: 'manual',
  generation: 5,
  triggerId: triggerA,
  flinkJobId,
  requestedAt: '2026-03-01T10:00:00Z',
  completedAt: '2026-03-01T10:00:10Z',
  durationMillis: 10_000,
  restartPoint: true,
  origin: false,
  sources: ['status'],
}

export const entryA: TakeEntry = {
  action: 'take',
  uid: job.uid,
  state: 'Completed',
  location: a,
  trigger: 'manual',
  generation: 5,
  triggerId: triggerA,
  flinkJobId,
  requestedAt: '2026-03-01T10:00:00Z',
  completedAt: '2026-03-01T10:00:10Z',
  durationMillis: 10_000,
}

function factsOf(parts: ClusterParts, make = spotifyCluster): JobFacts {
  const resource = resourceOf(make(parts))
  assert.ok(resource)
  return readFlinkCluster(resource)
}

export function merged(
  parts: ClusterParts | undefined,
  more: { record?: readonly TakeEntry[]; rest?: Partial<RestCheckpoints>; make?: typeof spotifyCluster } = {},
): Savepoint[] {
  const facts = parts && factsOf(parts, more.make)
  const rest = more.rest && { restoredCount: 0, history: [], ...more.rest }
  const found = [
    ...savepointsOfRecord(addEntries(emptyRecord, more.record ?? []), job),
    ...(rest ? savepointsOfRest(rest, job, flinkJobId) : []),
    ...(facts ? savepointsOfStatus(facts) : []),
  ]
  return mergeSavepoints(found, facts?.restartPoint)
}

export function checkpoint(parts: Partial<RestCheckpoint>): RestCheckpoint {
  return { id: 7, status: 'COMPLETED', isSavepoint: true, ...parts }
}
