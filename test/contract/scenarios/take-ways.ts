import assert from 'node:assert/strict'
import { annotationOf, savepointState, specGeneration, statusGeneration, valueAt } from '../facts.ts'
import { flinkClusters, flinkRest, records } from '../rights.ts'
import type { Scenario } from '../scenario.ts'
import { completed, ends, printedOrders } from '../screens.ts'

const elsewhere = ends(0, {
  out: [`${printedOrders} savepoint completed: file:DIR/elsewhere/SAVEPOINT-1 (AGE)`],
})

export const takeWays: readonly Scenario[] = [
  {
    title: 'the first take is by annotation, and prints where the savepoint is',
    play: async ({ job, run, object, seen, screen }) => {
      await job()
      assert.deepEqual(await run('take flinkcluster/orders'), completed(1))
      const after = await object()
      assert.equal(specGeneration(after), undefined)
      const location = String(valueAt(after, 'status.components.job.savepointLocation'))
      assert.equal(screen.text(location), 'file:DIR/orders/SAVEPOINT-1')
      await seen(now => annotationOf(now) === undefined)
    },
  },
  {
    title: 'after a success a take is by generation',
    play: async ({ job, run, object }) => {
      await job()
      assert.deepEqual(await run('take orders'), completed(1))
      assert.deepEqual(await run('take orders'), completed(2))
      const after = await object()
      assert.deepEqual([specGeneration(after), statusGeneration(after)], [2, 2])
    },
  },
  {
    title: 'after a failure a take is by annotation',
    play: async ({ job, run, object, flink }) => {
      await job()
      assert.deepEqual(await run('take orders'), completed(1))
      flink().change({ failSavepoints: 'disk full' })
      assert.equal((await run('take orders --via annotation')).exit, 3)
      flink().change({ failSavepoints: '' })
      assert.deepEqual(await run('take orders'), completed(2))
      assert.equal(specGeneration(await object()), undefined)
    },
  },
  {
    title: 'without the right to withdraw it a generation is not used',
    on: 'spotify',
    play: async ({ job, run, object, grant }) => {
      await job()
      await grant('without-status', [flinkClusters, records, flinkRest])
      assert.deepEqual(await run('take orders', 'without-status'), completed(1))
      assert.deepEqual(await run('take orders', 'without-status'), completed(2))
      assert.deepEqual([specGeneration(await object()), statusGeneration(await object())], [undefined, 2])
    },
  },
  {
    title: 'a generation is not used while the last savepoint lies elsewhere',
    on: 'spotify',
    play: async ({ job, run, object, patch }) => {
      await job()
      assert.deepEqual(await run('take orders'), completed(1))
      const elsewhere = { savepointLocation: 'file:/elsewhere/savepoint-000000-000000000000' }
      await patch({ status: { components: { job: elsewhere } } }, 'orders', '/status')
      assert.equal((await run('take orders')).exit, 0)
      assert.equal(specGeneration(await object()), undefined)
    },
  },
  {
    title: 'Flink itself is asked where a directory is given',
    play: async ({ job, run, object }) => {
      await job()
      assert.deepEqual(await run('take orders --target-directory file:DIR/elsewhere'), elsewhere)
      assert.equal(savepointState(await object()), undefined)
    },
  },
  {
    title: 'without savepointsDir Flink is asked, into the directory given or its own',
    play: async ({ job, run, directory }) => {
      const flinkProperties = { 'state.savepoints.dir': `file:${directory}/elsewhere` }
      await job('orders', { job: { savepointsDir: null }, spec: { flinkProperties } })
      assert.deepEqual(await run('take orders'), elsewhere)
      assert.deepEqual(
        await run('take orders --target-directory file:DIR/orders --format native -o name'),
        ends(0, { out: ['file:DIR/orders/SAVEPOINT-2'] }),
      )
    },
  },
  {
    title: 'a job of a session cluster is named by its id or its name',
    play: async ({ create, seen, run, flink }) => {
      await create('orders', { session: true })
      await seen(now => valueAt(now, 'status.state') === 'Running')
      const { id } = flink().submit({ name: 'words', parallelism: 1, args: [] })
      flink().submit({ name: 'letters', parallelism: 1, args: [] })
      const directory = '--target-directory file:DIR/elsewhere'
      assert.deepEqual(await run(`take orders ${directory} --job-name words`), elsewhere)
      assert.deepEqual(
        await run(`take orders ${directory} --job-id ${id} -o name`),
        ends(0, { out: ['file:DIR/elsewhere/SAVEPOINT-2'] }),
      )
      assert.deepEqual(
        await run(`take orders ${directory}`),
        ends(1, {
          err: [
            'error: cannot take a savepoint of flinkcluster/orders: it is a session cluster: name the Flink job',
            '--job-id ID  # letters',
            '--job-id ID  # words',
          ],
        }),
      )
    },
  },
  {
    title: '--wait=false ends as soon as it is asked',
    play: async ({ job, run, seen }) => {
      await job()
      assert.deepEqual(
        await run('take orders --wait=false'),
        ends(0, { out: [`${printedOrders} savepoint requested`] }),
      )
      await seen(now => savepointState(now) === 'Succeeded')
      assert.deepEqual(await run('take orders --wait=false -o name'), ends(0, {}))
      await seen(now => statusGeneration(now) === 2)
    },
  },
  {
    title: '--dry-run changes nothing',
    play: async ({ job, run, object }) => {
      await job()
      const annotated = [
        `${printedOrders} savepoint would be requested by annotation (dry run)`,
        '',
        'FIELD  FROM  TO',
        `metadata.annotations['flinkclusters.flinkoperator.k8s.io/user-control']  <none>  savepoint`,
      ]
      assert.deepEqual(await run('take orders --dry-run=client'), ends(0, { out: annotated }))
      assert.deepEqual(await run('take orders --dry-run=server'), ends(0, { out: annotated }))
      assert.equal(savepointState(await object()), undefined)
      await run('take orders')
      const generation = ends(0, {
        out: [
          `${printedOrders} savepoint would be requested by generation (dry run)`,
          '',
          'FIELD  FROM  TO',
          'spec.job.savepointGeneration  <none>  2',
        ],
      })
      assert.deepEqual(await run('take orders --dry-run=client'), generation)
      assert.deepEqual(await run('take orders --dry-run=server'), generation)
      assert.deepEqual([specGeneration(await object()), statusGeneration(await object())], [undefined, 1])
    },
  },
]
