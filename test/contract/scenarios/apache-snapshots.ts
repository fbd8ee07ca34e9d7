import assert from 'node:assert/strict'
import { type Fields, listAt, textsAt } from '../../../src/domain/fields.ts'
import { kindPath } from '../../sandbox/operators/apache/kinds.ts'
import { valueAt } from '../facts.ts'
import type { Scenario } from '../scenario.ts'
import { ends, printedOrders } from '../screens.ts'
import type { Stage } from '../stage.ts'
import { until } from '../until.ts'

const today = ['apache-1.15', 'apache-1.15-session'] as const

const snapshotsOf = async ({ api, namespace }: Stage): Promise<Fields[]> =>
  listAt(await api.get(kindPath('FlinkStateSnapshot', namespace)), 'items')

/** A FlinkStateSnapshot of `orders` that somebody else made. */
async function othersSnapshot(stage: Stage, name: string, savepoint: Fields = { disposeOnDelete: false }) {
  const { api, namespace, object } = stage
  const { kind } = await object()
  const spec = { backoffLimit: 0, jobReference: { kind, name: 'orders' }, savepoint }
  await api.create(kindPath('FlinkStateSnapshot', namespace), {
    apiVersion: 'flink.apache.org/v1beta1',
    kind: 'FlinkStateSnapshot',
    metadata: { name, namespace },
    spec,
  })
}

export const apacheSnapshots: readonly Scenario[] = [
  {
    title: 'a take makes one FlinkStateSnapshot, which is tried once and whose deletion deletes no savepoint',
    on: today,
    because: 'FlinkStateSnapshots are of the Apache operator from 1.10 on',
    play: async stage => {
      const { job, run, object } = stage
      await job()
      assert.equal((await run('take orders --name before-v2')).exit, 0)
      const [snapshot, ...more] = await snapshotsOf(stage)
      const { kind } = await object()
      assert.deepEqual(
        [more, snapshot?.['spec']],
        [
          [],
          { backoffLimit: 0, jobReference: { kind, name: 'orders' }, savepoint: { disposeOnDelete: false } },
        ],
      )
      const labels = textsAt(snapshot ?? {}, 'metadata', 'labels')
      assert.deepEqual(
        [labels['flinksp/name'], labels['app.kubernetes.io/managed-by']],
        ['before-v2', 'kubectl-flinksp'],
      )
    },
  },
  {
    title: 'a snapshot that fails leaves no object behind that is tried again',
    on: today,
    because: 'FlinkStateSnapshots are of the Apache operator from 1.10 on',
    play: async stage => {
      const { job, run, flink } = stage
      await job()
      flink().change({ failSavepoints: 'uncreatable directory' })
      assert.equal((await run('take orders')).exit, 3)
      const states = (await snapshotsOf(stage)).map(snapshot => valueAt(snapshot, 'status.state'))
      assert.ok(
        states.every(state => state === 'FAILED'),
        String(states),
      )
    },
  },
  {
    title: 'where snapshots are off it says so, deletes the one that it made, and takes by nonce',
    on: 'apache-1.15',
    slow: true,
    operating: { snapshots: false },
    because: 'FlinkStateSnapshots are of the Apache operator from 1.10 on',
    play: async stage => {
      const { job, run, object } = stage
      await job()
      const { exit, stdout, stderr } = await run('take orders')
      assert.deepEqual(
        [exit, stdout.replace(' (AGE)', '')],
        [0, `${printedOrders} savepoint completed: file:DIR/orders/SAVEPOINT-1\n`],
      )
      assert.match(
        stderr,
        /^flinkstatesnapshot\/\S+ -n NAMESPACE was deleted again: .*: asking by savepointTriggerNonce instead$/m,
      )
      assert.deepEqual(await snapshotsOf(stage), [])
      assert.equal(valueAt(await object(), 'spec.job.savepointTriggerNonce'), 1)
    },
  },
  {
    title:
      'snapshots of others are in the history, and the one whose deletion deletes data is not taken for lost',
    on: today,
    because: 'FlinkStateSnapshots are of the Apache operator from 1.10 on',
    play: async stage => {
      const { job, run, api, namespace } = stage
      await job()
      await othersSnapshot(stage, 'by-hand', {})
      const path = `${kindPath('FlinkStateSnapshot', namespace)}/by-hand`
      await until(async () => valueAt(await api.get(path), 'status.state') === 'COMPLETED')
      assert.deepEqual(await run('history orders -o name'), ends(0, { out: ['file:DIR/orders/SAVEPOINT-1'] }))
      // The operator asks Flink to delete what it names.
      await api.delete(path)
      await until(async () => (await snapshotsOf(stage)).length === 0)
      assert.equal((await run('history orders --sources snapshots -o name')).stdout, '')
    },
  },
  {
    title: 'a restore needs no suspend: from a stopped job it starts one',
    on: today,
    because: 'savepointRedeployNonce is of the Apache operator from 1.8 on',
    play: async stage => {
      const { job, run, screen, flink } = stage
      await job()
      assert.equal((await run('take orders')).exit, 0)
      assert.equal((await run('stop orders --yes')).exit, 0)
      const { exit, stderr } = await run('restore orders latest~1 --yes')
      assert.equal(exit, 0, stderr)
      const running = flink().jobs.find(({ state }) => state === 'RUNNING')
      assert.equal(screen.text(running?.restored?.location ?? ''), 'file:DIR/orders/SAVEPOINT-1')
    },
  },
]
