import assert from 'node:assert/strict'
import { fieldsAt } from '../../../src/domain/fields.ts'
import { documentOf, ordersRef } from '../documents.ts'
import { annotationOf, controlAnnotation, jobState, savepointState, valueAt } from '../facts.ts'
import { asked, ordersPath, recordPath } from '../requests.ts'
import { taken } from '../restoring.ts'
import { flinkClusters, flinkRest, records } from '../rights.ts'
import type { Scenario } from '../scenario.ts'
import { ends, look, printedOrders } from '../screens.ts'
import type { Stage } from '../stage.ts'

const at = (savepoint: number) => `file:DIR/orders/SAVEPOINT-${savepoint}`

const stopped = (savepoint: number, ...err: string[]) =>
  ends(0, { out: [`${printedOrders} stopped with savepoint: ${at(savepoint)} (AGE)`], err })

const sticky = (savepoint: number) =>
  `Warning: spec.job.fromSavepoint of flinkcluster/orders stays set: every later change of its spec starts the job from ${at(savepoint)} again, until the field is changed or removed`

const resumed = (savepoint: number) =>
  ends(0, { out: [`${printedOrders} resumed from ${at(savepoint)}`], err: [sticky(savepoint)] })

const policyOf = (object: Awaited<ReturnType<Stage['object']>>) =>
  valueAt(object, 'spec.job.cleanupPolicy.afterJobSucceeds')

const cancelled = (object: Awaited<ReturnType<Stage['object']>>) => jobState(object) === 'Cancelled'

/** Where the job that runs now was restored from. */
const restoredFrom = ({ flink, screen }: Stage) =>
  screen.text(flink().jobs.find(({ state }) => state === 'RUNNING')?.restored?.location ?? '')

/** The operators here look every 50 ms, and a cluster that may not be kept would be gone before Flink is asked; the real ones look every 10 s. */
async function stoppedByFlink({ operator, launch, screen }: Stage, line: string) {
  operator.pause()
  const stopping = await launch(line)
  await stopping.said('savepoint: ')
  operator.resume()
  return screen.screen(await stopping.ended)
}

export const stops: readonly Scenario[] = [
  {
    title: 'a job is stopped with a savepoint, and resumed from exactly that one',
    play: async stage => {
      await taken(stage)
      const { run, object } = stage
      assert.deepEqual(await run('stop orders --yes'), stopped(2))
      const after = await object()
      assert.deepEqual(
        [
          jobState(after),
          stage.screen.text(String(valueAt(after, 'status.components.job.savepointLocation'))),
        ],
        ['Cancelled', at(2)],
      )
      assert.deepEqual(await run('resume orders --yes'), resumed(2))
      assert.equal(restoredFrom(stage), at(2))
    },
  },
  {
    title: 'a stopped job that is resumed can be stopped and resumed again',
    play: async stage => {
      await stage.job()
      const { run } = stage
      assert.deepEqual(await run('stop orders --yes'), stopped(1))
      assert.deepEqual(await run('resume orders --yes'), resumed(1))
      assert.deepEqual(await run('stop orders --yes'), stopped(2))
      assert.deepEqual(await run('resume orders --yes'), resumed(2))
      assert.equal(restoredFrom(stage), at(2))
    },
  },
  {
    title: 'the savepoint of a stop is printed for machines, and kept in the history with its name and note',
    play: async ({ job, run }) => {
      await job()
      const { exit, stdout, stderr } = await run('stop orders --yes --name before-v2 --note x -o json')
      assert.deepEqual({ exit, stderr }, { exit: 0, stderr: '' })
      const {
        flinkJobId: _,
        triggerId: __,
        requestedAt: ___,
        completedAt: ____,
        ...savepoint
      } = documentOf(stdout)
      assert.deepEqual(
        { ...savepoint, durationMillis: undefined, format: undefined },
        {
          apiVersion: 'flinksp/v1',
          kind: 'Savepoint',
          job: ordersRef,
          state: 'Completed',
          type: 'savepoint',
          location: at(1),
          name: 'before-v2',
          note: 'x',
          trigger: 'cancel',
          generation: 1,
          restartPoint: true,
          origin: false,
          sources: ['status'],
          durationMillis: undefined,
          format: undefined,
        },
      )
      assert.deepEqual(
        await run('history orders --sources record -o jsonpath={.items[*].name}={.items[*].trigger}'),
        { exit: 0, stdout: 'before-v2=cancel', stderr: '' },
      )
    },
  },
  {
    title: 'a plan of a stop changes nothing, and is checked by the server with --dry-run=server',
    play: async ({ job, run, object }) => {
      const before = await job()
      const { exit, stdout } = await run('stop orders --dry-run=server -o json')
      const { kind, changes } = documentOf(stdout)
      assert.deepEqual(
        { exit, kind, changes },
        {
          exit: 0,
          kind: 'StopPlan',
          changes: [{ path: `metadata.annotations['${controlAnnotation}']`, to: 'job-cancel' }],
        },
      )
      assert.deepEqual(fieldsAt(await object(), 'spec'), fieldsAt(before, 'spec'))
      assert.equal(annotationOf(await object()), undefined)
    },
  },
  {
    title: 'a stop whose savepoint fails leaves the job running, with the cause of Flink',
    on: 'gcp-9',
    play: async stage => {
      await stage.job()
      const { run, flink, object } = stage
      flink().change({ failSavepoints: 'disk full' })
      assert.deepEqual(
        await run('stop orders --yes'),
        ends(3, {
          err: [
            'error: flinkcluster/orders was not stopped: its savepoint failed: disk full',
            'the job goes on',
          ],
        }),
      )
      assert.equal(jobState(await object()), 'Running')
      flink().change({ failSavepoints: '' })
      await stage.seen(now => annotationOf(now) === undefined)
      assert.deepEqual(await run('stop orders --yes'), stopped(1))
    },
  },
  {
    title:
      'a stop whose savepoint fails is tried again by the operator until a repair, and each failure is told',
    on: 'spotify',
    play: async ({ job, launch, flink, screen }) => {
      await job()
      flink().change({ failSavepoints: 'disk full' })
      const stopping = await launch('stop orders --yes')
      const again =
        'the savepoint of flinkcluster/orders failed: disk full; the operator tries again by itself'
      await stopping.said(again)
      flink().change({ failSavepoints: '' })
      const { exit, stdout, stderr } = screen.screen(await stopping.ended)
      const told = new Set(stderr.trimEnd().split('\n'))
      assert.deepEqual(
        { exit, stdout, told: [...told] },
        { exit: 0, stdout: `${printedOrders} stopped with savepoint: ${at(1)} (AGE)\n`, told: [again] },
      )
    },
  },
  {
    title: 'a stop that does not end in time says so, and how to take it back',
    play: async ({ job, run, flink, seen }) => {
      await job()
      flink().change({ savepointMs: 4_000 })
      const { exit, stdout, stderr } = await run('stop orders --yes --timeout 1s')
      assert.deepEqual(
        { exit, stdout, lines: stderr.split('\n').slice(0, 3) },
        {
          exit: 4,
          stdout: '',
          lines: [
            'error: timed out waiting for flinkcluster/orders to stop with a savepoint; it may still stop',
            look,
            `to take the request back: kubectl annotate flinkcluster/orders -n NAMESPACE ${controlAnnotation}-`,
          ],
        },
      )
      await seen(cancelled)
      assert.deepEqual((await run('resume orders --yes')).exit, 0)
    },
  },
  {
    title: 'a stop that was given up on is joined by the next one',
    play: async ({ job, run, flink, object }) => {
      await job()
      flink().change({ savepointMs: 2_000 })
      assert.equal((await run('stop orders --yes --timeout 500ms -q')).exit, 4)
      assert.deepEqual(
        await run('stop orders --yes'),
        stopped(1, 'a job-cancel is under way already: waiting for that one'),
      )
      assert.equal(jobState(await object()), 'Cancelled')
    },
  },
  {
    title: 'Ctrl-C during a stop says that the operator goes on',
    play: async ({ job, operator, launch, seen, screen }) => {
      await job()
      operator.pause()
      const stopping = await launch('stop orders --yes')
      await seen(now => annotationOf(now) === 'job-cancel')
      stopping.interrupt()
      assert.deepEqual(
        screen.screen(await stopping.ended),
        ends(130, {
          err: [
            'error: interrupted; the operator goes on stopping flinkcluster/orders',
            look,
            `to take the request back: kubectl annotate flinkcluster/orders -n NAMESPACE ${controlAnnotation}-`,
          ],
        }),
      )
      operator.resume()
      await seen(cancelled)
    },
  },
  {
    title: 'a stop waits for a savepoint in flight only with --after-current',
    play: async ({ job, run, flink, seen }) => {
      await job()
      flink().change({ savepointMs: 1_500 })
      assert.equal((await run('take orders --wait=false')).exit, 0)
      await seen(now => savepointState(now) === 'InProgress')
      assert.deepEqual(
        await run('stop orders --yes'),
        ends(1, {
          err: [
            'error: cannot stop flinkcluster/orders with a savepoint: a savepoint is in flight (user requested)',
            'wait for it first: --after-current',
          ],
        }),
      )
      const { exit, stderr } = await run('stop orders --yes --after-current')
      assert.deepEqual(
        { exit, stderr },
        { exit: 0, stderr: 'waiting for the savepoint in flight of flinkcluster/orders\n' },
      )
    },
  },
  {
    title:
      'a drained job is stopped by Flink, with its cleanup policy put back once the location is recorded',
    on: 'gcp-9',
    play: async stage => {
      await taken(stage)
      const { run, requests, seen, object } = stage
      const before = policyOf(await object())
      assert.deepEqual(
        await run('stop orders --yes --drain', 'counted-stop'),
        stopped(2, `savepoint: ${at(2)}`),
      )
      assert.deepEqual(
        asked(await requests('counted-stop')).filter(request => /^(PATCH|PUT) .* 200$/.test(request)),
        [`PATCH ${ordersPath} 200`, `PUT ${recordPath} 200`, `PATCH ${ordersPath} 200`],
      )
      const after = await seen(now => jobState(now) === 'Succeeded')
      assert.equal(policyOf(after), before)
      // The operator knows the first one only.
      assert.equal(
        stage.screen.text(String(valueAt(after, 'status.components.job.savepointLocation'))),
        at(1),
      )
      assert.deepEqual(await run('resume orders --yes'), resumed(2))
      assert.equal(restoredFrom(stage), at(2))
    },
  },
  {
    title:
      'a drained job has its cleanup policy back after a resume at the latest: the webhook may not let it through before',
    on: 'spotify',
    play: async stage => {
      await taken(stage)
      const { run, object } = stage
      const before = policyOf(await object())
      const { exit, stdout, stderr } = await run('stop orders --yes --drain')
      assert.deepEqual({ exit, stdout }, { exit: 0, stdout: stopped(2).stdout })
      const [first, ...more] = stderr.trimEnd().split('\n')
      assert.equal(first, `savepoint: ${at(2)}`)
      const kept = policyOf(await object()) === 'KeepCluster'
      assert.deepEqual(
        more.map(line => line.replace(/: Error from server .*/, '')),
        kept
          ? [
              'Warning: cleanupPolicy.afterJobSucceeds of flinkcluster/orders is KeepCluster, and could not be put back',
              'its JobManager and TaskManagers stay until then: resume puts it back',
            ]
          : [],
      )
      assert.deepEqual(await run('resume orders --yes'), resumed(2))
      assert.deepEqual([policyOf(await object()), restoredFrom(stage)], [before, at(2)])
    },
  },
  {
    title: 'a drained job whose savepoint fails goes on with the cleanup policy that it had',
    play: async ({ job, run, flink, object }) => {
      const before = await job()
      flink().change({ failSavepoints: 'disk full' })
      assert.deepEqual(
        await run('stop orders --yes --drain'),
        ends(3, {
          err: ['error: flinkcluster/orders was not stopped: its savepoint failed: disk full'],
        }),
      )
      const after = await object()
      assert.deepEqual([jobState(after), policyOf(after)], ['Running', policyOf(before)])
    },
  },
  {
    title:
      'a job without savepointsDir is stopped by Flink where a directory is named, and nothing is written to it',
    play: async stage => {
      const { job, run, object, seen } = stage
      await job('orders', { job: { savepointsDir: null } })
      const before = fieldsAt(await object(), 'spec')
      const refused = await run('stop orders --yes')
      assert.deepEqual([refused.exit, refused.stderr.split('\n')[1]], [1, 'give one: --target-directory DIR'])
      assert.deepEqual(
        await stoppedByFlink(stage, 'stop orders --yes --target-directory file:DIR/orders'),
        stopped(1, `savepoint: ${at(1)}`),
      )
      assert.deepEqual(fieldsAt(await seen(now => jobState(now) === 'Succeeded'), 'spec'), before)
      const recorded = await run('history orders --sources record -o name')
      assert.deepEqual(recorded, ends(0, { out: [at(1)] }))
    },
  },
  {
    title:
      'an operator that knows no job-cancel lets Flink stop the job, and loses no location with the cluster',
    on: ['gcp-2', 'gcp-v1alpha1'],
    play: async stage => {
      const { job, run, seen } = stage
      await job()
      assert.deepEqual(await stoppedByFlink(stage, 'stop orders --yes'), stopped(1, `savepoint: ${at(1)}`))
      await seen(now => jobState(now) === 'Succeeded')
      const recorded = await run('history orders --sources record -o name')
      assert.deepEqual(recorded, ends(0, { out: [at(1)] }))
      const { exit, stderr } = await run('resume orders --yes')
      assert.equal(exit, 1)
      assert.match(stderr, /refuses every change of the spec: it has to be deleted and created again/)
      assert.match(
        stderr,
        new RegExp(`kubectl flinksp restore flinkcluster/orders ${at(1)} -n NAMESPACE --recreate`),
      )
    },
  },
  {
    title: 'a job that was lost while it stopped is not said to be stopped with a savepoint',
    on: 'spotify',
    // The operator is given 15 s to show one.
    slow: true,
    play: async ({ job, launch, flink, seen, screen }) => {
      await job()
      flink().change({ savepointMs: 60_000 })
      const stopping = await launch('stop orders --yes')
      await seen(now => valueAt(now, 'status.control.name') === 'job-cancel')
      flink().change({ die: true })
      const { exit, stdout, stderr } = screen.screen(await stopping.ended)
      assert.deepEqual({ exit, stdout }, { exit: 3, stdout: '' })
      assert.match(
        stderr,
        /^error: the job of flinkcluster\/orders is gone \(\w+\), and no savepoint of the stop was seen$/m,
      )
    },
  },
  {
    title: 'a job that runs, or that nobody stopped, is not resumed',
    play: async ({ job, run, flink, seen }) => {
      await job()
      assert.deepEqual(
        await run('resume orders --yes'),
        ends(1, { err: ['error: cannot resume flinkcluster/orders: its job is running'] }),
      )
      flink().change({ failJob: 'java.lang.RuntimeException: boom' })
      await seen(now => jobState(now) === 'Failed')
      assert.deepEqual(
        await run('resume orders --yes'),
        ends(1, {
          err: [
            'error: cannot resume flinkcluster/orders: what its stop left is not known: no stop of it is known',
            'see its savepoints: kubectl flinksp history flinkcluster/orders -n NAMESPACE',
            'and name one: kubectl flinksp restore flinkcluster/orders SAVEPOINT -n NAMESPACE',
          ],
        }),
      )
    },
  },
  {
    title: 'a record that was planted cannot steer a resume',
    play: async stage => {
      await stage.job()
      const { run, api, namespace, object } = stage
      assert.equal((await run('stop orders --yes --record=false')).exit, 0)
      const planted = async (location: string) => {
        const { uid } = fieldsAt(await object(), 'metadata')
        const entry = {
          action: 'stop',
          uid,
          state: 'Completed',
          requestedAt: '2026-01-01T00:00:00Z',
          location,
        }
        return {
          apiVersion: 'v1',
          kind: 'ConfigMap',
          metadata: {
            name: 'flinksp-flinkcluster-orders',
            labels: { 'app.kubernetes.io/managed-by': 'kubectl-flinksp' },
          },
          data: { version: '1', job: printedOrders, entries: `${JSON.stringify(entry)}\n` },
        }
      }
      await api.create(
        `/api/v1/namespaces/${namespace}/configmaps`,
        await planted('s3://elsewhere/savepoint-1'),
      )
      const { exit, stderr } = await run('resume orders --yes')
      assert.deepEqual(
        [exit, stderr.split('\n')[0]],
        [
          1,
          `error: cannot resume flinkcluster/orders: what its stop left is not known: the record says s3://elsewhere/savepoint-1, and the object ${at(1)}`,
        ],
      )
      assert.equal(valueAt(await object(), 'spec.job.fromSavepoint'), undefined)
    },
  },
  {
    title: 'a resume that may not clear the control changes nothing',
    on: 'spotify',
    play: async ({ job, run, grant, object }) => {
      await job()
      assert.deepEqual(await run('stop orders --yes'), stopped(1))
      await grant('without-clearing', [flinkClusters, records, flinkRest])
      const { exit, stderr } = await run('resume orders --yes', 'without-clearing')
      assert.equal(exit, 1)
      assert.match(stderr, /flinkclusters\.flinkoperator\.k8s\.io "orders" is forbidden/)
      const after = await object()
      assert.deepEqual(
        [valueAt(after, 'spec.job.fromSavepoint'), valueAt(after, 'status.control.name')],
        [undefined, 'job-cancel'],
      )
    },
  },
]
