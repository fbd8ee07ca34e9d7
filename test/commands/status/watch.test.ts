import assert from 'node:assert/strict'
import { clusterOfLostWatches, type FakeCluster, fakeCluster, refusal } from '../../support/fake-cluster.ts'
import { unreachable, until } from '../../support/fakes.ts'
import { spotifyCluster } from '../../support/flink-clusters.ts'
import { program } from '../../support/program.ts'
import { flinksAnswer, taken, world } from '../history/samples.ts'

/** `status … --watch`, and what it has printed so far. */
function watching(line: string, cluster: FakeCluster) {
  const outside = world(cluster, () => flinksAnswer)
  const printed = { stdout: '', stderr: '' }
  const ended = program(outside, line, { printed })
  return {
    lines: () => printed.stdout.split('\n').slice(0, -1),
    async stop() {
      outside.interrupt()
      return await ended
    },
  }
}

describe('status --watch', () => {
  it('shows a job again whenever something about it changes, until Ctrl-C', async () => {
    const cluster = fakeCluster({ objects: [spotifyCluster(), spotifyCluster({ name: 'clicks' })] })
    const { lines, stop } = watching('status -w', cluster)
    await until(() => lines().length === 3)
    cluster.put(spotifyCluster(taken))
    await until(() => lines().length === 4)
    // Nothing that anybody would see.
    cluster.put(spotifyCluster({ ...taken, metadata: { labels: { a: 'b' } } }))
    cluster.put(spotifyCluster({ ...taken, jobStatus: { ...taken.jobStatus, state: 'Failed' } }))
    await until(() => lines().length === 5)
    const { exit, stdout, stderr } = await stop()
    assert.deepEqual(
      { exit, stdout, stderr },
      {
        exit: 130,
        stdout: `\
NAME     STATE     SAVEPOINT   CHECKPOINT   AUTO   RESTART-POINT   PROBLEM
clicks   Running   59m         59s          off    <none>          the operator would start from none of its savepoints: aft...
orders   Running   59m         59s          off    <none>          the operator would start from none of its savepoints: aft...
orders   Running   59m         59s          off    59m             <none>
orders   Failed    59m         <unknown>    off    59m             the job is not running (Failed), and nothing starts it ag...
`,
        stderr: 'error: interrupted\n',
      },
    )
    assert.deepEqual(cluster.requests.toSorted(), [
      'list ConfigMap/default',
      'list FlinkCluster/default',
      'watch FlinkCluster/default',
    ])
  })

  it('follows the one job that is named, in a table too', async () => {
    const cluster = fakeCluster({ objects: [spotifyCluster(taken), spotifyCluster({ name: 'clicks' })] })
    const { lines, stop } = watching('status orders --watch --no-headers', cluster)
    await until(() => lines().length === 1)
    cluster.put(spotifyCluster({ name: 'clicks', jobStatus: { state: 'Failed' } }))
    cluster.put(spotifyCluster({ ...taken, jobStatus: { ...taken.jobStatus, state: 'Updating' } }))
    await until(() => lines().length === 2)
    assert.deepEqual((await stop()).stdout.match(/^\S+ +\S+/gm), ['orders   Running', 'orders   Updating'])
  })

  it('prints a document each for programs', async () => {
    const cluster = fakeCluster({ objects: [spotifyCluster(taken)] })
    const { lines, stop } = watching('status -w -o jsonpath={.job.name}:{.state}{"\\n"}', cluster)
    await until(() => lines().length === 1)
    cluster.put(spotifyCluster({ ...taken, jobStatus: { ...taken.jobStatus, state: 'Lost' } }))
    await until(() => lines().length === 2)
    assert.equal((await stop()).stdout, 'orders:Running\norders:Lost\n')
  })

  it('says that a job was deleted, and shows a new one of its name', async () => {
    const cluster = fakeCluster({ objects: [spotifyCluster(taken)] })
    const { lines, stop } = watching('status -w --no-headers', cluster)
    await until(() => lines().length === 1)
    cluster.vanish({
      apiVersion: 'flinkoperator.k8s.io/v1beta1',
      kind: 'FlinkCluster',
      namespace: 'default',
      name: 'orders',
    })
    cluster.put(spotifyCluster({ ...taken, uid: 'another' }))
    await until(() => lines().length === 2)
    const { stdout, stderr } = await stop()
    assert.deepEqual(
      [stdout.match(/^\S+ +\S+/gm), stderr],
      [['orders   Running', 'orders   Running'], 'flinkcluster/orders was deleted\nerror: interrupted\n'],
    )
  })

  it('waits for jobs where there are none yet, but not for one that is named', async () => {
    const cluster = fakeCluster()
    const { lines, stop } = watching('status -w', cluster)
    await until(() => cluster.requests.includes('watch FlinkCluster/default'))
    cluster.put(spotifyCluster(taken))
    await until(() => lines().length === 2)
    assert.equal((await stop()).stderr, 'No jobs found in default namespace.\nerror: interrupted\n')
    const { exit, stderr } = await program(world(fakeCluster()), 'status nope -w')
    assert.deepEqual(
      [exit, stderr],
      [1, 'Error from server (NotFound): flinkclusters.flinkoperator.k8s.io "nope" not found\n'],
    )
  })

  it('tells once of all streams that one outage breaks', async () => {
    const cluster = clusterOfLostWatches([spotifyCluster(taken)])
    const { stop } = watching('status -w', cluster)
    await until(() => cluster.requests.filter(request => request.startsWith('watch ')).length === 2)
    assert.equal((await stop()).stderr, 'watching again: unexpected EOF\nerror: interrupted\n')
  })

  it('ends with what the API server says where jobs may not be watched', async () => {
    const cluster = fakeCluster({ objects: [spotifyCluster(taken)] })
    cluster.fail('watch', refusal(403, 'Forbidden', 'cannot watch flinkclusters'))
    const { exit, stderr } = await program(
      world(cluster, () => unreachable()),
      'status -w',
    )
    assert.deepEqual([exit, stderr], [1, 'Error from server (Forbidden): cannot watch flinkclusters\n'])
  })

  it('is no check', async () => {
    const { exit, stderr } = await program(world(fakeCluster()), 'status -w --max-age 1h')
    assert.deepEqual(
      [exit, stderr.split('\n')[0]],
      [2, 'error: --max-age is a check, which has an end: it cannot be given with --watch'],
    )
  })
})
