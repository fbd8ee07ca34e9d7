import type { RestAnswer, RestCheckpoint, RestQuestion } from '../../../src/domain/rest.ts'
import { formatEntry, type TakeEntry } from '../../../src/history/entry.ts'
import { type FakeCluster, fakeCluster } from '../../support/fake-cluster.ts'
import { fakeClock, fakePerson, fakeRest, fakeWorld } from '../../support/fakes.ts'
import { type ClusterParts, flinkJobId, spotifyCluster } from '../../support/flink-clusters.ts'
import { program } from '../../support/program.ts'

export const sp = (hash: string, name = 'orders') => `gs://bucket/${name}/savepoint-ef5f05-${hash}`

/** Taken an hour before the clock of the tests. */
export const taken: ClusterParts = {
  jobStatus: {
    savepointGeneration: 5,
    savepointLocation: sp('550496d6e5a5'),
    savepointTime: '2026-03-01T11:00:10Z',
  },
  status: {
    savepoint: {
      state: 'Succeeded',
      triggerID: 'fd3a9e16bfb4970bbcb746d64689b0a7',
      jobID: flinkJobId,
      triggerReason: 'user requested',
      requestTime: '2026-03-01T11:00:00Z',
    },
  },
}

export const earlier: TakeEntry = {
  action: 'take',
  uid: 'uid-of-orders',
  state: 'Completed',
  location: sp('3e115b017916'),
  trigger: 'manual',
  generation: 4,
  triggerId: 'c6f3c6c20d6832e7c8ecdf8440cf482b',
  flinkJobId,
  requestedAt: '2026-02-28T12:00:00Z',
  completedAt: '2026-02-28T12:00:10Z',
  durationMillis: 10_000,
}

const failed: TakeEntry = {
  action: 'take',
  uid: 'uid-of-orders',
  state: 'Failed',
  trigger: 'manual',
  triggerId: '244c3034b6ca432d2b08bfdb4ff0d21e',
  flinkJobId,
  requestedAt: '2026-03-01T10:00:00Z',
  failure: { message: 'Savepoint error: cut', rootCause: 'No space left on device' },
}

export function recordOf(entries: readonly (TakeEntry | string)[], name = 'orders', namespace = 'default') {
  return {
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: {
      name: `flinksp-flinkcluster-${name}`,
      namespace,
      labels: { 'app.kubernetes.io/managed-by': 'kubectl-flinksp' },
    },
    data: {
      version: '1',
      job: `flinkcluster.flinkoperator.k8s.io/${name}`,
      entries: entries.map(entry => `${typeof entry === 'string' ? entry : formatEntry(entry)}\n`).join(''),
    },
  }
}

const checkpoints: RestCheckpoint[] = [
  {
    id: 9,
    status: 'COMPLETED',
    isSavepoint: false,
    location: 'gs://bucket/checkpoints/orders/chk-9',
    triggeredAt: Date.parse('2026-03-01T11:59:00Z'),
    endedAt: Date.parse('2026-03-01T11:59:00.050Z'),
    durationMillis: 50,
    sizeBytes: 2_111,
  },
  {
    id: 8,
    status: 'COMPLETED',
    isSavepoint: true,
    location: sp('550496d6e5a5'),
    format: 'CANONICAL',
    triggeredAt: Date.parse('2026-03-01T11:00:00.040Z'),
    endedAt: Date.parse('2026-03-01T11:00:00.165Z'),
    durationMillis: 125,
    sizeBytes: 2_111,
  },
]

export const flinksAnswer: RestAnswer = {
  answer: 'checkpoints',
  checkpoints: { restoredCount: 0, history: checkpoints },
}

export function world(
  cluster: FakeCluster,
  answer: (question: RestQuestion) => RestAnswer | undefined = () => flinksAnswer,
) {
  const rest = fakeRest(answer)
  return { ...fakeWorld({ cluster, rest, clock: fakeClock(), person: fakePerson() }), fake: rest }
}

/** One job with a record, asked for by `line`. */
export async function historyOf(
  line: string,
  answer?: () => RestAnswer | undefined,
  objects = [spotifyCluster(taken)],
) {
  const cluster = fakeCluster({ objects: [...objects, recordOf([earlier, failed])] })
  const there = world(cluster, answer)
  const ended = await program(there, line)
  return { ...ended, requests: cluster.requests, reached: there.fake.reached, open: there.fake.open }
}

export const screen = `\
NAME   STATE       TRIGGER   AGE    DURATION   LOCATION
*-     Completed   manual    59m    0s         gs://bucket/orders/savepoint-ef5f05-550496d6e5a5
-      Failed      manual    120m   -          No space left on device
-      Completed   manual    23h    10s        gs://bucket/orders/savepoint-ef5f05-3e115b017916
`
