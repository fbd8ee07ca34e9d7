import assert from 'node:assert/strict'
import { jobState, savepointState, valueAt } from '../facts.ts'
import { notThere, restored, sticky, taken } from '../restoring.ts'
import type { Scenario } from '../scenario.ts'
import { ends, printedOrders } from '../screens.ts'

export const restoreEndings: readonly Scenario[] = [
  {
    title:
      'a path that is not there is refused; unlooked at it is a failure, with the cause of Flink and what was changed',
    play: async stage => {
      await taken(stage)
      const { run, object } = stage
      const target = 'file:DIR/orders/gone'
      const line = `restore orders ${target} --yes --allow-unknown-location --safety-savepoint=false`
      const { exit, stderr } = await run(line)
      assert.deepEqual([exit, stderr.split('\n')[0]], [1, notThere(target)])
      assert.equal(valueAt(await object(), 'spec.job.fromSavepoint'), undefined)
      const missing = `Cannot find checkpoint or savepoint file/directory 'file:DIR/orders/gone' on file system 'file'.`
      assert.deepEqual(
        await run(`${line} --verify=false`),
        ends(3, {
          err: [
            `error: flinkcluster/orders was not restored from ${target}: ${missing}`,
            `changed: spec.job.fromSavepoint is ${target}, allowNonRestoredState false`,
            'the restart point before was file:DIR/orders/SAVEPOINT-1',
            'to look: kubectl get flinkcluster/orders -n NAMESPACE -o yaml',
          ],
        }),
      )
      assert.deepEqual(await run('restore orders latest --yes --verify=false'), restored(1, sticky))
    },
  },
  {
    title: 'a safety savepoint that fails ends the restore before anything is changed',
    play: async stage => {
      await taken(stage)
      const { run, flink, object } = stage
      flink().change({ failSavepoints: 'disk full' })
      assert.deepEqual(
        await run('restore orders latest --yes'),
        ends(3, {
          err: [
            'error: nothing was changed: the savepoint of flinkcluster/orders failed: disk full',
            'to restore without it: --safety-savepoint=false',
          ],
        }),
      )
      assert.equal(valueAt(await object(), 'spec.job.fromSavepoint'), undefined)
      const { exit, stdout } = await run(
        'restore orders latest --yes -o jsonpath={.state}={.safetySavepoint.state}',
      )
      assert.deepEqual({ exit, stdout }, { exit: 3, stdout: 'Unchanged=Failed' })
    },
  },
  {
    title: 'a restore that failing savepoints block says so, and goes on by itself after a repair',
    on: 'gcp-9',
    operating: { retryMs: 300 },
    play: async ({ job, run, flink, seen }) => {
      await job()
      assert.equal((await run('take orders --via rest --target-directory file:DIR/orders')).exit, 0)
      flink().change({ failSavepoints: 'disk full' })
      const blocked =
        'the operator insists on a savepoint first, and it fails: the restore waits for one that succeeds, and goes on by itself then'
      assert.deepEqual(
        await run('restore orders latest --yes --safety-savepoint=false --timeout 2s'),
        ends(4, {
          err: [
            blocked,
            'error: timed out waiting for flinkcluster/orders to be restored from file:DIR/orders/SAVEPOINT-1; it may still complete',
            blocked,
            'changed: spec.job.fromSavepoint is file:DIR/orders/SAVEPOINT-1, allowNonRestoredState false',
            'to look: kubectl get flinkcluster/orders -n NAMESPACE -o yaml',
          ],
        }),
      )
      flink().change({ failSavepoints: '' })
      await seen(
        now =>
          jobState(now) === 'Running' && valueAt(now, 'status.components.job.fromSavepoint') !== undefined,
      )
    },
  },
  {
    title: 'a submission that the operator repeats without end is a failure',
    on: 'gcp-9',
    play: async stage => {
      const { job, run } = stage
      await job('orders', { job: { restartPolicy: 'FromSavepointOnFailure' } })
      assert.equal((await run('take orders')).exit, 0)
      const { exit, stdout, stderr } = await run(
        'restore orders file:DIR/orders/gone --yes --allow-unknown-location --safety-savepoint=false --verify=false --timeout 30s',
      )
      assert.deepEqual({ exit, stdout }, { exit: 3, stdout: '' })
      assert.match(stderr, /^error: flinkcluster\/orders was not restored from file:DIR\/orders\/gone: /m)
      assert.match(stderr, /^changed: spec\.job\.fromSavepoint is file:DIR\/orders\/gone/m)
    },
  },
  {
    title: '--wait=false ends once the patch is written',
    play: async stage => {
      await taken(stage)
      assert.deepEqual(
        await stage.run('restore orders latest --yes --safety-savepoint=false --wait=false'),
        ends(0, {
          out: [`${printedOrders} restore from file:DIR/orders/SAVEPOINT-1 requested`],
          err: [sticky],
        }),
      )
      await stage.seen(
        now =>
          valueAt(now, 'status.components.job.fromSavepoint') !== undefined && jobState(now) === 'Running',
      )
    },
  },
  {
    title: 'Ctrl-C during a restore says what was changed',
    play: async stage => {
      await taken(stage)
      const { operator, launch, seen, screen } = stage
      operator.pause()
      const restoring = await launch('restore orders latest --yes --safety-savepoint=false')
      await seen(now => valueAt(now, 'spec.job.fromSavepoint') !== undefined)
      restoring.interrupt()
      assert.deepEqual(
        screen.screen(await restoring.ended),
        ends(130, {
          err: [
            'error: interrupted; the restore of flinkcluster/orders goes on',
            'changed: spec.job.fromSavepoint is file:DIR/orders/SAVEPOINT-1, allowNonRestoredState false',
            'to look: kubectl get flinkcluster/orders -n NAMESPACE -o yaml',
          ],
        }),
      )
      assert.equal(savepointState(await stage.object()), 'Succeeded')
    },
  },
]
