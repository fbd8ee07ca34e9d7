import assert from 'node:assert/strict'
import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { textAt } from '../../../src/domain/fields.ts'
import { isRunning, type Sandbox } from '../../sandbox/sandbox.ts'
import { annotate, jobOf, listed, passes, patch, refusal, story, withSandbox } from './steps.ts'

const gcp2 = { dialect: 'gcp-2' } as const
const v1alpha1 = { dialect: 'gcp-v1alpha1' } as const
const clusterState = (object: Parameters<typeof jobOf>[0]) => textAt(object, 'status', 'state')

const ask = (sandbox: Sandbox, savepointGeneration: number, name = 'orders') =>
  patch(sandbox, name, { spec: { job: { savepointGeneration } } })
const reached = (sandbox: Sandbox, generation: number, name = 'orders') =>
  sandbox.seen(name, object => jobOf(object)['savepointGeneration'] === generation)
const files = (directory: string, name = 'orders') => readdirSync(join(directory, name)).length

describe('the simulated GCP operator that waits inside its loop', function () {
  this.timeout(60_000)

  it('holds up every cluster while it takes one savepoint', () =>
    withSandbox(gcp2, async sandbox => {
      await Promise.all([sandbox.createCluster('orders'), sandbox.createCluster('payments')])
      sandbox.flink('orders').change({ savepointMs: 200 })
      await ask(sandbox, 1)
      while (sandbox.flink('orders').jobs[0]?.checkpoints.length !== 1) await sandbox.cluster('orders')
      await ask(sandbox, 1, 'payments')
      await reached(sandbox, 1, 'payments')
      // The quick one was asked for while the slow one was waited for, and came after it.
      assert.equal(jobOf(await sandbox.cluster('orders'))['savepointGeneration'], 1)
    }))

  it('loses the result of a take whose object changes meanwhile, and takes another', () =>
    withSandbox(gcp2, async (sandbox, directory) => {
      await sandbox.createCluster('orders')
      sandbox.flink('orders').change({ savepointMs: 100 })
      await ask(sandbox, 1)
      while (sandbox.flink('orders').jobs[0]?.checkpoints.length !== 1) await sandbox.cluster('orders')
      await patch(sandbox, 'orders', { metadata: { labels: { a: 'b' } } })
      const done = await reached(sandbox, 1)
      const [second, first] = sandbox.flink('orders').jobs[0]?.checkpoints ?? []
      assert.deepEqual(
        [files(directory), first?.end?.status, jobOf(done)['savepointLocation']],
        [2, 'COMPLETED', second?.end?.status === 'COMPLETED' && second.end.location],
      )
    }))

  it('gives a savepoint up after its limit and begins another at once, and Flink completes both', () =>
    withSandbox({ ...gcp2, savepointLimitMs: 60 }, async (sandbox, directory) => {
      await sandbox.createCluster('orders')
      sandbox.flink('orders').change({ savepointMs: 90 })
      await ask(sandbox, 1)
      while ((sandbox.flink('orders').jobs[0]?.checkpoints.length ?? 0) < 2) await sandbox.cluster('orders')
      sandbox.flink('orders').change({ savepointMs: 5 })
      await reached(sandbox, 1)
      assert.ok(files(directory) >= 2)
    }))

  it('ends at once when it is stopped, also while it waits for a savepoint', () =>
    withSandbox({ ...gcp2, savepointLimitMs: 600_000 }, async sandbox => {
      await sandbox.createCluster('orders')
      sandbox.flink('orders').change({ savepointMs: 600_000 })
      await ask(sandbox, 1)
      while (sandbox.flink('orders').jobs[0]?.checkpoints.length !== 1) await sandbox.cluster('orders')
    }))

  it('takes a savepoint that nobody asked for where savepointGeneration was kept in a new object', () =>
    withSandbox(gcp2, async sandbox => {
      await sandbox.createCluster('orders', { job: { savepointGeneration: 1 } })
      await reached(sandbox, 1)
    }))

  it('takes savepoints by itself: the first at once, the next by its seconds', () =>
    withSandbox({ ...gcp2, secondMs: 10 }, async sandbox => {
      await sandbox.createCluster('orders', { job: { autoSavepointSeconds: 20 } })
      const done = await reached(sandbox, 3)
      assert.deepEqual(Object.keys(jobOf(done)).sort(), [
        'id',
        'lastSavepointTime',
        'lastSavepointTriggerID',
        'name',
        'savepointGeneration',
        'savepointLocation',
        'state',
      ])
    }))

  it('cancels by cancelRequested with a savepoint first, and takes labels ever after', () =>
    withSandbox(gcp2, async sandbox => {
      await sandbox.createCluster('orders')
      await patch(sandbox, 'orders', { spec: { job: { cancelRequested: true } } })
      const stopped = await sandbox.seen('orders', object => clusterState(object) === 'Stopped')
      const { state, savepointGeneration } = jobOf(stopped)
      assert.deepEqual([state, savepointGeneration], ['Cancelled', 1])
      assert.equal(await refusal(patch(sandbox, 'orders', { metadata: { labels: { a: 'b' } } })), '')
    }))

  it('keeps a job running whose cancellation cannot take its savepoint, and goes on trying', () =>
    withSandbox(gcp2, async sandbox => {
      await sandbox.createCluster('orders')
      sandbox.flink('orders').change({ failSavepoints: 'disk full' })
      await patch(sandbox, 'orders', { spec: { job: { cancelRequested: true } } })
      const tries = () => sandbox.flink('orders').jobs[0]?.checkpoints.length ?? 0
      while (tries() < 3) await passes(sandbox, 'orders', 1)
      assert.equal(sandbox.flink('orders').jobs[0]?.state, 'RUNNING')
      sandbox.flink('orders').change({ failSavepoints: '' })
      await sandbox.seen('orders', object => clusterState(object) === 'Stopped')
    }))

  it('on tag -2 calls a job that failed Running for a while, then Succeeded, and removes the cluster', () =>
    withSandbox(gcp2, async sandbox => {
      await sandbox.createCluster('orders', { job: { restartPolicy: 'FromSavepointOnFailure' } })
      await ask(sandbox, 1)
      await reached(sandbox, 1)
      const states = story(
        sandbox,
        'orders',
        object => [jobOf(object)['state'], clusterState(object)],
        object => clusterState(object) === 'Stopped',
      )
      sandbox.flink('orders').change({ failJob: 'java.lang.RuntimeException: boom' })
      assert.deepEqual(await states, [
        ['Running', 'Running'],
        ['Succeeded', 'Stopping'],
        ['Succeeded', 'PartiallyStopped'],
        ['Succeeded', 'Stopped'],
      ])
    }))

  it('in v1alpha1 restarts a failed job from its savepoint, which shows the old id first', () =>
    withSandbox(v1alpha1, async sandbox => {
      await sandbox.createCluster('orders', { job: { restartPolicy: 'FromSavepointOnFailure' } })
      await ask(sandbox, 1)
      const { id: old, savepointLocation } = jobOf(await reached(sandbox, 1))
      const values = story(
        sandbox,
        'orders',
        object => [jobOf(object)['state'], jobOf(object)['id'] === old, jobOf(object)['restartCount']],
        object => isRunning(object) && jobOf(object)['id'] !== old,
      )
      sandbox.flink('orders').change({ failJob: 'java.lang.RuntimeException: boom' })
      assert.deepEqual(await values, [
        ['Running', true, undefined],
        ['Failed', true, undefined],
        ['Running', true, 1],
        ['Running', false, 1],
      ])
      assert.equal(jobOf(await sandbox.cluster('orders'))['fromSavepoint'], savepointLocation)
      assert.deepEqual(
        sandbox.flink('orders').jobs.map(({ state }) => state),
        ['RUNNING', 'FAILED'],
      )
    }))

  it('in v1alpha1 leaves a failed job alone without a savepoint or without the policy', () =>
    withSandbox(v1alpha1, async sandbox => {
      await Promise.all([
        sandbox.createCluster('orders', { job: { restartPolicy: 'FromSavepointOnFailure' } }),
        sandbox.createCluster('payments'),
      ])
      await ask(sandbox, 1, 'payments')
      await reached(sandbox, 1, 'payments')
      for (const name of ['orders', 'payments']) {
        sandbox.flink(name).change({ failJob: 'java.lang.RuntimeException: boom' })
        await sandbox.seen(name, object => jobOf(object)['state'] === 'Failed')
        await passes(sandbox, name, 3)
        assert.equal(jobOf(await sandbox.cluster(name))['state'], 'Failed')
      }
    }))

  it('words its refusals as the real webhook does, and looks at no annotation', () =>
    withSandbox(v1alpha1, async sandbox => {
      await sandbox.createCluster('orders')
      const no = async (job: object) =>
        (await refusal(patch(sandbox, 'orders', { spec: { job } }))).replace(/.*denied the request: /, '')
      assert.deepEqual(
        [
          await refusal(ask(sandbox, 2)),
          await no({ savepointGeneration: 1, parallelism: 2 }),
          await no({ fromSavepoint: 'file:/x' }),
          await no({ cancelRequested: true, parallelism: 2 }),
          await refusal(annotate(sandbox, 'orders', 'nonsense')),
        ],
        [
          'Error from server (you can only update savepointGeneration to 1): admission webhook "vflinkcluster.flinkoperator.k8s.io" denied the request: you can only update savepointGeneration to 1',
          'the cluster properties are immutable',
          'the cluster properties are immutable',
          'the cluster properties are immutable',
          '',
        ],
      )
    }))

  it('writes Events of states alone, and keeps no ControllerRevisions', () =>
    withSandbox(v1alpha1, async sandbox => {
      await sandbox.createCluster('orders')
      await ask(sandbox, 1)
      await reached(sandbox, 1)
      const events = await listed(sandbox, '/api/v1', 'events')
      assert.deepEqual(
        [
          new Set(events.map(event => event['reason'])),
          await listed(sandbox, '/apis/apps/v1', 'controllerrevisions'),
        ],
        [new Set(['StatusUpdate']), []],
      )
      assert.ok(events.some(event => event['message'] === 'JobManager deployment status: NotReady'))
    }))
})
