import assert from 'node:assert/strict'
import type { Fields } from '../../../src/domain/fields.ts'
import type { RestAnswer } from '../../../src/domain/rest.ts'
import { fakeCluster, refusal } from '../../support/fake-cluster.ts'
import { unreachable } from '../../support/fakes.ts'
import { spotifyCluster } from '../../support/flink-clusters.ts'
import { program } from '../../support/program.ts'
import { flinksAnswer, sp, taken, world } from './samples.ts'

const uid = 'uid-of-orders'
const none: RestAnswer = { ...flinksAnswer, checkpoints: { restoredCount: 0, history: [] } } as RestAnswer

function revision(hash: string, fromSavepoint?: unknown, owner = uid): Fields {
  const labels = { 'flinkoperator.k8s.io/managed-by': 'orders' }
  const ownerReferences = [
    { apiVersion: 'flinkoperator.k8s.io/v1beta1', kind: 'FlinkCluster', name: 'orders', uid: owner },
  ]
  const metadata = { name: `orders-${hash}`, namespace: 'default', labels, ownerReferences }
  const job = { jarFile: '/opt/job.jar', ...(fromSavepoint !== undefined && { fromSavepoint }) }
  return {
    apiVersion: 'apps/v1',
    kind: 'ControllerRevision',
    metadata,
    data: { spec: { job, $patch: 'replace' } },
  }
}

function event(number: number, reason: string, message: string, time: string, of = uid): Fields {
  return {
    apiVersion: 'v1',
    kind: 'Event',
    metadata: { name: `orders.${number}`, namespace: 'default' },
    involvedObject: { kind: 'FlinkCluster', namespace: 'default', name: 'orders', uid: of },
    ...{ reason, message, count: 1, firstTimestamp: time, lastTimestamp: time },
  }
}

const failedAt = (number: number, time: string, of?: string) =>
  event(number, 'SavepointFailed', `Savepoint creation failed: disk ${number} full`, time, of)

async function historyOf(line: string, ...objects: Fields[]) {
  const cluster = fakeCluster({ objects: [spotifyCluster(taken), ...objects] })
  return await program(
    world(cluster, () => none),
    line,
  )
}

describe('history from what the operator leaves beside the object', () => {
  it('has the savepoints that the job was ever started from, without age, and never as taken', async () => {
    const { stdout } = await historyOf(
      'history orders',
      revision('a', sp('000000000001')),
      revision('b', `${sp('000000000001')}/`),
      revision('c', sp('000000000002')),
      revision('d'),
      revision('e', ['gs://b/list']),
      revision('f', sp('of-another-object'), 'uid-before'),
    )
    assert.equal(
      stdout,
      `\
NAME   STATE       TRIGGER   AGE         DURATION   LOCATION
*-     Completed   manual    59m         10s        gs://bucket/orders/savepoint-ef5f05-550496d6e5a5
-      Completed   -         <unknown>   -          gs://bucket/orders/savepoint-ef5f05-000000000001
-      Completed   -         <unknown>   -          gs://bucket/orders/savepoint-ef5f05-000000000002
`,
    )
    const { stdout: json } = await historyOf(
      'history orders -o json --sources revisions',
      revision('c', sp('2')),
    )
    const [{ job: _, ...origin }] = JSON.parse(json).items
    assert.deepEqual(origin, {
      state: 'Completed',
      type: 'savepoint',
      location: sp('2'),
      restartPoint: false,
      origin: true,
      sources: ['revisions'],
    })
  })

  it('leaves a savepoint that others saw taken as it was, and says where else it is known', async () => {
    const { stdout } = await historyOf('history orders -o wide', revision('a', sp('550496d6e5a5')))
    assert.equal(
      stdout,
      `\
NAME   STATE       TRIGGER   AGE   DURATION   LOCATION                                           GENERATION   FORMAT   SIZE   CHECKPOINT   SOURCE
*-     Completed   manual    59m   10s        gs://bucket/orders/savepoint-ef5f05-550496d6e5a5   5            -        -      -            status,revisions
`,
    )
  })

  it('has the failures of the last hour, by their trigger where that is known', async () => {
    const id = 'b'.repeat(32)
    const { stdout } = await historyOf(
      'history orders -o json --sources events',
      event(
        1,
        'SavepointTriggered',
        `Triggered savepoint scheduled: triggerID ${id}.`,
        '2026-03-01T11:30:00Z',
      ),
      failedAt(2, '2026-03-01T11:30:05Z'),
      failedAt(3, '2026-03-01T11:40:00Z', 'uid-before'),
      event(4, 'SavepointCreated', 'Successfully savepoint created', '2026-03-01T11:50:00Z'),
      failedAt(5, '2026-03-01T11:55:00Z'),
    )
    const items = JSON.parse(stdout).items.map(({ job: _, ...item }: Fields) => item)
    const known = {
      state: 'Failed',
      type: 'savepoint',
      restartPoint: false,
      origin: false,
      sources: ['events'],
    }
    assert.deepEqual(items, [
      { ...known, requestedAt: '2026-03-01T11:55:00Z', failure: { message: 'disk 5 full' } },
      {
        ...known,
        trigger: 'scheduled',
        triggerId: id,
        requestedAt: '2026-03-01T11:30:00Z',
        failure: { message: 'disk 2 full' },
      },
    ])
  })

  it('tells a failure once that the status or Flink tells too', async () => {
    const savepoint = {
      state: 'Failed',
      triggerID: 'c'.repeat(32),
      requestTime: '2026-03-01T11:30:00Z',
      message: 'whole',
    }
    const cluster = fakeCluster({
      objects: [
        spotifyCluster({ status: { savepoint } }),
        failedAt(1, '2026-03-01T11:30:02Z'),
        failedAt(2, '2026-03-01T11:20:31Z'),
        failedAt(3, '2026-03-01T11:10:00Z'),
      ],
    })
    const flinks = {
      id: 4,
      status: 'FAILED',
      isSavepoint: true,
      triggeredAt: Date.parse('2026-03-01T11:20:01.5Z'),
      durationMillis: 30_000,
      failureMessage: 'by Flink',
    } as const
    const answer: RestAnswer = { answer: 'checkpoints', checkpoints: { restoredCount: 0, history: [flinks] } }
    const { stdout } = await program(
      world(cluster, () => answer),
      'history orders -o wide',
    )
    assert.equal(
      stdout,
      `\
NAME   STATE    TRIGGER   AGE   DURATION   LOCATION      GENERATION   FORMAT   SIZE   CHECKPOINT   SOURCE
-      Failed   -         30m   -          whole         -            -        -      -            status,events
-      Failed   -         39m   30s        by Flink      -            -        -      4            rest,events
-      Failed   -         50m   -          disk 3 full   -            -        -      -            events
`,
    )
  })

  it('says what may not be read, as a hint unless it was asked for, and lists the rest', async () => {
    const forbid = () => {
      const cluster = fakeCluster({ objects: [spotifyCluster(taken)] })
      cluster.fail('list Event', refusal(403, 'Forbidden', 'events is forbidden'))
      cluster.fail('list ControllerRevision', refusal(403, 'Forbidden', 'controllerrevisions is forbidden'))
      return world(cluster, () => none)
    }
    const lines = [
      'what ControllerRevisions say is not in this list: Error from server (Forbidden): controllerrevisions is forbidden\n',
      'what Events say is not in this list: Error from server (Forbidden): events is forbidden\n',
    ]
    const stdout = `${sp('550496d6e5a5')}\n`
    assert.deepEqual(await program(forbid(), 'history orders -o name'), {
      exit: 0,
      stdout,
      stderr: lines.join(''),
    })
    assert.deepEqual(await program(forbid(), 'history orders -o name -q'), { exit: 0, stdout, stderr: '' })
    assert.deepEqual(await program(forbid(), 'history orders -o name -q --sources status,events'), {
      exit: 0,
      stdout,
      stderr: `Warning: ${lines[1]}`,
    })
  })

  it('asks nothing beside the object of many jobs', async () => {
    const cluster = fakeCluster({ objects: [spotifyCluster(taken), revision('a', sp('1'))] })
    const { stdout } = await program(
      world(cluster, () => unreachable()),
      'history -o name',
    )
    assert.deepEqual(
      { stdout, requests: cluster.requests.toSorted() },
      {
        stdout: `${sp('550496d6e5a5')}\n`,
        requests: ['list ConfigMap/default', 'list FlinkCluster/default'],
      },
    )
  })

  it('prints what an Event says without what could steer a terminal', async () => {
    const evil = event(
      1,
      'SavepointFailed',
      'Savepoint creation failed: \u001b[2J\u202eno',
      '2026-03-01T11:30:00Z',
    )
    const { stdout } = await historyOf('history orders --sources events --no-headers', evil)
    assert.equal(stdout, '-     Failed   -     30m   -     [2J no\n')
  })
})
