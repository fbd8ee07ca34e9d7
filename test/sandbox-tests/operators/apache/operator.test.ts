import assert from 'node:assert/strict'
import { existsSync } from 'node:fs'
import { type Fields, fieldsAt, listAt, textAt } from '../../../../src/domain/fields.ts'
import { kindPath } from '../../../sandbox/operators/apache/kinds.ts'
import { isRunning, type Sandbox } from '../../../sandbox/sandbox.ts'
import { listed, passes, patch, withSandbox } from '../steps.ts'

const apache15 = { dialect: 'apache-1.15' } as const
const apache7 = { dialect: 'apache-1.7' } as const
const session = { dialect: 'apache-1.15-session' } as const

const jobStatusOf = (object: Fields) => fieldsAt(object, 'status', 'jobStatus')
const infoOf = (object: Fields) => fieldsAt(jobStatusOf(object), 'savepointInfo')
const lifecycleOf = (object: Fields) => textAt(object, 'status', 'lifecycleState')
const change = (sandbox: Sandbox, job: Fields) => patch(sandbox, 'orders', { spec: { job } })

const snapshots = kindPath('FlinkStateSnapshot', 'default')

/** Creates a FlinkStateSnapshot of `orders` and gives it once it meets the condition. */
async function snapshot(sandbox: Sandbox, name: string, state: string, more: Fields = {}): Promise<Fields> {
  const { kind } = await sandbox.cluster('orders')
  const spec = { backoffLimit: 0, jobReference: { kind, name: 'orders' }, savepoint: {}, ...more }
  const metadata = { name, namespace: 'default' }
  const { apiVersion } = await sandbox.cluster('orders')
  await sandbox.api.create(snapshots, { apiVersion, kind: 'FlinkStateSnapshot', metadata, spec })
  return until(sandbox, name, object => textAt(object, 'status', 'state') === state)
}

async function until(
  sandbox: Sandbox,
  name: string,
  condition: (object: Fields) => boolean,
): Promise<Fields> {
  for (;;) {
    const object = await sandbox.api.get(`${snapshots}/${name}`)
    if (condition(object)) return object
    await passes(sandbox, 'orders', 1)
  }
}

const left = async (sandbox: Sandbox) =>
  listAt(await sandbox.api.get(snapshots), 'items').map(one => textAt(one, 'metadata', 'name'))

describe('the simulated Apache operator', function () {
  this.timeout(60_000)

  it('deletes the savepoint with a snapshot that does not say otherwise, and waits for ever where the job does not run', () =>
    withSandbox(apache15, async sandbox => {
      await sandbox.createCluster('orders')
      const first = await snapshot(sandbox, 'first', 'COMPLETED')
      const path = String(textAt(first, 'status', 'path')).replace(/^file:/, '')
      assert.ok(existsSync(path))
      await sandbox.api.delete(`${snapshots}/first`)
      while ((await left(sandbox)).length > 0) await passes(sandbox, 'orders', 1)
      assert.ok(!existsSync(path))
      await snapshot(sandbox, 'second', 'COMPLETED')
      await change(sandbox, { state: 'suspended' })
      await sandbox.seen('orders', object => lifecycleOf(object) === 'SUSPENDED')
      await sandbox.api.delete(`${snapshots}/second`)
      await passes(sandbox, 'orders', 3)
      assert.ok((await left(sandbox)).includes('second'))
      await sandbox.api.patch(`${snapshots}/second`, { spec: { savepoint: { disposeOnDelete: false } } })
      while ((await left(sandbox)).includes('second')) await passes(sandbox, 'orders', 1)
    }))

  it('never ends a snapshot that is deleted while it is in progress and would delete its data', () =>
    withSandbox(apache15, async sandbox => {
      await sandbox.createCluster('orders')
      sandbox.flink('orders').change({ savepointMs: 300 })
      await snapshot(sandbox, 'slow', 'IN_PROGRESS')
      await sandbox.api.delete(`${snapshots}/slow`)
      while (!sandbox.flink('orders').jobs[0]?.checkpoints[0]?.end) await passes(sandbox, 'orders', 1)
      await passes(sandbox, 'orders', 3)
      const slow = await sandbox.api.get(`${snapshots}/slow`)
      assert.equal(textAt(slow, 'status', 'state'), 'IN_PROGRESS')
    }))

  it('takes savepoints by its clock: as objects, or in status before there were any', async () => {
    const flinkConfiguration = { 'kubernetes.operator.periodic.savepoint.interval': '10 s' }
    await withSandbox({ ...apache15, secondMs: 10 }, async sandbox => {
      await sandbox.createCluster('orders', { spec: { flinkConfiguration } })
      while ((await left(sandbox)).length < 2) await passes(sandbox, 'orders', 1)
      assert.ok((await left(sandbox)).every(name => /^orders-savepoint-periodic-\d+$/.test(name ?? '')))
    })
    await withSandbox({ ...apache7, secondMs: 10 }, async sandbox => {
      await sandbox.createCluster('orders', { spec: { flinkConfiguration } })
      const kept = (object: Fields) => listAt(infoOf(object), 'savepointHistory')
      const after = await sandbox.seen('orders', object => kept(object).length >= 2)
      assert.deepEqual(
        kept(after).map(({ triggerType }) => triggerType),
        ['PERIODIC', 'PERIODIC'],
      )
    })
  })

  it('runs session jobs in their session cluster, under a new id after each suspend, and loses the state of one that is redeployed from nowhere', () =>
    withSandbox(session, async sandbox => {
      const { jobId } = jobStatusOf(await sandbox.createCluster('orders'))
      await change(sandbox, { state: 'suspended' })
      const stopped = await sandbox.seen('orders', object => lifecycleOf(object) === 'SUSPENDED')
      const { upgradeSavepointPath } = jobStatusOf(stopped)
      await change(sandbox, { state: 'running' })
      const resumed = await sandbox.seen('orders', isRunning)
      assert.notEqual(jobStatusOf(resumed)['jobId'], jobId)
      const [running] = sandbox.flink('orders').jobs
      assert.equal(running?.restored?.location, upgradeSavepointPath)
      await change(sandbox, { savepointRedeployNonce: 1 })
      await sandbox.seen(
        'orders',
        object => isRunning(object) && jobStatusOf(object)['jobId'] !== jobStatusOf(resumed)['jobId'],
      )
      assert.equal(sandbox.flink('orders').jobs[0]?.restored, undefined)
    }))

  it('refuses to redeploy a FlinkDeployment from nowhere, and goes on with the spec of before', () =>
    withSandbox(apache15, async sandbox => {
      const { jobId } = jobStatusOf(await sandbox.createCluster('orders'))
      await change(sandbox, { savepointRedeployNonce: 1 })
      const refused = await sandbox.seen('orders', object =>
        Boolean(textAt(object, 'status', 'error')?.includes('InitialSavepointPath must not be empty')),
      )
      assert.deepEqual([isRunning(refused), jobStatusOf(refused)['jobId']], [true, jobId])
    }))

  it('goes back by itself to the savepoint of its deployment where the JobManager dies', () =>
    withSandbox(apache15, async sandbox => {
      await sandbox.createCluster('orders')
      await change(sandbox, { state: 'suspended' })
      await sandbox.seen('orders', object => lifecycleOf(object) === 'SUSPENDED')
      await change(sandbox, { state: 'running' })
      const { upgradeSavepointPath } = jobStatusOf(await sandbox.seen('orders', isRunning))
      await snapshot(sandbox, 'newer', 'COMPLETED')
      const before = sandbox.flink('orders')
      before.change({ die: true })
      while (!again(sandbox, before)) await passes(sandbox, 'orders', 1)
      assert.equal(sandbox.flink('orders').jobs[0]?.restored?.location, upgradeSavepointPath)
    }))

  it('leaves nothing of a FlinkDeployment that is deleted but its snapshots and Events', () =>
    withSandbox(apache15, async sandbox => {
      await sandbox.createCluster('orders')
      await snapshot(sandbox, 'kept', 'COMPLETED')
      await sandbox.api.delete(sandbox.path('orders'))
      const pods = () => listed(sandbox, '/api/v1', 'pods')
      while ((await pods()).length > 0) await new Promise(resolve => setTimeout(resolve, 20))
      assert.deepEqual(await left(sandbox), ['kept'])
      assert.ok((await listed(sandbox, '/api/v1', 'events')).length > 0)
    }))
})

/** Is there another JobManager? */
function again(sandbox: Sandbox, before: ReturnType<Sandbox['flink']>): boolean {
  try {
    return sandbox.flink('orders') !== before
  } catch {
    return false
  }
}
