import assert from 'node:assert/strict'
import { documentOf, ordersRef } from '../documents.ts'
import { annotationOf, jobState, savepointState, valueAt } from '../facts.ts'
import { asked, ordersPath, recordPath } from '../requests.ts'
import { flinkClusters, flinkRest, records } from '../rights.ts'
import type { Scenario } from '../scenario.ts'
import { ends, printedOrders } from '../screens.ts'
import type { Stage } from '../stage.ts'

const restored = (savepoint: number, ...err: string[]) =>
  ends(0, { out: [`${printedOrders} restored from file:DIR/orders/SAVEPOINT-${savepoint}`], err })

const safety = (savepoint: number) => `safety savepoint: file:DIR/orders/SAVEPOINT-${savepoint}`

const sticky =
  'Warning: spec.job.fromSavepoint of flinkcluster/orders stays set: every later change of its spec starts the job from file:DIR/orders/SAVEPOINT-1 again, until the field is changed or removed'

const nonceAt = 'flinksp/restore'

async function taken({ job, run }: Stage): Promise<void> {
  await job()
  assert.equal((await run('take orders')).exit, 0)
}

export const restores: readonly Scenario[] = [
  {
    title: 'a restore takes a safety savepoint, patches, and has the proof of the operator and of Flink',
    play: async stage => {
      await taken(stage)
      const { run, object, flink, screen } = stage
      const { exit, stdout, stderr } = await run('restore orders latest --yes -o json')
      assert.deepEqual({ exit, stderr }, { exit: 0, stderr: `${safety(2)}\n${sticky}\n` })
      const { steps: _, risks: __, savepoint, safetySavepoint, ...restore } = documentOf(stdout)
      assert.deepEqual(restore, {
        apiVersion: 'flinksp/v1',
        kind: 'Restore',
        job: ordersRef,
        changes: [
          { path: 'spec.job.fromSavepoint', to: 'file:DIR/orders/SAVEPOINT-1' },
          { path: 'spec.job.allowNonRestoredState', from: false, to: false },
        ],
        state: 'Restored',
        proof: { operator: true, rest: true },
      })
      const locations = [savepoint, safetySavepoint].map(one => (one as { location: string }).location)
      assert.deepEqual(locations, ['file:DIR/orders/SAVEPOINT-1', 'file:DIR/orders/SAVEPOINT-2'])
      assert.equal(screen.text(flink().jobs[0]?.restored?.location ?? ''), 'file:DIR/orders/SAVEPOINT-1')
      const spec = valueAt(await object(), 'spec.job')
      const { fromSavepoint, allowNonRestoredState } = spec as Record<string, unknown>
      assert.deepEqual(
        [screen.text(String(fromSavepoint)), allowNonRestoredState],
        ['file:DIR/orders/SAVEPOINT-1', false],
      )
    },
  },
  {
    title: 'the safety savepoint is recorded before the patch',
    play: async stage => {
      await taken(stage)
      const { run, requests } = stage
      assert.equal((await run('restore orders latest --yes', 'counted-restore')).exit, 0)
      const writes = asked(await requests('counted-restore')).filter(request => /^(PATCH|PUT) /.test(request))
      assert.deepEqual(writes, [
        `PATCH ${ordersPath} 200`,
        // The savepoint, then the restore that begins.
        `PUT ${recordPath} 200`,
        `PUT ${recordPath} 200`,
        `PATCH ${ordersPath} 200`,
        `PUT ${recordPath} 200`,
      ])
      const recorded = await run('history orders --sources record -o name')
      assert.deepEqual(recorded, ends(0, { out: [2, 1].map(n => `file:DIR/orders/SAVEPOINT-${n}`) }))
    },
  },
  {
    title: 'a restore from the value that is set already carries a nonce, and restarts the job',
    play: async stage => {
      await taken(stage)
      const { run, object, seen } = stage
      const latest = 'restore orders latest --yes --safety-savepoint=false'
      assert.deepEqual(await run(latest), restored(1, sticky))
      const first = valueAt(await seen(now => jobState(now) === 'Running'), 'status.components.job.id')
      assert.deepEqual(await run(latest), restored(1, sticky))
      const after = await object()
      assert.notEqual(valueAt(after, 'status.components.job.id'), first)
      const nonces = valueAt(after, 'spec.job.podAnnotations') as Record<string, string>
      assert.match(nonces[nonceAt] ?? '', /^[0-9a-f]{32}$/)
    },
  },
  {
    title: 'a job that failed is restored without a safety savepoint',
    play: async stage => {
      await taken(stage)
      const { run, flink, seen } = stage
      flink().change({ failJob: 'java.lang.RuntimeException: boom' })
      await seen(now => jobState(now) === 'Failed')
      assert.deepEqual(
        await run('restore orders latest --yes --safety-savepoint=true'),
        ends(1, {
          err: [
            'error: no safety savepoint can be taken of flinkcluster/orders: its job is not running (Failed)',
          ],
        }),
      )
      assert.deepEqual(await run('restore orders latest --yes'), restored(1, sticky))
    },
  },
  {
    title: 'a job that was lost is restored',
    play: async stage => {
      await taken(stage)
      const { run, patch, operator, seen, flink, dialect } = stage
      if (dialect === 'gcp-9') {
        flink().change({ die: true })
      } else {
        operator.pause()
        await patch({ status: { components: { job: { state: 'Lost' } } } }, 'orders', '/status')
        operator.resume()
      }
      await seen(now => jobState(now) === 'Lost')
      assert.deepEqual(await run('restore orders latest --yes'), restored(1, sticky))
    },
  },
  {
    title: 'a cluster that was stopped is restored',
    play: async stage => {
      await taken(stage)
      const { run, flink, seen } = stage
      const { url, jobs } = flink()
      await fetch(`${url}/jobs/${jobs[0]?.id}?mode=cancel`, { method: 'PATCH' })
      await seen(now => valueAt(now, 'status.state') === 'Stopped')
      assert.deepEqual(await run('restore orders latest --yes'), restored(1, sticky))
    },
  },
  {
    title: 'a path that is not there is a failure, with the cause of Flink and what was changed',
    play: async stage => {
      await taken(stage)
      const { run } = stage
      const target = 'file:DIR/orders/gone'
      const missing = `Cannot find checkpoint or savepoint file/directory 'file:DIR/orders/gone' on file system 'file'.`
      assert.deepEqual(
        await run(`restore orders ${target} --yes --allow-unknown-location --safety-savepoint=false`),
        ends(3, {
          err: [
            `error: flinkcluster/orders was not restored from ${target}: ${missing}`,
            `changed: spec.job.fromSavepoint is ${target}, allowNonRestoredState false`,
            'the restart point before was file:DIR/orders/SAVEPOINT-1',
            'to look: kubectl get flinkcluster/orders -n NAMESPACE -o yaml',
          ],
        }),
      )
      assert.deepEqual(await run('restore orders latest --yes'), restored(1, sticky))
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
    title: 'the submitter that the operator loses is won by the same patch again',
    on: 'spotify',
    operating: { races: { lostSubmitter: 1 } },
    play: async stage => {
      await taken(stage)
      const race = 'the operator lost the new submitter (a race of its own); patching again'
      assert.deepEqual(
        await stage.run('restore orders latest --yes --safety-savepoint=false'),
        restored(1, race, sticky),
      )
    },
  },
  {
    title: 'a job that was cancelled by annotation has its control cleared first',
    on: 'spotify',
    play: async stage => {
      await taken(stage)
      const { run, patch, seen, object, grant } = stage
      await patch({
        metadata: { annotations: { 'flinkclusters.flinkoperator.k8s.io/user-control': 'job-cancel' } },
      })
      const stopped = await seen(
        now => valueAt(now, 'status.state') === 'Stopped' && annotationOf(now) === undefined,
      )
      await grant('without-clearing', [flinkClusters, records, flinkRest])
      assert.deepEqual(
        await run('restore orders gen:1 --yes', 'without-clearing'),
        ends(1, {
          err: [
            'Error from server (Forbidden): flinkclusters.flinkoperator.k8s.io "orders" is forbidden: User "without-clearing" cannot patch resource "flinkclusters/status" in API group "flinkoperator.k8s.io" in the namespace "NAMESPACE"',
            'nothing was changed',
          ],
        }),
      )
      assert.equal(valueAt(await object(), 'metadata.generation'), valueAt(stopped, 'metadata.generation'))
      assert.deepEqual(await run('restore orders gen:1 --yes'), restored(1, sticky))
      assert.equal(valueAt(await object(), 'status.control'), undefined)
    },
  },
  {
    title: 'the savepoint that the operator takes itself is told, because no field keeps it',
    on: 'gcp-9',
    play: async ({ job, run }) => {
      await job()
      const elsewhere = '--target-directory file:DIR/orders'
      assert.equal((await run(`take orders --via rest ${elsewhere}`)).exit, 0)
      assert.deepEqual(
        await run('restore orders latest --yes --safety-savepoint=false'),
        restored(1, 'the operator saved the state before: file:DIR/orders/SAVEPOINT-2', sticky),
      )
      assert.deepEqual(
        await run('history orders --sources record -o name'),
        ends(0, { out: ['file:DIR/orders/SAVEPOINT-1', 'file:DIR/orders/SAVEPOINT-2'] }),
      )
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
        'restore orders file:DIR/orders/gone --yes --allow-unknown-location --safety-savepoint=false --timeout 30s',
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
