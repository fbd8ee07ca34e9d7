import assert from 'node:assert/strict'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { dump, load } from 'js-yaml'
import type { Fields } from '../../../src/domain/fields.ts'
import { jobState, valueAt } from '../facts.ts'
import { restored, sticky, taken } from '../restoring.ts'
import type { Scenario } from '../scenario.ts'
import { ends } from '../screens.ts'

const ofNew = (text: string) => text.replaceAll('/orders ', '/orders-2 ')
const restoredNew = ends(0, { out: [ofNew(restored(1).stdout.trim())], err: [ofNew(sticky)] })
const startedFrom = (object: Fields) => valueAt(object, 'status.components.job.fromSavepoint')

export const newJobs: readonly Scenario[] = [
  {
    title: '--to-new starts a job of its own from the savepoint, and leaves the other one running',
    on: ['gcp-9', 'spotify', 'gcp-2'],
    play: async stage => {
      await taken(stage)
      const { run, object } = stage
      const before = await object()
      assert.deepEqual(await run('restore orders latest --to-new orders-2 --yes'), restoredNew)
      const [old, now] = [await object(), await object('orders-2')]
      assert.deepEqual([jobState(now), startedFrom(now)], ['Running', valueAt(now, 'spec.job.fromSavepoint')])
      assert.deepEqual([jobState(old), old['spec']], ['Running', before['spec']])
    },
  },
  {
    title: '--to-new refuses a name that is taken, and one that is none',
    play: async stage => {
      await taken(stage)
      const { run, create } = stage
      await create('orders-2')
      assert.deepEqual(
        await run('restore orders latest --to-new orders-2 --yes'),
        ends(1, {
          err: [
            'error: flinkcluster/orders-2 already exists',
            'to start it from there: kubectl flinksp restore flinkcluster/orders-2 file:DIR/orders/SAVEPOINT-1 -n NAMESPACE',
          ],
        }),
      )
      assert.deepEqual(
        await run('restore orders latest --to-new Orders --yes'),
        ends(1, {
          err: [
            'error: "Orders" is no name for a job: it has to consist of lower case letters, digits and -, begin with a letter, and end with a letter or digit',
          ],
        }),
      )
    },
  },
  {
    title: 'the object that --dry-run=server prints is one that the server creates, and only then',
    play: async stage => {
      await taken(stage)
      const { launch, api, clusters, seen, object } = stage
      const running = await launch('restore orders latest --to-new orders-2 --dry-run=server -o yaml')
      const { exit, stdout } = await running.ended
      assert.equal(exit, 0)
      await assert.rejects(object('orders-2'))
      await api.create(clusters, load(stdout) as Fields)
      const now = await seen(
        here => jobState(here) === 'Running' && startedFrom(here) !== undefined,
        'orders-2',
      )
      assert.equal(startedFrom(now), valueAt(await object(), 'status.components.job.savepointLocation'))
    },
  },
  {
    title: '--filename creates a job that is gone again, from a savepoint that its record knows',
    play: async stage => {
      await taken(stage)
      const { run, launch, api, clusters, directory, object, screen } = stage
      const { stdout } = await (await launch('restore orders latest --manifest')).ended
      await writeFile(join(directory, 'orders.yaml'), stdout)
      const location = String(valueAt(await object(), 'status.components.job.savepointLocation'))
      assert.deepEqual(
        await run(`restore ${location} -f ${directory}/orders.yaml --yes`),
        ends(1, {
          err: [
            'error: flinkcluster/orders already exists',
            'to start it from there: kubectl flinksp restore flinkcluster/orders file:DIR/orders/SAVEPOINT-1 -n NAMESPACE',
          ],
        }),
      )
      await api.delete(`${clusters}/orders`)
      assert.deepEqual(
        await run(`restore latest -f ${directory}/orders.yaml --yes`),
        ends(1, {
          err: [
            'error: there is no flinkcluster/orders whose savepoints could be counted: name the savepoint by its location',
            'the newest that its record knows is file:DIR/orders/SAVEPOINT-1',
          ],
        }),
      )
      // What is left of the old job's pod may or may not be there to read from.
      const again = await launch(`restore ${location} -f ${directory}/orders.yaml --yes --verify=false`)
      assert.deepEqual(screen.screen(await again.ended), restored(1, sticky))
    },
  },
  {
    title: '--filename refuses what is no job, and what the server refuses is told in its words',
    play: async stage => {
      await taken(stage)
      const { run, directory, namespace } = stage
      const pod = { apiVersion: 'v1', kind: 'Pod', metadata: { name: 'x', namespace } }
      await writeFile(join(directory, 'pod.yaml'), dump(pod))
      assert.deepEqual(
        await run('restore orders latest -f DIR/pod.yaml --yes'),
        ends(1, { err: ['error: cannot use DIR/pod.yaml: Pod of v1 is no kind of job that is known'] }),
      )
      const bad = {
        apiVersion: 'flinkoperator.k8s.io/v1beta1',
        kind: 'FlinkCluster',
        metadata: { name: 'bad' },
        spec: { job: { jarFile: 7 } },
      }
      await writeFile(join(directory, 'bad.yaml'), dump(bad))
      const { exit, stderr } = await run('restore orders latest -f DIR/bad.yaml --yes')
      assert.equal(exit, 1)
      assert.match(stderr, /nothing was changed\n$/)
    },
  },
  {
    title:
      '--undo goes back to the safety savepoint of the last restore, and puts allowNonRestoredState back',
    play: async stage => {
      await taken(stage)
      const { run, object } = stage
      assert.equal((await run('restore orders latest --yes --allow-non-restored-state')).exit, 0)
      const { exit, stdout, stderr } = await run('restore orders --undo --yes')
      assert.deepEqual(
        [exit, stdout, stderr.split('\n')[0]],
        [0, restored(2).stdout, 'taking back the restore from file:DIR/orders/SAVEPOINT-1 of TIME'],
      )
      assert.equal(valueAt(await object(), 'spec.job.allowNonRestoredState'), false)
    },
  },
  {
    title: '--undo without a recorded restore is refused',
    play: async ({ job, run }) => {
      await job()
      assert.deepEqual(
        await run('restore orders --undo --yes'),
        ends(1, { err: ['error: no restore of flinkcluster/orders is recorded that could be taken back'] }),
      )
    },
  },
]
