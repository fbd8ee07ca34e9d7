import assert from 'node:assert/strict'
import { fakeCluster, refusal } from '../../support/fake-cluster.ts'
import { fakeWorld, unreachable, until } from '../../support/fakes.ts'
import { flinkJobId, spotifyCluster } from '../../support/flink-clusters.ts'
import { program } from '../../support/program.ts'
import { earlier, flinksAnswer, historyOf, recordOf, screen, sp, taken, world } from './samples.ts'

describe('history of one job', () => {
  it('lists what all sources know, newest first, at the cost of four requests at once and one question to Flink', async () => {
    assert.deepEqual(await historyOf('history flinkcluster/orders'), {
      exit: 0,
      stdout: screen,
      stderr: '',
      requests: [
        'get FlinkCluster/default/orders',
        'get ConfigMap/default/flinksp-flinkcluster-orders',
        'list ControllerRevision/default',
        'list Event/default',
      ],
      reached: ['proxy'],
      open: 0,
    })
  })

  for (const line of ['orders', 'fc/orders', 'FlinkClusters.flinkoperator.k8s.io/orders', 'fcs orders']) {
    it(`knows the job by ${line}`, async () => {
      assert.equal((await historyOf(`history ${line}`)).stdout, screen)
    })
  }

  it('adds what a person wants to see with wide', async () => {
    assert.equal(
      (await historyOf('history orders -o wide')).stdout,
      `\
NAME   STATE       TRIGGER   AGE    DURATION   LOCATION                                           GENERATION   FORMAT      SIZE    CHECKPOINT   SOURCE
*-     Completed   manual    59m    0s         gs://bucket/orders/savepoint-ef5f05-550496d6e5a5   5            canonical   2.1Ki   8            status,rest
-      Failed      manual    120m   -          No space left on device                            -            -           -       -            record
-      Completed   manual    23h    10s        gs://bucket/orders/savepoint-ef5f05-3e115b017916   4            -           -       -            record
`,
    )
  })

  it('prints locations alone with name, and every field with json', async () => {
    assert.equal(
      (await historyOf('history orders -o name')).stdout,
      `${sp('550496d6e5a5')}\n${sp('3e115b017916')}\n`,
    )
    const { stdout } = await historyOf('history orders -o json --limit 1')
    assert.deepEqual(JSON.parse(stdout), {
      apiVersion: 'flinksp/v1',
      kind: 'SavepointList',
      items: [
        {
          job: {
            apiVersion: 'flinkoperator.k8s.io/v1beta1',
            kind: 'FlinkCluster',
            namespace: 'default',
            name: 'orders',
            uid: 'uid-of-orders',
          },
          state: 'Completed',
          type: 'savepoint',
          location: sp('550496d6e5a5'),
          trigger: 'manual',
          generation: 5,
          triggerId: 'fd3a9e16bfb4970bbcb746d64689b0a7',
          flinkJobId,
          checkpointId: 8,
          format: 'CANONICAL',
          requestedAt: '2026-03-01T11:00:00Z',
          completedAt: '2026-03-01T11:00:00.165Z',
          durationMillis: 125,
          sizeBytes: 2111,
          restartPoint: true,
          origin: false,
          sources: ['status', 'rest'],
        },
      ],
    })
  })

  it('lists checkpoints on request', async () => {
    assert.equal(
      (await historyOf('history orders --type checkpoint')).stdout,
      `\
NAME   STATE       TRIGGER      AGE   DURATION   LOCATION
-      Completed   checkpoint   59s   0s         gs://bucket/checkpoints/orders/chk-9
`,
    )
    const { stdout } = await historyOf('history orders --type all')
    assert.equal(stdout.trimEnd().split('\n').length, 5)
  })

  it('lists the newest, and what is not older, on request', async () => {
    const lines = screen.split('\n')
    assert.deepEqual(
      (await historyOf('history orders --since 3h')).stdout.split('\n').slice(1),
      lines.slice(1, 3).concat(''),
    )
    assert.deepEqual((await historyOf('history orders --limit 2')).stdout.split('\n').slice(1), [
      ...lines.slice(1, 3),
      '',
    ])
  })

  it('reads only the sources that it is told to read', async () => {
    const status = await historyOf('history orders --sources status -o name')
    assert.deepEqual(
      { stdout: status.stdout, requests: status.requests, reached: status.reached },
      { stdout: `${sp('550496d6e5a5')}\n`, requests: ['get FlinkCluster/default/orders'], reached: [] },
    )
    const record = await historyOf('history orders --sources record -o name')
    assert.deepEqual(
      { stdout: record.stdout, requests: record.requests, reached: record.reached },
      {
        stdout: `${sp('3e115b017916')}\n`,
        requests: ['get ConfigMap/default/flinksp-flinkcluster-orders'],
        reached: [],
      },
    )
  })

  it('makes a port-forward only where Flink is asked for by name', async () => {
    assert.deepEqual((await historyOf('history orders --sources status,rest')).reached, ['any'])
    assert.deepEqual((await historyOf('history orders')).reached, ['proxy'])
  })

  it('says on stderr what did not come, and lists the rest', async () => {
    const { exit, stdout, stderr } = await historyOf('history orders -o name', () =>
      unreachable('no endpoints'),
    )
    assert.deepEqual(
      { exit, stdout, stderr },
      {
        exit: 0,
        stdout: `${sp('550496d6e5a5')}\n${sp('3e115b017916')}\n`,
        stderr: "Flink's own list (REST) of flinkcluster/orders is missing: no endpoints\n",
      },
    )
    assert.equal((await historyOf('history orders -q', () => unreachable())).stderr, '')
    assert.equal(
      (await historyOf('history orders -q --sources rest', () => unreachable('no endpoints'))).stderr,
      "Warning: Flink's own list (REST) of flinkcluster/orders is missing: no endpoints\n" +
        'No savepoints found for flinkcluster/orders in default namespace.\n',
    )
  })

  for (const [format, ms] of [
    ['table', 300],
    ['wide', 300],
    ['json', 2_000],
    ['yaml', 2_000],
  ] as const) {
    it(`waits ${ms} ms for Flink before it prints ${format}`, async () => {
      const cluster = fakeCluster({ objects: [spotifyCluster(taken)] })
      const there = world(cluster, () => undefined)
      const ending = program(there, `history orders -o ${format}`)
      await until(() => there.clock.sleeping().length > 0)
      assert.deepEqual(there.clock.sleeping(), [ms])
      there.clock.advance(ms)
      const { exit, stdout, stderr } = await ending
      assert.deepEqual(
        { exit, stderr, listed: stdout.includes(sp('550496d6e5a5')) },
        {
          exit: 0,
          stderr: `Flink's own list (REST) of flinkcluster/orders is missing: no answer within ${ms / 1_000} s\n`,
          listed: true,
        },
      )
      await until(() => there.fake.open === 0)
      assert.deepEqual(there.clock.sleeping(), [])
    })
  }

  it('ends with 130 when it is interrupted while Flink thinks', async () => {
    const there = world(fakeCluster({ objects: [spotifyCluster(taken)] }), () => undefined)
    const ending = program(there, 'history orders')
    await until(() => there.fake.questions.length > 0)
    there.interrupt()
    assert.deepEqual(await ending, { exit: 130, stdout: '', stderr: 'error: interrupted\n' })
    assert.equal(there.fake.open, 0)
  })

  it('does not look for Flink where no job runs', async () => {
    const pending = spotifyCluster({ jobStatus: { id: undefined, state: 'Pending' } })
    assert.deepEqual(
      (await historyOf('history orders --sources status,rest', undefined, [pending])).reached,
      [],
    )
  })

  it('ends as kubectl does where there is no such job', async () => {
    const { exit, stdout, stderr } = await historyOf('history nope')
    assert.deepEqual(
      { exit, stdout, stderr },
      {
        exit: 1,
        stdout: '',
        stderr: 'Error from server (NotFound): flinkclusters.flinkoperator.k8s.io "nope" not found\n',
      },
    )
  })

  it('tells one reason where neither the job nor its record may be read', async () => {
    const cluster = fakeCluster({ objects: [spotifyCluster(taken)] })
    cluster.fail('get ConfigMap', refusal(403, 'Forbidden', 'configmaps "x" is forbidden'))
    cluster.fail('get FlinkCluster', refusal(403, 'Forbidden', 'flinkclusters "orders" is forbidden'))
    assert.deepEqual(await program(world(cluster), 'history orders'), {
      exit: 1,
      stdout: '',
      stderr: 'Error from server (Forbidden): flinkclusters "orders" is forbidden\n',
    })
  })

  it('says where the record of a job that is gone can be read', async () => {
    const { exit, stdout, stderr } = await historyOf('history orders', undefined, [])
    assert.deepEqual(
      { exit, stdout, stderr },
      {
        exit: 1,
        stdout: '',
        stderr:
          'Error from server (NotFound): flinkclusters.flinkoperator.k8s.io "orders" not found\n' +
          'its record is still there: kubectl flinksp history flinkcluster/orders -n default --sources record\n',
      },
    )
    const { stdout: recorded } = await historyOf('history orders --sources record -o name', undefined, [])
    assert.equal(recorded, `${sp('3e115b017916')}\n`)
  })

  it('says so where the server has no such kind', async () => {
    const { exit, stderr } = await program(world(fakeCluster({ kinds: [] })), 'history orders')
    assert.deepEqual(
      { exit, stderr },
      {
        exit: 1,
        stderr:
          'error: the server doesn\'t have a resource type "flinkclusters" or "flinkdeployments" or "flinksessionjobs"\n',
      },
    )
  })

  it('says so on stderr where nothing is known', async () => {
    const there = world(fakeCluster({ objects: [spotifyCluster()] }), () => ({
      ...flinksAnswer,
      checkpoints: { restoredCount: 0, history: [] },
    }))
    assert.deepEqual(await program(there, 'history orders'), {
      exit: 0,
      stdout: '',
      stderr: 'No savepoints found for flinkcluster/orders in default namespace.\n',
    })
  })

  it('goes on without a record that may not be read, or that is damaged', async () => {
    const cluster = fakeCluster({ objects: [spotifyCluster(taken)] })
    cluster.fail('get ConfigMap', refusal(403, 'Forbidden', 'configmaps "x" is forbidden'))
    const forbidden = await program(world(cluster), 'history orders -o name')
    assert.deepEqual(forbidden, {
      exit: 0,
      stdout: `${sp('550496d6e5a5')}\n`,
      stderr:
        'Warning: the record is not in this list: Error from server (Forbidden): configmaps "x" is forbidden\n',
    })
    const planted = recordOf(['{"action":"take","state":"Completed"}', earlier])
    const damaged = fakeCluster({ objects: [spotifyCluster(taken), planted] })
    assert.deepEqual(await program(world(damaged), 'history orders -o name'), {
      exit: 0,
      stdout: `${sp('550496d6e5a5')}\n${sp('3e115b017916')}\n`,
      stderr:
        'Warning: configmap/flinksp-flinkcluster-orders: 1 entry left out: not written by kubectl-flinksp, or damaged\n',
    })
  })

  it('lets no terminal escape of a record or a status through', async () => {
    const evil = '\u001b[2J\u202e'
    const objects = [
      spotifyCluster({
        jobStatus: { savepointLocation: `gs://b/${evil}x` },
        status: { savepoint: { state: 'Failed', message: `no ${evil}` } },
      }),
      recordOf([JSON.stringify({ ...earlier, location: `gs://b/${evil}` })]),
    ]
    const { stdout, stderr } = await program(
      world(fakeCluster({ objects }), () => unreachable(evil)),
      'history orders',
    )
    assert.deepEqual(
      [...evil].filter(character => /\p{C}/u.test(character) && (stdout + stderr).includes(character)),
      [],
    )
  })
})

describe('the words of history', () => {
  const usage: Record<string, string> = {
    'history pods/x':
      'error: "pods" is no kind of job that is known: FlinkCluster, FlinkDeployment, FlinkSessionJob',
    'history orders -l team=x': 'error: name cannot be provided when a selector is specified',
    'history orders --all': 'error: name cannot be provided when a selector is specified',
    'history -l team=x --sources record':
      'error: --sources record: a record has no labels of its job to select by',
    'history orders payments --rest-url http://127.0.0.1':
      'error: --rest-url is the address of one job: name one job',
    'history orders payments --watch': 'error: --watch follows one job, or all jobs',
    'history -w --sources record': 'error: --watch follows the status: add it to --sources',
    'history -w --type checkpoint': 'error: --watch shows savepoints: checkpoints are known to Flink alone',
    'history --timeout 5s': 'error: --timeout is for --watch',
    'history --record --sources record':
      'error: --record adds to the record what other sources tell: --sources needs record, and others',
    'history orders --record --sources status':
      'error: --record adds to the record what other sources tell: --sources needs record, and others',
    'history orders -A': 'error: a resource cannot be retrieved by name across all namespaces',
    'history --sources rest': 'error: Flink is asked for one job at a time: name the job',
    'history orders --sources logs':
      'error: --sources: "logs" is none of record, status, snapshots, revisions, events, rest',
    'history --sources status,events': 'error: --sources: events is read for one job at a time: name the job',
    'history --sources revisions': 'error: --sources: revisions is read for one job at a time: name the job',
    'history orders --limit 0': 'error: --limit must be at least 1',
    'history ../secrets':
      'error: ".." is no kind of job that is known: FlinkCluster, FlinkDeployment, FlinkSessionJob',
    'history fc/..': 'error: invalid resource name "..": [may not be \'..\']',
    'history fc/a/b': 'error: invalid resource name "a/b": [may not contain \'/\']',
    'history fc/': 'error: arguments in resource/name form must have a single resource and name',
  }
  for (const [line, text] of Object.entries(usage)) {
    it(`end with 2: ${line}`, async () => {
      const { exit, stdout, stderr } = await program(fakeWorld(), line)
      assert.deepEqual({ exit, stdout, stderr: stderr.split('\n')[0] }, { exit: 2, stdout: '', stderr: text })
    })
  }
})
