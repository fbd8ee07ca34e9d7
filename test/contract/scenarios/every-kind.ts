import assert from 'node:assert/strict'
import { at, inFlight, recreating, taken, withoutDuration } from '../any-kind.ts'
import { documentOf } from '../documents.ts'
import { everyKind, type Scenario } from '../scenario.ts'
import { ends, printedOrders } from '../screens.ts'
import { restoredFrom } from '../stopping.ts'

const ways: readonly Omit<Scenario, 'on'>[] = [
  {
    title: 'a take prints where the savepoint is, and history has it, the newest first',
    play: async ({ job, run }) => {
      await job()
      assert.deepEqual(withoutDuration(await run('take flinkcluster/orders')), taken(1))
      assert.deepEqual(withoutDuration(await run('take orders')), taken(2))
      assert.deepEqual(await run('history orders -o name'), ends(0, { out: [at(2), at(1)] }))
    },
  },
  {
    title: 'a take may go to a directory of its own',
    play: async ({ job, run }) => {
      await job()
      assert.deepEqual(
        withoutDuration(await run('take orders --target-directory file:DIR/elsewhere')),
        taken(1, 'elsewhere'),
      )
    },
  },
  {
    title: 'a take that is not waited for is in the history once it is complete',
    play: async ({ job, run, launch }) => {
      await job()
      assert.deepEqual(
        await run('take orders --wait=false'),
        ends(0, { out: [`${printedOrders} savepoint requested`] }),
      )
      const watching = await launch('history orders --watch --timeout 20s -o name')
      await watching.printed('/savepoint-')
      watching.interrupt()
      await watching.ended
      assert.deepEqual(await run('history orders -o name'), ends(0, { out: [at(1)] }))
    },
  },
  {
    title: 'a savepoint that cannot be written is a failure that names the cause, and the next take works',
    play: async ({ job, run, flink }) => {
      await job()
      assert.equal((await run('take orders')).exit, 0)
      flink().change({ failSavepoints: 'uncreatable directory' })
      const { exit, stdout, stderr } = await run('take orders')
      assert.deepEqual(
        [exit, stdout, stderr.split('\n').at(-2)],
        [
          3,
          '',
          'error: the savepoint of flinkcluster/orders failed: Failed to create savepoint directory at file:DIR/orders',
        ],
      )
      flink().change({ failSavepoints: '' })
      assert.equal((await run('take orders')).exit, 0)
    },
  },
  {
    title: 'a name that a savepoint was given finds it again',
    play: async stage => {
      const { job, run } = stage
      await job()
      assert.equal((await run('take orders --name before-v2')).exit, 0)
      assert.equal((await run('take orders')).exit, 0)
      const restored = await run(`restore orders name:before-v2 --yes${recreating(stage)} -o name`)
      assert.equal(restored.exit, 0, restored.stderr)
      assert.equal(restoredFrom(stage), at(1))
    },
  },
  {
    title: 'a take for programs is one document, the same for every kind',
    play: async ({ job, run }) => {
      await job()
      const { exit, stdout } = await run('take orders -o json')
      const { apiVersion, kind, state, location, job: of } = documentOf(stdout)
      assert.deepEqual(
        { exit, apiVersion, kind, state, location, of },
        {
          exit: 0,
          apiVersion: 'flinksp/v1',
          kind: 'Savepoint',
          state: 'Completed',
          location: at(1),
          of: {
            apiVersion: 'flinkoperator.k8s.io/v1beta1',
            kind: 'FlinkCluster',
            namespace: 'NAMESPACE',
            name: 'orders',
            uid: 'UID',
          },
        },
      )
    },
  },
  {
    title: 'a job that is deleted while its savepoint is awaited is a failure',
    play: async ({ job, flink, launch, api, clusters, screen }) => {
      await job()
      flink().change({ savepointMs: 60_000 })
      const taking = await launch('take orders')
      await inFlight(flink)
      await api.delete(`${clusters}/orders`)
      const { exit, stdout } = screen.screen(await taking.ended)
      assert.deepEqual({ exit, stdout }, { exit: 3, stdout: '' })
    },
  },
  {
    title: 'all jobs of a namespace are taken at once, and listed',
    play: async ({ job, run }) => {
      await Promise.all([job('orders'), job('payments')])
      const { exit, stdout } = await run('take --all --yes -o name')
      assert.deepEqual([exit, stdout.split('\n').length], [0, 3])
      const listed = await run('history -o name')
      assert.equal(listed.stdout.match(/SAVEPOINT-/g)?.length, 2)
    },
  },
]

/** What holds of every kind of job, in the same words. */
export const everyKindOfJob: readonly Scenario[] = ways.map(way => ({ ...way, on: everyKind }))
