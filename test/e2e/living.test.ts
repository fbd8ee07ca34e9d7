import assert from 'node:assert/strict'
import { readdir } from 'node:fs/promises'
import { after, before, describe, it } from 'mocha'
import { eventually } from './conditions.ts'
import { type CountingCluster, runCountingJob, untilIdle } from './flink-clusters.ts'
import type { Stoppable } from './parts.ts'
import { type FlinkStack, startFlinkStack } from './stack.ts'

describe('living with savepoints on a real control plane, with real Flink under the Spotify operator', () => {
  let stack: FlinkStack & Stoppable
  let orders: CountingCluster
  let payments: CountingCluster

  before(async () => {
    stack = await startFlinkStack({ dialect: 'spotify' })
    ;[orders, payments] = await Promise.all([
      runCountingJob(stack, 'orders'),
      runCountingJob(stack, 'payments'),
    ])
  })
  after(() => stack?.stop())

  /** What a command that goes well prints. */
  async function printed(...words: string[]): Promise<string> {
    const { code, stdout, stderr } = await stack.kubectl(['flinksp', ...words])
    assert.equal(code, 0, stderr)
    return stdout
  }

  const printedJson = async (...words: string[]) => JSON.parse(await printed(...words, '-o', 'json'))

  it('take --all takes a savepoint of each job, with the number it has counted', async () => {
    const { items } = await printedJson('take', '--all', '--yes', '--name', 'first')
    assert.deepEqual(
      items.map(({ job, state, name }: Row) => ({ job: job.name, state, name })),
      ['orders', 'payments'].map(job => ({ job, state: 'Completed', name: 'first' })),
    )
    for (const { location } of items) assert.deepEqual(await readdir(new URL(location)), ['_metadata'])
  })

  it('auto after a restore keeps what was counted since', async () => {
    await printed('restore', 'flinkcluster/orders', 'name:first', '--yes', '--safety-savepoint=false')
    const first = await orders.restored(2)
    const counted = await orders.job.countedOn(50)
    const { everySeconds } = await printedJson('auto', 'flinkcluster/orders', '--every', '15s', '--yes')
    assert.equal(everySeconds, 15)
    const kept = await orders.restored(3)
    assert.ok(kept >= counted && counted > first, `${counted} were counted, and it goes on at ${kept}`)
    assert.equal((await object('orders'))['spec'].job.fromSavepoint, undefined)
  })

  it('an automatic savepoint is in status and history, and a failed job restarts from what status named', async () => {
    const before = await savepointTime('orders')
    await eventually('a savepoint is taken by itself', async () =>
      (await savepointTime('orders')) === before ? undefined : true,
    )
    await untilIdle(stack, 'orders')
    const status = await printedJson('status', 'flinkcluster/orders')
    const counted = await orders.job.count()
    const { restartPoint, lastSavepoint, automatic } = status
    assert.deepEqual(
      [automatic.everySeconds, lastSavepoint.trigger, lastSavepoint.location],
      [15, 'scheduled', restartPoint.location],
    )
    const [newest] = (await printedJson('history', 'flinkcluster/orders')).items
    assert.deepEqual(
      [newest.location, newest.trigger, newest.restartPoint],
      [restartPoint.location, 'scheduled', true],
    )

    await orders.fail()
    const restored = await orders.restored(4)
    assert.ok(restored > 0 && restored <= counted, `${counted} were counted, and it goes on at ${restored}`)
    await eventually('status shows where it was started from', async () => {
      const { state, origin } = await printedJson('status', 'flinkcluster/orders')
      return state === 'Running' && origin?.location === restartPoint.location ? true : undefined
    })
    const { items } = await printedJson('history', 'flinkcluster/orders')
    const { origin } = items.find((row: Row) => row.location === restartPoint.location)
    assert.equal(origin, true)
  })

  it('resume keeps what the job had counted when it was stopped', async () => {
    const counted = await payments.job.countedOn(20)
    const stopped = await printedJson('stop', 'flinkcluster/payments', '--yes')
    assert.deepEqual(await readdir(new URL(stopped.location)), ['_metadata'])
    const { proof, savepoint } = await printedJson('resume', 'flinkcluster/payments', '--yes')
    assert.deepEqual([savepoint.location, proof], [stopped.location, { operator: true, rest: true }])
    const kept = await payments.restored(2)
    assert.ok(kept >= counted, `${counted} were counted, and it goes on at ${kept}`)
  })

  it('a job is created anew with what it had counted, and taken back to before', async () => {
    const restored = await printedJson(
      'restore',
      'flinkcluster/payments',
      'name:first',
      '--recreate',
      '--yes',
    )
    const { uid } = (await object('payments')).metadata
    assert.deepEqual(
      [restored.state, restored.way, restored.proof, restored.job.uid],
      ['Restored', 'recreate', { operator: true, rest: true }, uid],
    )
    const first = await payments.restored(3)
    const counted = await payments.job.countedOn(20)
    const undone = await printedJson('restore', 'flinkcluster/payments', '--undo', '--yes')
    assert.deepEqual(
      [undone.state, undone.savepoint.location, undone.proof],
      ['Restored', restored.safetySavepoint.location, { operator: true, rest: true }],
    )
    const kept = await payments.restored(4)
    assert.ok(first < kept, `${first}, ${counted}, ${kept}`)
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
