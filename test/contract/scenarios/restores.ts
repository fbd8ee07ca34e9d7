import assert from 'node:assert/strict'
import { isApache } from '../../sandbox/operators/dialects.ts'
import { at, inPlace, isFailed, recreating } from '../any-kind.ts'
import { documentOf, ordersRef } from '../documents.ts'
import { annotationOf, jobState, valueAt } from '../facts.ts'
import { asked } from '../requests.ts'
import { restored, taken } from '../restoring.ts'
import { flinkClusters, flinkRest, records } from '../rights.ts'
import { everyKind, restoringInPlace, type Scenario } from '../scenario.ts'
import { ends } from '../screens.ts'
import { restoredFrom } from '../stopping.ts'
import { wordsOf } from '../words.ts'

const safety = (savepoint: number) => `safety savepoint: file:DIR/orders/SAVEPOINT-${savepoint}`

const nonceAt = 'flinksp/restore'

/** What was written: to the job, to a snapshot of it, to the record. */
const written = (requests: readonly string[]) =>
  requests
    .filter(request => /^(PATCH|PUT|POST) (flink|configmaps)/.test(request))
    .map(request =>
      request
        .replace(/ flink\w+\/orders /, ' job ')
        .replace(/ flinkstatesnapshots /, ' snapshot ')
        .replace(/ configmaps\/\S+ /, ' record '),
    )

export const restores: readonly Scenario[] = [
  {
    title: 'a restore takes a safety savepoint, patches, and has the proof of the operator and of Flink',
    on: restoringInPlace,
    because: 'up to 1.7 the Apache operator starts no job that exists from another savepoint',
    play: async stage => {
      await taken(stage)
      const { run, object, screen } = stage
      const { sticky, restoreChanges, fromField } = wordsOf(stage)
      const { exit, stdout, stderr } = await run('restore orders latest --yes -o json')
      assert.deepEqual([exit, stderr.trimEnd().split('\n')], [0, [safety(2), ...sticky(1)]])
      const { steps: _, risks: __, savepoint, safetySavepoint, ...restore } = documentOf(stdout)
      assert.deepEqual(restore, {
        apiVersion: 'flinksp/v1',
        kind: 'Restore',
        job: ordersRef,
        changes: restoreChanges(at(1)),
        state: 'Restored',
        proof: { operator: true, rest: true },
      })
      const locations = [savepoint, safetySavepoint].map(one => (one as { location: string }).location)
      assert.deepEqual(locations, [at(1), at(2)])
      assert.equal(restoredFrom(stage), at(1))
      const after = await object()
      assert.deepEqual(
        [screen.text(String(valueAt(after, fromField))), valueAt(after, 'spec.job.allowNonRestoredState')],
        [at(1), false],
      )
    },
  },
  {
    title: 'the safety savepoint is recorded before the patch',
    on: restoringInPlace,
    because: 'up to 1.7 the Apache operator starts no job that exists from another savepoint',
    play: async stage => {
      await taken(stage)
      const { run, requests, dialect } = stage
      assert.equal((await run('restore orders latest --yes', 'counted-restore')).exit, 0)
      assert.deepEqual(written(asked(await requests('counted-restore'))), [
        isApache(dialect) ? 'POST snapshot 201' : 'PATCH job 200',
        // The savepoint, then the restore that begins.
        'PUT record 200',
        'PUT record 200',
        'PATCH job 200',
        'PUT record 200',
      ])
      const recorded = await run('history orders --sources record -o name')
      assert.deepEqual(recorded, ends(0, { out: [at(2), at(1)] }))
    },
  },
  {
    title: 'a restore from the value that is set already restarts the job',
    on: restoringInPlace,
    because: 'up to 1.7 the Apache operator starts no job that exists from another savepoint',
    play: async stage => {
      await taken(stage)
      const { run, object, dialect } = stage
      const { startOf } = wordsOf(stage)
      const latest = 'restore orders latest --yes --safety-savepoint=false'
      assert.deepEqual(await run(latest), restored(stage, 1))
      const first = startOf(await object())
      assert.deepEqual(await run(latest), restored(stage, 1))
      const after = await object()
      assert.notEqual(startOf(after), first)
      // Elsewhere a restore has a nonce of its own.
      if (isApache(dialect)) return
      const nonces = valueAt(after, 'spec.job.podAnnotations') as Record<string, string>
      assert.match(nonces[nonceAt] ?? '', /^[0-9a-f]{32}$/)
    },
  },
  {
    title: 'a job that failed is restored without a safety savepoint',
    on: everyKind,
    play: async stage => {
      await taken(stage)
      const { run, flink, seen } = stage
      flink().change({ failJob: 'java.lang.RuntimeException: boom' })
      await seen(isFailed)
      const latest = `restore orders latest --yes${recreating(stage)}`
      const refused = await run(`${latest} --safety-savepoint=true`)
      assert.deepEqual(
        { ...refused, stderr: refused.stderr.replace('(FAILED)', '(Failed)') },
        ends(1, {
          err: [
            'error: no safety savepoint can be taken of flinkcluster/orders: its job is not running (Failed)',
          ],
        }),
      )
      assert.deepEqual(inPlace(await run(latest)), restored(stage, 1))
    },
  },
  {
    title: 'a job that was lost is restored',
    because: 'only the operators of FlinkCluster call a job lost',
    play: async stage => {
      await taken(stage)
      const { run, patch, operator, seen, flink, dialect } = stage
      if (dialect === 'gcp-9') {
        flink().change({ die: true })
      } else {
        await operator.pause()
        await patch({ status: { components: { job: { state: 'Lost' } } } }, 'orders', '/status')
        operator.resume()
      }
      await seen(now => jobState(now) === 'Lost')
      assert.deepEqual(await run('restore orders latest --yes --verify=false'), restored(stage, 1))
    },
  },
  {
    title: 'a job that was cancelled in Flink is restored',
    on: everyKind,
    play: async stage => {
      await taken(stage)
      const { run, flink, seen, dialect } = stage
      const { url, jobs } = flink()
      await fetch(`${url}/jobs/${jobs[0]?.id}?mode=cancel`, { method: 'PATCH' })
      await seen(
        now =>
          valueAt(now, 'status.state') === 'Stopped' || valueAt(now, 'status.jobStatus.state') === 'CANCELED',
      )
      // Nobody sees a path of a pod that is gone.
      const unseen =
        "whether this savepoint would start flinkcluster/orders is not known: it could not be read: cannot read DIR/orders/SAVEPOINT-1 in the job's pod: no ready JobManager pod (cluster=orders,app=flink,component=jobmanager) in namespace NAMESPACE"
      assert.deepEqual(
        inPlace(await run(`restore orders latest --yes${recreating(stage)}`)),
        restored(stage, 1, ...(isApache(dialect) ? [] : [unseen])),
      )
    },
  },
  {
    title: 'the submitter that the operator loses is won by the same patch again',
    on: 'spotify',
    operating: { races: { lostSubmitter: 1 } },
    because: "the lost submitter is Spotify's own",
    play: async stage => {
      await taken(stage)
      const race = 'the operator lost the new submitter (a race of its own); patching again'
      assert.deepEqual(
        await stage.run('restore orders latest --yes --safety-savepoint=false'),
        restored(stage, 1, race),
      )
    },
  },
  {
    title: 'a job that was cancelled by annotation has its control cleared first',
    on: 'spotify',
    because: "a control that stays is Spotify's own",
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
      assert.deepEqual(await run('restore orders gen:1 --yes --verify=false'), restored(stage, 1))
      assert.equal(valueAt(await object(), 'status.control'), undefined)
    },
  },
  {
    title: 'the savepoint that the operator takes itself is told, because no field keeps it',
    on: 'gcp-9',
    because: "only GCP's operator takes a savepoint of its own for an update",
    play: async stage => {
      const { job, run } = stage
      await job()
      const elsewhere = '--target-directory file:DIR/orders'
      assert.equal((await run(`take orders --via rest ${elsewhere}`)).exit, 0)
      assert.deepEqual(
        await run('restore orders latest --yes --safety-savepoint=false'),
        restored(stage, 1, 'the operator saved the state before: file:DIR/orders/SAVEPOINT-2'),
      )
      assert.deepEqual(
        await run('history orders --sources record -o name'),
        ends(0, { out: ['file:DIR/orders/SAVEPOINT-1', 'file:DIR/orders/SAVEPOINT-2'] }),
      )
    },
  },
]
