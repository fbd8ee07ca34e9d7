import assert from 'node:assert/strict'
import { type Fields, fieldsAt } from '../../../src/domain/fields.ts'
import { at, isFailed, recordPathOf } from '../any-kind.ts'
import { valueAt } from '../facts.ts'
import { flinkClusters, flinkRest, records } from '../rights.ts'
import { everyKind, type Scenario } from '../scenario.ts'
import { ends } from '../screens.ts'
import { stopped } from '../stopping.ts'
import { wordsOf } from '../words.ts'

/** As a record names its job. */
const recordedJob = ({ apiVersion, kind }: Fields) =>
  `${String(kind).toLowerCase()}.${String(apiVersion).split('/')[0]}/orders`

export const resumes: readonly Scenario[] = [
  {
    title: 'a job that runs, or that nobody stopped, is not resumed',
    on: everyKind,
    play: async ({ job, run, flink, seen }) => {
      await job()
      assert.deepEqual(
        await run('resume orders --yes'),
        ends(1, { err: ['error: cannot resume flinkcluster/orders: its job is running'] }),
      )
      flink().change({ failJob: 'java.lang.RuntimeException: boom' })
      await seen(isFailed)
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
    on: everyKind,
    play: async stage => {
      await stage.job()
      const { run, api, namespace, object } = stage
      const path = await recordPathOf(stage)
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
            name: path.split('/').at(-1),
            labels: { 'app.kubernetes.io/managed-by': 'kubectl-flinksp' },
          },
          data: { version: '1', job: recordedJob(await object()), entries: `${JSON.stringify(entry)}\n` },
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
      assert.equal(valueAt(await object(), wordsOf(stage).fromField), undefined)
    },
  },
  {
    title: 'a resume that may not clear the control changes nothing',
    on: 'spotify',
    because: "a control that stays is Spotify's own",
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
