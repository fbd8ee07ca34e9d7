import assert from 'node:assert/strict'
import { valueAt } from '../facts.ts'
import type { Scenario } from '../scenario.ts'
import { printedOrders } from '../screens.ts'
import type { Stage } from '../stage.ts'

const deployments = ['apache-1.15', 'apache-1.7'] as const

const nonce = async ({ object }: Stage) => valueAt(await object(), 'spec.job.savepointTriggerNonce')

export const apacheNonces: readonly Scenario[] = [
  {
    title: 'a nonce whose savepoint fails is put back: the operator would try it without end',
    on: 'apache-1.7',
    because: 'savepointTriggerNonce is the way of the Apache operator up to 1.9',
    play: async stage => {
      const { job, run, flink, seen } = stage
      await job()
      assert.equal((await run('take orders')).exit, 0)
      flink().change({ failSavepoints: 'uncreatable directory' })
      const { exit, stdout, stderr } = await run('take orders')
      assert.deepEqual(
        { exit, stdout, stderr },
        {
          exit: 3,
          stdout: '',
          stderr:
            'savepointTriggerNonce 2 of flinkcluster/orders is taken back: the operator does not try it again\n' +
            'error: the savepoint of flinkcluster/orders failed: Failed to create savepoint directory at file:DIR/orders\n',
        },
      )
      assert.equal(await nonce(stage), 1)
      const idle = (now: Parameters<typeof valueAt>[0]) =>
        valueAt(now, 'status.jobStatus.savepointInfo.triggerId') === undefined
      await seen(idle)
      const tried = flink().jobs[0]?.checkpoints.length
      assert.ok(Number(tried) >= 2)
    },
  },
  {
    title: 'Ctrl-C before the operator looks at a nonce puts it back',
    on: 'apache-1.7',
    because: 'savepointTriggerNonce is the way of the Apache operator up to 1.9',
    play: async stage => {
      const { job, operator, launch, seen, screen } = stage
      await job()
      await operator.pause()
      const taking = await launch('take orders')
      await seen(now => valueAt(now, 'spec.job.savepointTriggerNonce') === 1)
      taking.interrupt()
      assert.deepEqual(screen.screen(await taking.ended), {
        exit: 130,
        stdout: '',
        stderr:
          'savepointTriggerNonce 1 of flinkcluster/orders is taken back: the operator does not try it again\n' +
          'error: interrupted while waiting for the operator to look at the request for a savepoint of flinkcluster/orders, which is taken back\n',
      })
      assert.equal(await nonce(stage), undefined)
    },
  },
  {
    title: 'a stopped job is left without a nonce that would be carried out once it runs again',
    on: deployments,
    because: 'a nonce is of the Apache operator; a session job has the same reader of it',
    play: async stage => {
      const { job, run } = stage
      await job()
      assert.equal((await run('stop orders --yes')).exit, 0)
      assert.equal((await run('take orders --via nonce')).exit, 1)
      assert.equal(await nonce(stage), undefined)
    },
  },
  {
    title: 'one savepoint comes of two nonces: it is that of the take that began it',
    on: 'apache-1.7',
    because: 'savepointTriggerNonce is the way of the Apache operator up to 1.9',
    play: async stage => {
      const { job, launch, patch, flink, seen, screen } = stage
      await job()
      flink().change({ savepointMs: 1500 })
      const taking = await launch('take orders')
      await seen(now => valueAt(now, 'status.jobStatus.savepointInfo.triggerId') !== undefined)
      await patch({ spec: { job: { savepointTriggerNonce: 77 } } })
      const { exit, stdout, stderr } = screen.screen(await taking.ended)
      // By its trigger id it is ours, whomever the operator credits it to.
      assert.deepEqual(
        { exit, stdout, stderr },
        {
          exit: 0,
          stdout: `${printedOrders} savepoint completed: file:DIR/orders/SAVEPOINT-1\n`,
          stderr: '',
        },
      )
      await seen(now => valueAt(now, 'status.jobStatus.savepointInfo.lastSavepoint.triggerNonce') === 77)
      assert.equal(flink().jobs[0]?.checkpoints.length, 1)
    },
  },
  {
    title: 'a stop that cannot save leaves the job running and says why; it is taken back as it says',
    on: deployments,
    slow: true,
    because: 'suspending is of the Apache operator, and goes the same way for a session job',
    play: async stage => {
      const { job, run, flink, object, seen, patch } = stage
      await job()
      flink().change({ failSavepoints: 'uncreatable directory' })
      const { exit, stderr } = await run('stop orders --yes --timeout 3s')
      assert.equal(exit, 4, stderr)
      assert.match(stderr, /IO-problem detected|Failed to create savepoint directory/)
      assert.equal(valueAt(await object(), 'status.jobStatus.state'), 'RUNNING')
      await patch({ spec: { job: { state: 'running' } } })
      // The directory stays spoilt: a pass that has read the old spec would suspend the job after a repair.
      await seen(now => valueAt(now, 'status.error') === undefined)
      assert.equal(flink().jobs[0]?.state, 'RUNNING')
    },
  },
  {
    title:
      'the restore of releases before 1.8 is by deletion and creation, and says so where that was not asked for',
    on: 'apache-1.7',
    because: 'only up to 1.7 the Apache operator starts no job that exists from another savepoint',
    play: async stage => {
      const { job, run } = stage
      await job()
      assert.equal((await run('take orders')).exit, 0)
      const { exit, stdout, stderr } = await run('restore orders latest --yes')
      assert.deepEqual(
        { exit, stdout, stderr },
        {
          exit: 1,
          stdout: '',
          stderr:
            'error: cannot restore flinkcluster/orders from file:DIR/orders/SAVEPOINT-1: its operator (up to 1.7) starts no job that exists from another savepoint: it has to be deleted and created again\n' +
            'delete it and create it again: kubectl flinksp restore flinkcluster/orders file:DIR/orders/SAVEPOINT-1 -n NAMESPACE --recreate\n',
        },
      )
    },
  },
]
