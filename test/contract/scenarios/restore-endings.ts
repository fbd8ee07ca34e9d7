import assert from 'node:assert/strict'
import { isRunning } from '../../sandbox/jobs.ts'
import { isApache } from '../../sandbox/operators/dialects.ts'
import { at, recreating } from '../any-kind.ts'
import { jobState, valueAt } from '../facts.ts'
import { notThere, restored, taken } from '../restoring.ts'
import { everyKind, restoringInPlace, type Scenario } from '../scenario.ts'
import { ends, printedOrders } from '../screens.ts'
import type { Stage } from '../stage.ts'
import { restoredFrom } from '../stopping.ts'
import { wordsOf } from '../words.ts'

/** Of a path that is not there; where a pod only starts again and again, nobody says more. */
const causeOf = ({ dialect }: Stage, target: string) =>
  isApache(dialect)
    ? 'back-off AGE restarting failed container=flink-main-container'
    : `Cannot find checkpoint or savepoint file/directory '${target}' on file system 'file'.`

export const restoreEndings: readonly Scenario[] = [
  {
    title:
      'a path that is not there is refused; unlooked at it is a failure, with the cause and what was changed',
    // Of a session job it is a time-out: the operator submits it again and again.
    on: ['gcp-9', 'spotify', 'apache-1.15'],
    because:
      'a session job that does not start shows in its session cluster, and up to 1.7 it takes a recreation',
    play: async stage => {
      await taken(stage)
      const { run, dialect, object } = stage
      const target = 'file:DIR/orders/gone'
      const { restoreChanged, fromField } = wordsOf(stage)
      const line = `restore orders ${target} --yes --allow-unknown-location --safety-savepoint=false`
      const refused = await run(line)
      assert.deepEqual([refused.exit, refused.stderr.split('\n')[0]], [1, notThere(target)])
      assert.equal(valueAt(await object(), fromField), undefined)
      const { exit, stdout, stderr } = await run(`${line} --verify=false --timeout 30s`)
      const cause = causeOf(stage, target)
      assert.deepEqual(
        [
          exit,
          stdout,
          stderr
            .replace(/\[flink-main-container\] (.*) pod=.*/, '$1')
            .trimEnd()
            .split('\n'),
        ],
        [
          3,
          '',
          [
            `error: flinkcluster/orders was not restored from ${target}: ${cause}`,
            ...(isApache(dialect)
              ? ["its JobManager's log may say more: kubectl logs -n NAMESPACE deployment/orders"]
              : []),
            restoreChanged(target),
            // From 1.10 on the Apache operator has none that was not asked for by itself.
            ...(isApache(dialect) ? [] : [`the restart point before was ${at(1)}`]),
            'to look: kubectl get flinkcluster/orders -n NAMESPACE -o yaml',
          ],
        ],
      )
      assert.deepEqual(
        await run('restore orders latest --yes --verify=false --safety-savepoint=false'),
        restored(stage, 1),
      )
    },
  },
  {
    title: 'a safety savepoint that fails ends the restore before anything is changed',
    on: everyKind,
    play: async stage => {
      await taken(stage)
      const { run, flink, object } = stage
      const before = valueAt(await object(), 'metadata.uid')
      flink().change({ failSavepoints: 'disk full' })
      const latest = `restore orders latest --yes${recreating(stage)}`
      const { exit, stdout, stderr } = await run(latest)
      assert.deepEqual(
        [exit, stdout, stderr.trimEnd().split('\n').slice(-2)],
        [
          3,
          '',
          [
            'error: nothing was changed: the savepoint of flinkcluster/orders failed: disk full',
            'to restore without it: --safety-savepoint=false',
          ],
        ],
      )
      const after = await object()
      assert.deepEqual(
        [valueAt(after, wordsOf(stage).fromField), valueAt(after, 'metadata.uid')],
        [undefined, before],
      )
      const again = await run(`${latest} -o jsonpath={.state}={.safetySavepoint.state}`)
      assert.deepEqual([again.exit, again.stdout], [3, 'Unchanged=Failed'])
    },
  },
  {
    title: 'a restore that failing savepoints block says so, and goes on by itself after a repair',
    on: 'gcp-9',
    operating: { retryMs: 300 },
    because: "only GCP's operator takes a savepoint of its own for an update",
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
    because: "a submission that is repeated without end is GCP's own",
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
    on: restoringInPlace,
    because: 'up to 1.7 the Apache operator starts no job that exists from another savepoint',
    play: async stage => {
      await taken(stage)
      const { run, seen, object } = stage
      const { sticky, startOf } = wordsOf(stage)
      const before = startOf(await object())
      assert.deepEqual(
        await run('restore orders latest --yes --safety-savepoint=false --wait=false'),
        ends(0, { out: [`${printedOrders} restore from ${at(1)} requested`], err: sticky(1) }),
      )
      await seen(now => isRunning(now) && startOf(now) !== before)
      assert.equal(restoredFrom(stage), at(1))
    },
  },
  {
    title: 'Ctrl-C during a restore says what was changed',
    on: restoringInPlace,
    because: 'up to 1.7 the Apache operator starts no job that exists from another savepoint',
    play: async stage => {
      await taken(stage)
      const { operator, launch, seen, screen } = stage
      const { fromField, restoreChanged } = wordsOf(stage)
      await operator.pause()
      const restoring = await launch('restore orders latest --yes --safety-savepoint=false')
      await seen(now => valueAt(now, fromField) !== undefined)
      restoring.interrupt()
      assert.deepEqual(
        screen.screen(await restoring.ended),
        ends(130, {
          err: [
            'error: interrupted; the restore of flinkcluster/orders goes on',
            restoreChanged(at(1)),
            'to look: kubectl get flinkcluster/orders -n NAMESPACE -o yaml',
          ],
        }),
      )
    },
  },
]
