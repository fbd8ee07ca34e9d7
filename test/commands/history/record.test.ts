import assert from 'node:assert/strict'
import type { RestAnswer } from '../../../src/domain/rest.ts'
import type { TakeEntry } from '../../../src/history/entry.ts'
import { type FakeCluster, fakeCluster, refusal } from '../../support/fake-cluster.ts'
import { unreachable } from '../../support/fakes.ts'
import { flinkJobId, spotifyCluster } from '../../support/flink-clusters.ts'
import { program } from '../../support/program.ts'
import { earlier, recordOf, sp, taken, world } from './samples.ts'

const takenEntry: TakeEntry = {
  action: 'take',
  uid: 'uid-of-orders',
  state: 'Completed',
  location: sp('550496d6e5a5'),
  trigger: 'manual',
  generation: 5,
  triggerId: 'fd3a9e16bfb4970bbcb746d64689b0a7',
  flinkJobId,
  requestedAt: '2026-03-01T11:00:00Z',
  completedAt: '2026-03-01T11:00:10Z',
  durationMillis: 10_000,
}

/** What stands in the record of a job, oldest first. */
function kept(cluster: FakeCluster, name = 'orders', namespace = 'default'): unknown[] | undefined {
  const ref = { apiVersion: 'v1', kind: 'ConfigMap', namespace, name: `flinksp-flinkcluster-${name}` }
  const data = cluster.object(ref)?.body['data'] as { entries: string } | undefined
  return data?.entries
    .trimEnd()
    .split('\n')
    .map(line => JSON.parse(line))
}

const recordRequests = ({ requests }: FakeCluster) =>
  requests.filter(request => /ConfigMap/.test(request) && !request.startsWith('list'))

describe('history --record', () => {
  it('keeps what the record lacks, after the list, by one GET and one write', async () => {
    const cluster = fakeCluster({ objects: [spotifyCluster(taken), recordOf([earlier])] })
    const { exit, stdout, stderr } = await program(
      world(cluster, () => unreachable()),
      'history orders -o name --record -q',
    )
    assert.deepEqual(
      { exit, stdout, stderr },
      { exit: 0, stdout: `${sp('550496d6e5a5')}\n${sp('3e115b017916')}\n`, stderr: '' },
    )
    assert.deepEqual(kept(cluster), [earlier, takenEntry])
    assert.deepEqual(recordRequests(cluster), [
      'get ConfigMap/default/flinksp-flinkcluster-orders',
      'get ConfigMap/default/flinksp-flinkcluster-orders',
      'update ConfigMap/default/flinksp-flinkcluster-orders',
    ])
  })

  it('writes nothing the second time', async () => {
    const cluster = fakeCluster({ objects: [spotifyCluster(taken)] })
    await program(
      world(cluster, () => unreachable()),
      'history orders --record',
    )
    const before = cluster.requests.length
    await program(
      world(cluster, () => unreachable()),
      'history orders --record',
    )
    await program(
      world(cluster, () => unreachable()),
      'history --record',
    )
    const writes = cluster.requests.slice(before).filter(request => /^(update|create|patch)/.test(request))
    assert.deepEqual({ kept: kept(cluster), writes }, { kept: [takenEntry], writes: [] })
  })

  it("keeps what Flink alone knows: somebody else's savepoints, failures, and no checkpoint", async () => {
    const at = Date.parse('2026-03-01T11:30:00Z')
    const done = {
      id: 3,
      status: 'COMPLETED',
      isSavepoint: true,
      location: sp('external'),
      triggeredAt: at,
    } as const
    const broken = {
      id: 4,
      status: 'FAILED',
      isSavepoint: true,
      triggeredAt: at + 60_000,
      failureMessage: 'no',
    } as const
    const going = { id: 5, status: 'IN_PROGRESS', isSavepoint: true, triggeredAt: at + 70_000 } as const
    const checkpoint = { ...done, id: 2, isSavepoint: false, location: 'gs://bucket/chk-2' }
    const history = [going, broken, done, checkpoint]
    const answer: RestAnswer = { answer: 'checkpoints', checkpoints: { restoredCount: 0, history } }
    const cluster = fakeCluster({ objects: [spotifyCluster()] })
    for (const _ of [1, 2])
      await program(
        world(cluster, () => answer),
        'history orders --record --limit 1',
      )
    assert.deepEqual(kept(cluster), [
      {
        action: 'take',
        uid: 'uid-of-orders',
        state: 'Completed',
        location: sp('external'),
        flinkJobId,
        requestedAt: '2026-03-01T11:30:00Z',
      },
      {
        action: 'take',
        uid: 'uid-of-orders',
        state: 'Failed',
        flinkJobId,
        requestedAt: '2026-03-01T11:31:00Z',
        failure: { message: 'no' },
      },
    ])
  })

  it('keeps no origin: whoever took it knows when', async () => {
    const cluster = fakeCluster({ objects: [spotifyCluster({ jobStatus: { fromSavepoint: sp('old') } })] })
    const { stdout } = await program(
      world(cluster, () => unreachable()),
      'history orders --record -o name',
    )
    assert.deepEqual({ stdout, kept: kept(cluster) }, { stdout: `${sp('old')}\n`, kept: undefined })
  })

  it('keeps the savepoints of all jobs, and writes for those only that have something new', async () => {
    const objects = Array.from({ length: 20 }, (_, number) => {
      const { jobStatus } = taken
      const savepointLocation = sp('1', `job-${number}`)
      const new_ = { jobStatus: { ...jobStatus, savepointLocation } }
      return spotifyCluster({
        name: `job-${number}`,
        namespace: number % 2 ? 'bank' : 'shop',
        ...(number < 10 && new_),
      })
    })
    const cluster = fakeCluster({ objects })
    const { exit, stderr } = await program(world(cluster), 'history -A --record -o name')
    assert.deepEqual({ exit, stderr }, { exit: 0, stderr: '' })
    const writes = cluster.requests.filter(request => request.startsWith('create'))
    assert.equal(new Set(writes).size, 10)
    assert.deepEqual(
      kept(cluster, 'job-3', 'bank')?.map(entry => (entry as TakeEntry).location),
      [sp('1', 'job-3')],
    )
  })

  it('loses nothing when a take writes in between, nor the name that the take gave', async () => {
    const cluster = fakeCluster({ objects: [spotifyCluster(taken), recordOf([earlier])] })
    const named = { ...takenEntry, name: 'before-v2' }
    cluster.before('update ConfigMap', () => void cluster.put(recordOf([earlier, named])))
    await program(
      world(cluster, () => unreachable()),
      'history orders --record',
    )
    assert.deepEqual(kept(cluster), [earlier, named])
  })

  it('prints the list, and ends with 1, where the record may not be written', async () => {
    const cluster = fakeCluster({ objects: [spotifyCluster(taken)] })
    cluster.fail('create ConfigMap', refusal(403, 'Forbidden', 'configmaps is forbidden'))
    const ended = await program(
      world(cluster, () => unreachable()),
      'history orders -o name --record -q',
    )
    assert.deepEqual(ended, {
      exit: 1,
      stdout: `${sp('550496d6e5a5')}\n`,
      stderr:
        'Warning: not recorded in configmap/flinksp-flinkcluster-orders: Error from server (Forbidden): configmaps is forbidden\n' +
        'error: the savepoints of flinkcluster/orders could not be recorded\n',
    })
  })

  it('never writes over a ConfigMap that is not its own', async () => {
    const foreign = { ...recordOf([earlier]), data: { version: '9', entries: 'theirs' } }
    const cluster = fakeCluster({ objects: [spotifyCluster(taken), foreign] })
    assert.deepEqual(await program(world(cluster), 'history --record -o name'), {
      exit: 1,
      stdout: `${sp('550496d6e5a5')}\n`,
      stderr:
        'Warning: not recorded in configmap/flinksp-flinkcluster-orders: its format is not version 1\n' +
        'error: the savepoints of flinkcluster/orders could not be recorded\n',
    })
    assert.deepEqual(
      cluster.requests.filter(request => /^(update|create|patch)/.test(request)),
      [],
    )
  })
})

describe('history of several jobs by name', () => {
  const payments = spotifyCluster({
    name: 'payments',
    jobStatus: {
      savepointGeneration: 1,
      savepointLocation: sp('p', 'payments'),
      savepointTime: '2026-03-01T11:59:00Z',
    },
  })

  it('lists each of them in the order in which they were named', async () => {
    const cluster = fakeCluster({ objects: [spotifyCluster(taken), payments] })
    assert.deepEqual(
      await program(
        world(cluster, () => unreachable()),
        'history fc payments orders -q',
      ),
      {
        exit: 0,
        stdout: `\
JOB                     NAME   STATE       TRIGGER   AGE   DURATION   LOCATION
flinkcluster/payments   *-     Completed   -         60s   -          ${sp('p', 'payments')}
flinkcluster/orders     *-     Completed   manual    59m   10s        ${sp('550496d6e5a5')}
`,
        stderr: '',
      },
    )
  })

  it('lists a job once that was named in two ways', async () => {
    const cluster = fakeCluster({ objects: [spotifyCluster(taken), payments] })
    const { exit, stdout } = await program(
      world(cluster, () => unreachable()),
      'history orders fc/orders flinkcluster/payments payments -q -o name',
    )
    assert.deepEqual([exit, stdout], [0, `${sp('550496d6e5a5')}\n${sp('p', 'payments')}\n`])
  })

  it('lists those that are there, and ends with 1 for those that are not', async () => {
    const cluster = fakeCluster({ objects: [spotifyCluster(taken)] })
    assert.deepEqual(
      await program(
        world(cluster, () => unreachable()),
        'history orders nope neither -q -o name',
      ),
      {
        exit: 1,
        stdout: `${sp('550496d6e5a5')}\n`,
        stderr:
          'Error from server (NotFound): flinkclusters.flinkoperator.k8s.io "nope" not found\n' +
          'Error from server (NotFound): flinkclusters.flinkoperator.k8s.io "neither" not found\n',
      },
    )
  })

  it('lists those with a label by one list of jobs', async () => {
    const labelled = { ...payments, metadata: { ...(payments['metadata'] as object), labels: { team: 'x' } } }
    const cluster = fakeCluster({ objects: [spotifyCluster(taken), labelled, recordOf([earlier], 'gone')] })
    assert.deepEqual(await program(world(cluster), 'history -l team=x -o name'), {
      exit: 0,
      stdout: `${sp('p', 'payments')}\n`,
      stderr: '',
    })
    assert.deepEqual(cluster.requests.toSorted(), ['list ConfigMap/default', 'list FlinkCluster/default'])
  })
})
