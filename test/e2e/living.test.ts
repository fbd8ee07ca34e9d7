import assert from 'node:assert/strict'
import { readdir } from 'node:fs/promises'
import { after, before, describe, it } from 'mocha'
import { eventually } from './conditions.ts'
import type { CountingCluster } from './counting.ts'
import { runCountingJob } from './flink-clusters.ts'
import {
  assertCountedOn,
  assertKept,
  assertRestartedAsNamed,
  assertResumed,
  type Plugin,
  pluginOn,
  proven,
} from './kept.ts'
import type { Stoppable } from './parts.ts'
import { type FlinkStack, startFlinkStack } from './stack.ts'

describe('living with savepoints on a real control plane, with real Flink under the Spotify operator', function () {
  // Two or three restarts of real Flink each.
  this.timeout(240_000)
  let stack: FlinkStack & Stoppable
  let orders: CountingCluster
  let payments: CountingCluster
  let plugin: Plugin

  before(async () => {
    stack = await startFlinkStack({ dialect: 'spotify' })
    plugin = pluginOn(stack)
    ;[orders, payments] = await Promise.all([
      runCountingJob(stack, 'orders'),
      runCountingJob(stack, 'payments'),
    ])
  })
  after(() => stack?.stop())

  it('take --all takes a savepoint of each job', async () => {
    const { items } = await plugin.document('take', '--all', '--yes', '--name', 'first')
    assert.deepEqual(
      items.map(({ job, state, name }: Row) => ({ job: job.name, state, name })),
      ['orders', 'payments'].map(job => ({ job, state: 'Completed', name: 'first' })),
    )
    for (const { location } of items) assert.deepEqual(await readdir(new URL(location)), ['_metadata'])
  })

  it('auto after a restore keeps what was counted since', async () => {
    await assertCountedOn(plugin, orders, 'name:first')
    assert.equal((await object('orders'))['spec'].job.fromSavepoint, undefined)
  })

  it('an automatic savepoint is in status and history, and a failed job restarts from what status named', () =>
    assertRestartedAsNamed(plugin, orders))

  it('resume keeps what the job had counted when it was stopped', () => assertResumed(plugin, payments))

  it('a job is created anew from a savepoint, and taken back to what it had counted before', async () => {
    const counted = await payments.job.countedOn(20)
    const recreated = await payments.restartedBy(() =>
      plugin.document('restore', 'flinkcluster/payments', 'name:first', '--recreate', '--yes'),
    )
    const { state, way, proof, job, safetySavepoint } = recreated.result
    const { uid } = (await object('payments')).metadata
    assert.deepEqual([state, way, proof, job.uid], ['Restored', 'recreate', proven, uid])
    assert.ok(recreated.from < counted, `${counted} were counted, and it goes on from ${recreated.from}`)
    const undone = await payments.restartedBy(() =>
      plugin.document('restore', 'flinkcluster/payments', '--undo', '--yes'),
    )
    assert.deepEqual(
      [undone.result.state, undone.result.savepoint.location, undone.result.proof],
      ['Restored', safetySavepoint.location, proven],
    )
    assertKept(undone.from, counted)
  })

  it('a drained job ends with a savepoint by Flink itself, and goes on from it', () =>
    assertResumed(plugin, payments, '--drain'))

  it('a JobManager that is killed in the middle of a savepoint fails the take, which says so', async () => {
    await payments.snapshots('slow 12000')
    const taking = await stack.launch(['flinksp', 'take', payments.shown, '--via', 'annotation'])
    await eventually('the savepoint is in progress', async () =>
      (await object('payments'))['status'].savepoint?.state === 'InProgress' ? true : undefined,
    )
    stack.kubelet.killJobManager('default', 'payments')
    const { code, stdout, stderr } = await taking.ended
    assert.deepEqual([code, stdout], [3, ''], stderr)
    assert.match(
      stderr,
      /^error: the savepoint of flinkcluster\/payments failed: .+\ncause not available because .+\nFlink may have completed it all the same: look into .+\n$/,
    )
  })

  const object = (name: string) =>
    stack.controlPlane.api.get(`/apis/flinkoperator.k8s.io/v1beta1/namespaces/default/flinkclusters/${name}`)
})

interface Row {
  readonly job: { readonly name: string }
  readonly state: string
  readonly name?: string
}
