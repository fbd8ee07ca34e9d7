import assert from 'node:assert/strict'
import { at, count, isFailed, recreating } from '../any-kind.ts'
import { documentOf, itemsOf } from '../documents.ts'
import { valueAt } from '../facts.ts'
import { everyKind, restoringInPlace, type Scenario } from '../scenario.ts'
import { ends } from '../screens.ts'
import type { Stage } from '../stage.ts'
import { restoredFrom } from '../stopping.ts'

async function withSavepoint({ job, run }: Stage): Promise<void> {
  await job()
  assert.equal((await run('take orders')).exit, 0)
}

const specOf = async ({ object }: Stage) => (await object())['spec']

const ways: readonly Scenario[] = [
  {
    title: 'the plan of a restore changes nothing, and says what would be',
    on: restoringInPlace,
    play: async stage => {
      await withSavepoint(stage)
      const before = await specOf(stage)
      const { exit, stdout } = await stage.run('restore orders latest --dry-run=server -o json')
      const { kind, savepoint, steps } = documentOf(stdout)
      const { location } = savepoint as { location: string }
      assert.deepEqual([exit, kind, location], [0, 'RestorePlan', at(1)])
      assert.ok((steps as unknown[]).length > 2)
      assert.deepEqual(await specOf(stage), before)
    },
  },
  {
    title: 'a safety savepoint that fails ends a restore of any kind before anything is changed',
    play: async stage => {
      await withSavepoint(stage)
      const { run, flink, object } = stage
      const before = await object()
      flink().change({ failSavepoints: 'disk full' })
      const { exit, stdout, stderr } = await run(`restore orders latest --yes${recreating(stage)}`)
      assert.deepEqual([exit, stdout], [3, ''])
      assert.match(
        stderr,
        /^error: nothing was changed: the savepoint of flinkcluster\/orders failed: disk full$/m,
      )
      assert.match(stderr, /^to restore without it: --safety-savepoint=false$/m)
      const after = await object()
      const what = ['metadata.uid', 'spec.job.initialSavepointPath', 'spec.job.fromSavepoint']
      assert.deepEqual(
        what.map(path => valueAt(after, path)),
        what.map(path => valueAt(before, path)),
      )
    },
  },
  {
    title: 'a restore is taken back to what the job had counted before it',
    play: async stage => {
      await withSavepoint(stage)
      const { run } = stage
      const restored = await run(`restore orders latest --yes${recreating(stage)}`)
      assert.equal(restored.exit, 0, restored.stderr)
      const undone = await run(`restore orders --undo --yes${recreating(stage)} --safety-savepoint=false`)
      assert.equal(undone.exit, 0, undone.stderr)
      assert.equal(restoredFrom(stage), at(2))
    },
  },
  {
    title: 'a job is created anew from a savepoint, under another uid',
    play: async stage => {
      await withSavepoint(stage)
      const { run, object } = stage
      const before = valueAt(await object(), 'metadata.uid')
      const { exit, stderr } = await run('restore orders latest --recreate --yes --safety-savepoint=false')
      assert.equal(exit, 0, stderr)
      assert.notEqual(valueAt(await object(), 'metadata.uid'), before)
      assert.equal(restoredFrom(stage), at(1))
    },
  },
  {
    title: 'what the record knows outlives a job of any kind',
    play: async stage => {
      await withSavepoint(stage)
      const { run, api, clusters, object } = stage
      await api.delete(`${clusters}/orders`)
      while (
        await object().then(
          () => true,
          () => false,
        )
      )
        await new Promise(done => setTimeout(done, 20))
      const { exit, stdout, stderr } = await run('history orders')
      assert.deepEqual([exit, stdout], [1, ''])
      assert.match(
        stderr,
        /^its record is still there: kubectl flinksp history flinkcluster\/orders -n NAMESPACE --sources record$/m,
      )
      assert.deepEqual(
        await run('history flinkcluster/orders --sources record -o name'),
        ends(0, { out: [at(1)] }),
      )
    },
  },
  {
    title: 'a job that was stopped and resumed can be stopped and resumed again, and loses nothing',
    play: async stage => {
      const { job, run } = stage
      await job()
      for (const number of [1, 2]) {
        const counted = count(stage)
        assert.equal((await run('stop orders --yes')).exit, 0)
        const resumed = await run('resume orders --yes')
        assert.equal(resumed.exit, 0, resumed.stderr)
        assert.equal(restoredFrom(stage), at(number))
        assert.ok(count(stage) >= counted)
      }
      assert.deepEqual(
        await run('resume orders --yes'),
        ends(1, { err: ['error: cannot resume flinkcluster/orders: its job is running'] }),
      )
    },
  },
  {
    title: 'one savepoint that fails ends nothing for the other jobs, and is exit code 3',
    play: async ({ job, run, flink }) => {
      await Promise.all([job('a'), job('b')])
      flink('b').change({ failSavepoints: 'disk full' })
      const { exit, stdout, stderr } = await run('take a b --yes -o json')
      assert.equal(exit, 3)
      assert.deepEqual(
        itemsOf(stdout, 'state').map(({ state }) => state),
        ['Completed', 'Failed'],
      )
      assert.match(stderr, /^error: of 2 savepoints: 1 completed, 1 failed$/m)
    },
  },
  {
    title: 'status of every kind is a line a job, names one that failed, and is a check',
    play: async ({ job, run, flink, seen }) => {
      await Promise.all([job('orders'), job('failing')])
      flink('failing').change({ failJob: 'out of memory' })
      await seen(isFailed, 'failing')
      const { exit, stdout } = await run('status -o json')
      assert.equal(exit, 0)
      const states = itemsOf(stdout, 'job', 'state').map(({ job: of, state }) => [
        (of as { name: string }).name,
        String(state).toLowerCase(),
      ])
      assert.deepEqual(
        states.filter(([name]) => !name?.endsWith('-session')),
        [
          ['failing', 'failed'],
          ['orders', 'running'],
        ],
      )
      const page = await run('status failing')
      assert.match(page.stdout, /^ +- the job is not running \(\w+\)/m)
      assert.match((await run('status failing')).stdout, /^Take Now: +no: its job is not running/m)
      assert.equal((await run('status orders --max-age 1h')).exit, 3)
    },
  },
]

/** What restores, resumes and many jobs promise, of every kind of job. */
export const everyKindsRestores: readonly Scenario[] = ways.map(way => ({ on: everyKind, ...way }))
