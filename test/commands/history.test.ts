import assert from 'node:assert/strict'
import type { RestAnswer, RestCheckpoint } from '../../src/domain/rest.ts'
import type { TakeEntry } from '../../src/history/entry.ts'
import { formatEntry } from '../../src/history/entry.ts'
import { type FakeCluster, fakeCluster, refusal } from '../support/fake-cluster.ts'
import { fakeClock, fakePerson, fakeRest, fakeWorld, unreachable, until } from '../support/fakes.ts'
import { type ClusterParts, flinkJobId, gcpCluster, spotifyCluster } from '../support/flink-clusters.ts'
import { program } from '../support/program.ts'

const sp = (hash: string, name = 'orders') => `gs://bucket/${name}/savepoint-ef5f05-${hash}`

/** Taken an hour before the clock of the tests. */
const taken: ClusterParts = {
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

const earlier: TakeEntry = {
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

function recordOf(entries: readonly (TakeEntry | string)[], name = 'orders', namespace = 'default') {
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

const flinksAnswer: RestAnswer = {
  answer: 'checkpoints',
  checkpoints: { restoredCount: 0, history: checkpoints },
}

function world(cluster: FakeCluster, answer: () => RestAnswer | undefined = () => flinksAnswer) {
  const rest = fakeRest(answer)
  return { ...fakeWorld({ cluster, rest, clock: fakeClock(), person: fakePerson() }), fake: rest }
}

/** One job with a record, asked for by `line`. */
async function historyOf(
  line: string,
  answer?: () => RestAnswer | undefined,
  objects = [spotifyCluster(taken)],
) {
  const cluster = fakeCluster({ objects: [...objects, recordOf([earlier, failed])] })
  const there = world(cluster, answer)
  const ended = await program(there, line)
  return { ...ended, requests: cluster.requests, reached: there.fake.reached, open: there.fake.open }
}

const screen = `\
NAME   STATE       TRIGGER   AGE    DURATION   LOCATION
*-     Completed   manual    59m    0s         gs://bucket/orders/savepoint-ef5f05-550496d6e5a5
-      Failed      manual    120m   -          No space left on device
-      Completed   manual    23h    10s        gs://bucket/orders/savepoint-ef5f05-3e115b017916
`

describe('history of one job', () => {
  it('lists what all sources know, newest first, at the cost of two objects and one question to Flink', async () => {
    assert.deepEqual(await historyOf('history flinkcluster/orders'), {
      exit: 0,
      stdout: screen,
      stderr: '',
      requests: ['get FlinkCluster/default/orders', 'get ConfigMap/default/flinksp-flinkcluster-orders'],
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

  it('says where the record of a job that is gone can be read', async () => {
    const { exit, stdout, stderr } = await historyOf('history orders', undefined, [])
    assert.deepEqual(
      { exit, stdout, stderr },
      {
        exit: 1,
        stdout: '',
        stderr:
          'Error from server (NotFound): flinkclusters.flinkoperator.k8s.io "orders" not found\n' +
          'its record is still there: kubectl flinksp history flinkcluster/orders --sources record\n',
      },
    )
    const { stdout: recorded } = await historyOf('history orders --sources record -o name', undefined, [])
    assert.equal(recorded, `${sp('3e115b017916')}\n`)
  })

  it('says so where the server has no such kind', async () => {
    const { exit, stderr } = await program(world(fakeCluster({ kinds: [] })), 'history orders')
    assert.deepEqual(
      { exit, stderr },
      { exit: 1, stderr: 'error: the server doesn\'t have a resource type "flinkclusters"\n' },
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

describe('the words of history', () => {
  const usage: Record<string, string> = {
    'history pods/x': 'error: "pods" is no kind of job that is known: FlinkCluster',
    'history flinkdeployment/x': 'error: flinkdeployment: jobs of kind FlinkDeployment are not supported yet',
    'history FlinkSessionJob x': 'error: FlinkSessionJob: jobs of kind FlinkSessionJob are not supported yet',
    'history orders payments': 'error: history lists one job, or all jobs of a namespace',
    'history fc orders payments': 'error: history lists one job, or all jobs of a namespace',
    'history orders -A': 'error: a resource cannot be retrieved by name across all namespaces',
    'history --sources rest': 'error: Flink is asked for one job at a time: name the job',
    'history orders --sources events': 'error: --sources: "events" is none of record, status, rest',
    'history orders --limit 0': 'error: --limit must be at least 1',
    'history ../secrets': 'error: ".." is no kind of job that is known: FlinkCluster',
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
