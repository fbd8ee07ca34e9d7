import assert from 'node:assert/strict'
import { at, count, isFailed } from '../any-kind.ts'
import { itemsOf } from '../documents.ts'
import { everyKind, type Scenario } from '../scenario.ts'
import { ends } from '../screens.ts'
import { restoredFrom } from '../stopping.ts'

const ways: readonly Scenario[] = [
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
