import assert from 'node:assert/strict'
import { fakeCluster, refusal } from '../../support/fake-cluster.ts'
import { gcpCluster, spotifyCluster } from '../../support/flink-clusters.ts'
import { program } from '../../support/program.ts'
import { earlier, recordOf, sp, taken, world } from './samples.ts'

describe('history of many jobs', () => {
  const objects = [
    spotifyCluster(taken),
    gcpCluster({
      name: 'payments',
      namespace: 'bank',
      jobStatus: {
        savepointGeneration: 1,
        savepointLocation: sp('aaaaaaaaaaaa', 'payments'),
        lastSavepointTime: '2026-03-01T11:59:00Z',
      },
    }),
    spotifyCluster({ name: 'clicks' }),
    recordOf([earlier]),
    recordOf([{ ...earlier, location: sp('gone', 'gone') }], 'gone'),
  ]

  it('costs two lists, in pages, whatever the number of jobs', async () => {
    const cluster = fakeCluster({ objects, pageSize: 1 })
    assert.deepEqual(await program(world(cluster), 'history'), {
      exit: 0,
      stdout: `\
JOB                   NAME   STATE       TRIGGER   AGE   DURATION   LOCATION
flinkcluster/orders   *-     Completed   manual    59m   10s        gs://bucket/orders/savepoint-ef5f05-550496d6e5a5
flinkcluster/orders   -      Completed   manual    23h   10s        gs://bucket/orders/savepoint-ef5f05-3e115b017916
`,
      stderr: '1 job that is gone has a record: add --sources record to list them\n',
    })
    assert.deepEqual(cluster.requests.toSorted(), [
      'list ConfigMap/default',
      'list ConfigMap/default',
      'list FlinkCluster/default',
      'list FlinkCluster/default',
    ])
  })

  it('covers all namespaces with -A, by namespace and name', async () => {
    const { stdout } = await program(world(fakeCluster({ objects })), 'history fc -A -q')
    assert.equal(
      stdout,
      `\
NAMESPACE   JOB                     NAME   STATE       TRIGGER   AGE   DURATION   LOCATION
bank        flinkcluster/payments   *-     Completed   -         60s   -          gs://bucket/payments/savepoint-ef5f05-aaaaaaaaaaaa
default     flinkcluster/orders     *-     Completed   manual    59m   10s        gs://bucket/orders/savepoint-ef5f05-550496d6e5a5
default     flinkcluster/orders     -      Completed   manual    23h   10s        gs://bucket/orders/savepoint-ef5f05-3e115b017916
`,
    )
  })

  it('limits what is listed of each job', async () => {
    const { stdout } = await program(world(fakeCluster({ objects })), 'history -A -q --limit 1 -o name')
    assert.equal(stdout, `${sp('aaaaaaaaaaaa', 'payments')}\n${sp('550496d6e5a5')}\n`)
  })

  it('lists jobs that are gone from their records alone', async () => {
    const cluster = fakeCluster({ objects })
    const { stdout } = await program(world(cluster), 'history --sources record -o name')
    assert.equal(stdout, `${sp('gone', 'gone')}\n${sp('3e115b017916')}\n`)
    assert.deepEqual(cluster.requests, ['list ConfigMap/default'])
  })

  it('goes on without the records where they may not be listed', async () => {
    const cluster = fakeCluster({ objects })
    cluster.fail('list ConfigMap', refusal(403, 'Forbidden', 'configmaps is forbidden'))
    assert.deepEqual(await program(world(cluster), 'history -o name'), {
      exit: 0,
      stdout: `${sp('550496d6e5a5')}\n`,
      stderr:
        'Warning: the records are not in this list: Error from server (Forbidden): configmaps is forbidden\n',
    })
  })

  it('tells one reason where neither jobs nor records may be listed', async () => {
    const cluster = fakeCluster({ objects })
    cluster.fail('list ConfigMap', refusal(403, 'Forbidden', 'configmaps is forbidden'))
    cluster.fail('list FlinkCluster', refusal(403, 'Forbidden', 'flinkclusters is forbidden'))
    assert.deepEqual(await program(world(cluster), 'history'), {
      exit: 1,
      stdout: '',
      stderr: 'Error from server (Forbidden): flinkclusters is forbidden\n',
    })
  })

  it('takes no record for that of another job', async () => {
    const stolen = { ...recordOf([earlier], 'clicks'), metadata: recordOf([], 'orders').metadata }
    const { stdout } = await program(
      world(fakeCluster({ objects: [spotifyCluster({ name: 'clicks' }), stolen] })),
      'history -o name',
    )
    assert.equal(stdout, '')
  })

  it('says so where nothing is known', async () => {
    const there = () => world(fakeCluster({ objects: [spotifyCluster()] }))
    assert.equal((await program(there(), 'history')).stderr, 'No savepoints found in default namespace.\n')
    assert.equal(
      (await program(there(), 'history -A --type all')).stderr,
      'No savepoints or checkpoints found\n',
    )
  })

  it('lists ten thousand jobs in pages', async () => {
    const many = Array.from({ length: 10_000 }, (_, at) => spotifyCluster({ ...taken, name: `job-${at}` }))
    const cluster = fakeCluster({ objects: many })
    const { exit, stdout } = await program(world(cluster), 'history -o name')
    assert.deepEqual(
      { exit, lines: stdout.split('\n').length - 1, requests: cluster.requests.length },
      { exit: 0, lines: 10_000, requests: 21 },
    )
  })
})
