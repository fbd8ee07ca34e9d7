import assert from 'node:assert/strict'
import { documentOf, ordersRef } from '../documents.ts'
import { annotationOf, jobState, valueAt } from '../facts.ts'
import { asked, ordersPath, recordPath } from '../requests.ts'
import { restored, sticky, taken } from '../restoring.ts'
import { flinkClusters, flinkRest, records } from '../rights.ts'
import type { Scenario } from '../scenario.ts'
import { ends } from '../screens.ts'

const safety = (savepoint: number) => `safety savepoint: file:DIR/orders/SAVEPOINT-${savepoint}`

const nonceAt = 'flinksp/restore'

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
      assert.deepEqual(await run('restore orders latest --yes --verify=false'), restored(1, sticky))
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
      // Nobody sees a path of a pod that is gone.
      const unseen =
        "whether this savepoint would start flinkcluster/orders is not known: it could not be read: cannot read DIR/orders/SAVEPOINT-1 in the job's pod: no ready JobManager pod (cluster=orders,app=flink,component=jobmanager) in namespace NAMESPACE"
      assert.deepEqual(await run('restore orders latest --yes'), restored(1, unseen, sticky))
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
        await run('restore orders gen:1 --yes --verify=false', 'without-clearing'),
        ends(1, {
          err: [
            'Error from server (Forbidden): flinkclusters.flinkoperator.k8s.io "orders" is forbidden: User "without-clearing" cannot patch resource "flinkclusters/status" in API group "flinkoperator.k8s.io" in the namespace "NAMESPACE"',
            'nothing was changed',
          ],
        }),
      )
      assert.equal(valueAt(await object(), 'metadata.generation'), valueAt(stopped, 'metadata.generation'))
      assert.deepEqual(await run('restore orders gen:1 --yes --verify=false'), restored(1, sticky))
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
]
