import assert from 'node:assert/strict'
import { annotationOf, specGeneration, statusGeneration, valueAt } from '../facts.ts'
import { completed as completedOn, nothingAsked, snapshotsOf, taken, unplaced, wayOf } from '../kinds.ts'
import { flinkClusters, flinkRest, records } from '../rights.ts'
import { everyKind, type Scenario } from '../scenario.ts'
import { completed, ends, printedOrders } from '../screens.ts'
import type { Stage } from '../stage.ts'

const elsewhere = ends(0, {
  out: [`${printedOrders} savepoint completed: file:DIR/elsewhere/SAVEPOINT-1 (AGE)`],
})

const own = "annotation and generation are FlinkCluster's own ways"
const spotifys = "trying a generation for ever, and taking it back, is Spotify's own"

/** Nothing that is written to the object has changed. */
async function unwritten(stage: Stage, act: () => Promise<void>): Promise<void> {
  const written = async () => {
    const now = await stage.object()
    return [valueAt(now, 'metadata.generation'), annotationOf(now), valueAt(now, 'status.savepoint')]
  }
  const before = await written()
  await act()
  assert.deepEqual(await written(), before)
  assert.deepEqual(await snapshotsOf(stage), [])
}

/** A session cluster is there, without a job. */
const isUp = (now: Parameters<typeof valueAt>[0]) =>
  valueAt(now, 'status.state') === 'Running' ||
  (valueAt(now, 'status.jobManagerDeploymentStatus') === 'READY' &&
    valueAt(now, 'status.lifecycleState') === 'STABLE')

/** What the first take of a job would change. */
const rows = {
  annotation: "metadata.annotations['flinkclusters.flinkoperator.k8s.io/user-control']  <none>  savepoint",
  snapshot: 'flinkstatesnapshot  <none>  one of KIND orders, backoffLimit 0, disposeOnDelete false',
  nonce: 'spec.job.savepointTriggerNonce  <none>  1',
}

export const takeWays: readonly Scenario[] = [
  {
    title: 'a take prints where the savepoint is, and history has it, the newest first',
    on: everyKind,
    play: async stage => {
      const { job, run } = stage
      await job()
      assert.deepEqual(await run('take flinkcluster/orders'), completedOn(stage, 1))
      assert.deepEqual(await run('take orders'), completedOn(stage, 2))
      assert.deepEqual(
        await run('history orders -o name'),
        ends(0, { out: ['file:DIR/orders/SAVEPOINT-2', 'file:DIR/orders/SAVEPOINT-1'] }),
      )
    },
  },
  {
    title: 'the first take is by annotation, and prints where the savepoint is',
    because: own,
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
    because: own,
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
    because: own,
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
    because: spotifys,
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
    because: spotifys,
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
    title: 'a take may go to a directory of its own; where Flink itself is asked nothing is written',
    on: everyKind,
    play: async stage => {
      const { job, run } = stage
      await job()
      await unwritten(stage, async () => {
        assert.deepEqual(await run('take orders --via rest --target-directory file:DIR/elsewhere'), elsewhere)
      })
      assert.deepEqual(
        await run('take orders --target-directory file:DIR/elsewhere -o name'),
        ends(0, { out: ['file:DIR/elsewhere/SAVEPOINT-2'] }),
      )
    },
  },
  {
    title: 'without savepointsDir Flink is asked, into its own directory',
    because: "where FlinkCluster has a field of its own, others have Flink's",
    play: async ({ job, run, directory }) => {
      const flinkProperties = { 'state.savepoints.dir': `file:${directory}/elsewhere` }
      await job('orders', { job: { savepointsDir: null }, spec: { flinkProperties } })
      assert.deepEqual(await run('take orders'), elsewhere)
    },
  },
  {
    title: 'where nothing says where savepoints go, the directory and the format are those that are given',
    on: everyKind,
    play: async stage => {
      const { job, run, flink, dialect } = stage
      await job('orders', unplaced(dialect))
      const take = 'take orders --target-directory file:DIR/orders'
      assert.deepEqual(
        await run(`${take} --format native -o name`),
        ends(0, { out: ['file:DIR/orders/SAVEPOINT-1'] }),
      )
      assert.deepEqual(
        flink().jobs[0]?.checkpoints.map(({ format }) => format),
        ['NATIVE'],
      )
    },
  },
  {
    title: 'a job of a session cluster is named by its id or its name',
    on: everyKind.filter(dialect => dialect !== 'apache-1.15-session'),
    because: "a FlinkSessionJob's session cluster is a FlinkDeployment",
    play: async ({ create, seen, run, flink }) => {
      await create('orders', { session: true })
      await seen(isUp)
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
    title:
      '--wait=false ends as soon as it is asked, and the savepoint is in the history once it is complete',
    on: everyKind,
    play: async stage => {
      const { job, run } = stage
      await job()
      assert.deepEqual(
        await run('take orders --wait=false'),
        ends(0, { out: [`${printedOrders} savepoint requested`] }),
      )
      await taken(stage)
      await nothingAsked(stage)
      assert.deepEqual(await run('take orders --wait=false -o name'), ends(0, {}))
      await taken(stage, 2)
      assert.deepEqual(await run('history orders -o jsonpath={.items[*].state}'), {
        exit: 0,
        stdout: 'Completed Completed',
        stderr: '',
      })
    },
  },
  {
    title: 'a dry run of a take says how it would be asked, and asks nothing',
    on: everyKind,
    play: async stage => {
      const { job, run, dialect, object } = stage
      await job()
      const way = wayOf(dialect)
      const row = rows[way].replace('KIND', String((await object())['kind']))
      const planned = ends(0, {
        out: [
          `${printedOrders} savepoint would be requested by ${way} (dry run)`,
          '',
          'FIELD  FROM  TO',
          row,
        ],
      })
      await unwritten(stage, async () => {
        for (const dryRun of ['client', 'server'])
          assert.deepEqual(await run(`take orders --dry-run=${dryRun}`), planned)
      })
      assert.deepEqual(await run('history orders -o name'), ends(0, {}))
      assert.deepEqual(await run('take orders'), completedOn(stage))
    },
  },
  {
    title: 'a dry run of a take by generation changes nothing',
    because: own,
    play: async ({ job, run, object }) => {
      await job()
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
