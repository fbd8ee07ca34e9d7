import assert from 'node:assert/strict'
import { clusterOfLostWatches, type FakeCluster, fakeCluster, refusal } from '../../support/fake-cluster.ts'
import { unreachable, until } from '../../support/fakes.ts'
import { type ClusterParts, gcpCluster, spotifyCluster } from '../../support/flink-clusters.ts'
import { type Printed, program } from '../../support/program.ts'
import { earlier, recordOf, sp, taken, world } from './samples.ts'

/** The operator has taken one by itself, at this second after the clock of the tests. */
function scheduled(hash: string, second: number, more: ClusterParts = {}): ClusterParts {
  const at = (offset: number) =>
    new Date(Date.parse('2026-03-01T12:00:00Z') + (second + offset) * 1_000).toISOString()
  return {
    ...more,
    jobStatus: { savepointGeneration: 6, savepointLocation: sp(hash), savepointTime: at(2) },
    status: {
      savepoint: {
        state: 'Succeeded',
        triggerID: hash.repeat(32).slice(0, 32),
        triggerReason: 'scheduled',
        requestTime: at(0),
      },
    },
  }
}

function failed(
  second: number,
  trigger: string,
  message = 'no space',
  more: ClusterParts = {},
): ClusterParts {
  const requestTime = new Date(Date.parse('2026-03-01T12:00:00Z') + second * 1_000).toISOString()
  const savepoint = {
    state: 'Failed',
    triggerID: trigger.repeat(32),
    triggerReason: 'scheduled',
    requestTime,
    message,
  }
  return { ...more, jobStatus: taken.jobStatus ?? {}, status: { savepoint } }
}

interface Watch {
  readonly cluster: FakeCluster
  readonly there: ReturnType<typeof world>
  readonly printed: Printed
  /** Ctrl-C; gives the exit code. */
  end(): Promise<number>
}

/** Runs `line` until its watch has begun. */
async function watching(
  line: string,
  objects = [spotifyCluster(taken), recordOf([earlier])],
): Promise<Watch> {
  const cluster = fakeCluster({ objects })
  const there = world(cluster, () => unreachable())
  const printed = { stdout: '', stderr: '' }
  const ended = program(there, line, { printed })
  await until(() => cluster.requests.some(request => request.startsWith('watch ')))
  return {
    cluster,
    there,
    printed,
    end: async () => {
      there.interrupt()
      return (await ended).exit
    },
  }
}

describe('history --watch', () => {
  it('lists what there is, then each savepoint as it ends, in the same columns', async () => {
    const { cluster, there, printed, end } = await watching('history orders -q --watch')
    const first = `\
NAME   STATE       TRIGGER   AGE   DURATION   LOCATION
*-     Completed   manual    59m   10s        ${sp('550496d6e5a5')}
-      Completed   manual    23h   10s        ${sp('3e115b017916')}
`
    assert.equal(printed.stdout, first)
    cluster.put(
      spotifyCluster({ ...taken, status: { savepoint: { state: 'InProgress', triggerID: 'b'.repeat(32) } } }),
    )
    there.clock.advance(4_000)
    cluster.put(spotifyCluster(scheduled('b', 2)))
    await until(() => printed.stdout !== first)
    assert.equal(printed.stdout, `${first}*-     Completed   scheduled   0s    2s         ${sp('b')}\n`)
    assert.equal(await end(), 130)
    assert.equal(printed.stderr, 'error: interrupted\n')
  })

  it('tells each once, however often its status comes, and also when it runs backwards', async () => {
    const { cluster, printed, end } = await watching('history orders -o name -w -q')
    for (const hash of ['b', 'c', 'b', 'c', 'd']) {
      cluster.put(spotifyCluster(scheduled(hash, 2)))
      cluster.put(spotifyCluster(taken))
    }
    await until(() => printed.stdout.includes(sp('d')))
    assert.equal(
      printed.stdout,
      [sp('550496d6e5a5'), sp('3e115b017916'), sp('b'), sp('c'), sp('d')].map(name => `${name}\n`).join(''),
    )
    await end()
  })

  it('tells once of all streams that one outage breaks', async () => {
    const cluster = clusterOfLostWatches([spotifyCluster(taken)])
    const there = world(cluster, () => unreachable())
    const ended = program(there, 'history -w --sources status')
    await until(() => cluster.requests.filter(request => request.startsWith('watch ')).length === 2)
    there.interrupt()
    assert.equal((await ended).stderr, 'watching again: unexpected EOF\nerror: interrupted\n')
  })

  it('tells failures, and one that the operator repeats many times a second once a minute', async () => {
    const { cluster, printed, end } = await watching('history orders -w -q --no-headers --limit 1', [
      spotifyCluster(taken),
    ])
    const attempts = [
      failed(0, '1'),
      failed(1, '2'),
      failed(2, '3', 'disk full'),
      failed(3, '4', 'disk full'),
      failed(50, '5', 'disk full'),
      failed(63, '6', 'disk full'),
    ]
    for (const attempt of attempts) cluster.put(spotifyCluster(attempt))
    cluster.put(spotifyCluster(scheduled('f', 64)))
    await until(() => printed.stdout.includes(sp('f')))
    const told = printed.stdout
      .match(/Failed.*|Completed.*/g)
      ?.map(line => line.split(/ +/).slice(4).join(' '))
    assert.deepEqual(told, [sp('550496d6e5a5'), 'no space', 'disk full', 'disk full', sp('f')])
    await end()
  })

  it('prints a document for each in json and yaml', async () => {
    const { cluster, printed, end } = await watching(
      'history orders -o jsonpath={.kind}:{.location}{"\\n"} -w -q',
    )
    cluster.put(spotifyCluster(scheduled('b', 2)))
    await until(() => printed.stdout.includes(sp('b')))
    const lines = [sp('550496d6e5a5'), sp('3e115b017916'), sp('b')].map(location => `Savepoint:${location}\n`)
    assert.equal(printed.stdout, lines.join(''))
    await end()
  })

  it('follows all jobs with one watch a kind, jobs that come and are made anew too', async () => {
    const { cluster, printed, end } = await watching(
      'history -A --watch -q -o custom-columns=JOB:.job.name,AT:.location',
    )
    const payments = { namespace: 'bank', name: 'payments' }
    cluster.put(gcpCluster(payments))
    cluster.put(
      gcpCluster({
        ...payments,
        jobStatus: { savepointLocation: sp('p', 'payments'), lastSavepointTime: '2026-03-01T12:00:01Z' },
      }),
    )
    const { apiVersion, kind, metadata } = cluster.put(spotifyCluster(scheduled('b', 2)))
    cluster.vanish({ apiVersion, kind, name: 'orders', namespace: metadata.namespace })
    cluster.put(spotifyCluster(scheduled('b', 2, { uid: 'uid-after' })))
    await until(() => printed.stdout.split(sp('b')).length === 3)
    assert.deepEqual(
      printed.stdout.split('\n').map(line => line.replace(/ +/, ' ')),
      [
        'JOB AT',
        `orders ${sp('550496d6e5a5')}`,
        `orders ${sp('3e115b017916')}`,
        `payments ${sp('p', 'payments')}`,
        `orders ${sp('b')}`,
        `orders ${sp('b')}`,
        '',
      ],
    )
    assert.deepEqual(
      cluster.requests.filter(request => request.startsWith('watch')),
      ['watch FlinkCluster/*'],
    )
    await end()
  })

  it('says nothing of other jobs than those that were chosen', async () => {
    const objects = [spotifyCluster(taken), spotifyCluster({ name: 'payments' })]
    const { cluster, printed, end } = await watching('history orders -o name -w -q', objects)
    cluster.put(spotifyCluster(scheduled('p', 2, { name: 'payments' })))
    cluster.put(spotifyCluster(scheduled('b', 2)))
    await until(() => printed.stdout.includes(sp('b')))
    assert.equal(printed.stdout, `${sp('550496d6e5a5')}\n${sp('b')}\n`)
    await end()
  })

  it('ends well after its time', async () => {
    const cluster = fakeCluster({ objects: [spotifyCluster(taken)] })
    const there = world(cluster, () => unreachable())
    const ended = program(there, 'history orders -o name -w -q --timeout 5m')
    await until(() => there.clock.sleeping().includes(300_000))
    there.clock.advance(300_000)
    assert.deepEqual(await ended, { exit: 0, stdout: `${sp('550496d6e5a5')}\n`, stderr: '' })
    assert.deepEqual(there.clock.sleeping(), [])
  })

  it('prints what there is where it may not watch, and ends with the reason', async () => {
    const cluster = fakeCluster({ objects: [spotifyCluster(taken)] })
    cluster.fail('watch FlinkCluster', refusal(403, 'Forbidden', 'flinkclusters is forbidden'))
    assert.deepEqual(
      await program(
        world(cluster, () => unreachable()),
        'history -o name -w',
      ),
      {
        exit: 1,
        stdout: `${sp('550496d6e5a5')}\n`,
        stderr: 'Error from server (Forbidden): flinkclusters is forbidden\n',
      },
    )
  })

  it('records what it sees as it comes', async () => {
    const { cluster, printed, end } = await watching('history orders -o name -w -q --record')
    cluster.put(spotifyCluster(scheduled('b', 2)))
    const kept = () => {
      const ref = {
        apiVersion: 'v1',
        kind: 'ConfigMap',
        namespace: 'default',
        name: 'flinksp-flinkcluster-orders',
      }
      const { entries } = (cluster.object(ref)?.body['data'] ?? {}) as { entries: string }
      return entries
        .trimEnd()
        .split('\n')
        .map(line => JSON.parse(line).location)
    }
    await until(() => kept().includes(sp('b')))
    assert.deepEqual(kept(), [sp('3e115b017916'), sp('550496d6e5a5'), sp('b')])
    assert.equal(await end(), 130)
    assert.equal(printed.stderr, 'error: interrupted\n')
  })
})
