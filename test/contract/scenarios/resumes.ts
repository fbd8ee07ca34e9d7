import assert from 'node:assert/strict'
import { fieldsAt } from '../../../src/domain/fields.ts'
import { jobState, valueAt } from '../facts.ts'
import { flinkClusters, flinkRest, records } from '../rights.ts'
import type { Scenario } from '../scenario.ts'
import { ends, printedOrders } from '../screens.ts'
import { at, stopped } from '../stopping.ts'

export const resumes: readonly Scenario[] = [
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
