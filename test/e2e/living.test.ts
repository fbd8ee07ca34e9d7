import assert from 'node:assert/strict'
import { readdir } from 'node:fs/promises'
import { after, before, describe, it } from 'mocha'
import { eventually } from './conditions.ts'
import type { CountingCluster } from './counting.ts'
import { runCountingJob, untilIdle } from './flink-clusters.ts'
import { assertCountedOn, assertKept, assertResumed, type Plugin, pluginOn, proven } from './kept.ts'
import type { Stoppable } from './parts.ts'
import { type FlinkStack, startFlinkStack } from './stack.ts'

describe('living with savepoints on a real control plane, with real Flink under the Spotify operator', () => {
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

  it('an automatic savepoint is in status and history, and a failed job restarts from what status named', async () => {
    const before = await savepointTime('orders')
    await eventually('a savepoint is taken by itself', async () =>
      (await savepointTime('orders')) === before ? undefined : true,
    )
    await untilIdle(stack, 'orders')
    const { restartPoint, lastSavepoint, automatic } = await plugin.document('status', 'flinkcluster/orders')
    const { location } = restartPoint
    assert.deepEqual(
      [automatic.everySeconds, lastSavepoint.trigger, lastSavepoint.location],
      [15, 'scheduled', location],
    )
    const [newest] = (await plugin.document('history', 'flinkcluster/orders')).items
    assert.deepEqual([newest.location, newest.trigger, newest.restartPoint], [location, 'scheduled', true])

    const counted = await orders.job.count()
    const { from } = await orders.restartedBy(() => orders.fail())
    assert.ok(from > 0 && from <= counted, `${counted} were counted, and it goes on from ${from}`)
    await eventually('status shows what it was started from', async () => {
      const { state, origin } = await plugin.document('status', 'flinkcluster/orders')
      return state === 'Running' && origin?.location === location ? true : undefined
    })
    const { items } = await plugin.document('history', 'flinkcluster/orders')
    assert.equal(items.find((row: Row) => row.location === location).origin, true)
  })

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

  const object = (name: string) =>
    stack.controlPlane.api.get(`/apis/flinkoperator.k8s.io/v1beta1/namespaces/default/flinkclusters/${name}`)

  async function savepointTime(name: string): Promise<string | undefined> {
    return (await object(name))['status'].components.job.savepointTime
  }
})

interface Row {
  readonly job: { readonly name: string }
  readonly state: string
  readonly name?: string
  readonly location?: string
}
