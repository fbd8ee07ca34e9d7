import assert from 'node:assert/strict'
import { at, count, isFailed, untilGone } from '../any-kind.ts'
import { itemsOf } from '../documents.ts'
import { everyKind, type Scenario } from '../scenario.ts'
import { ends } from '../screens.ts'
import type { Stage } from '../stage.ts'
import { restoredFrom } from '../stopping.ts'

async function withSavepoint({ job, run }: Stage): Promise<void> {
  await job()
  assert.equal((await run('take orders')).exit, 0)
}

const ways: readonly Scenario[] = [
  {
    title: 'what the record knows outlives a job of any kind',
    play: async stage => {
      await withSavepoint(stage)
      const { run, api, clusters } = stage
      await api.delete(`${clusters}/orders`)
      await untilGone(stage)
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
