import assert from 'node:assert/strict'
import { specGeneration, statusGeneration, valueAt } from '../facts.ts'
import type { Scenario } from '../scenario.ts'
import { completed, ends } from '../screens.ts'

const refused = (reason: string, ...hints: string[]) =>
  ends(1, { err: [`error: cannot take a savepoint of flinkcluster/orders: ${reason}`, ...hints] })

const noDirectory = refused(
  'spec.job.savepointsDir is not set',
  'ask Flink: --via rest with --target-directory DIR, or set savepointsDir when the cluster is next created',
)

const nowhere = refused(
  'there is no spec.job.savepointsDir, and Flink has no default directory for savepoints',
  'give one: --target-directory DIR',
)

export const takeRefusals: readonly Scenario[] = [
  {
    title: 'a job that is not running is refused',
    play: async ({ job, run, seen, flink }) => {
      await job()
      flink().change({ failJob: 'java.lang.RuntimeException: boom' })
      await seen(now => valueAt(now, 'status.components.job.state') === 'Failed')
      for (const via of ['auto', 'annotation', 'generation', 'rest']) {
        assert.deepEqual(await run(`take orders --via ${via}`), refused('its job is not running (Failed)'))
      }
    },
  },
  {
    title: 'a job without savepointsDir is refused where Flink has no directory either',
    play: async ({ job, run, object }) => {
      await job('orders', { job: { savepointsDir: null } })
      assert.deepEqual(await run('take orders'), nowhere)
      assert.deepEqual(await run('take orders --via annotation'), noDirectory)
      assert.deepEqual(await run('take orders --via generation'), noDirectory)
      assert.equal(specGeneration(await object()), undefined)
    },
  },
  {
    title: 'a job with an empty savepointsDir is refused as one without',
    play: async ({ job, run }) => {
      await job('orders', { job: { savepointsDir: '' } })
      assert.deepEqual(await run('take orders'), nowhere)
      assert.deepEqual(await run('take orders --via annotation'), noDirectory)
      assert.deepEqual(await run('take orders --via generation'), noDirectory)
    },
  },
  {
    title: 'a second savepoint is refused while one is in flight, or waits for it with --after-current',
    play: async ({ job, run, launch, seen, flink, object, screen }) => {
      await job()
      flink().change({ savepointMs: 6000 })
      const first = await launch('take orders')
      await seen(now => valueAt(now, 'status.savepoint.state') === 'InProgress')
      const busy = refused(
        'another savepoint is in flight (user requested); a second one now would make the operator lose it',
        'wait for it first: --after-current',
      )
      assert.deepEqual(await run('take orders'), busy)
      assert.deepEqual(await run('take orders --via annotation'), busy)
      const second = await launch('take orders --after-current')
      await second.said('waiting for the savepoint in flight')
      assert.deepEqual(screen.screen(await first.ended), completed(1))
      assert.deepEqual(
        screen.screen(await second.ended),
        completed(2, 'waiting for the savepoint in flight of flinkcluster/orders'),
      )
      assert.equal(statusGeneration(await object()), 2)
    },
  },
  {
    title: 'a pending generation that the operator will serve is joined',
    play: async ({ job, run, operator, patch, launch, screen, object }) => {
      await job()
      assert.deepEqual(await run('take orders'), completed(1))
      operator.pause()
      await patch({ spec: { job: { savepointGeneration: 2 } } })
      const joined = await launch('take orders')
      await joined.said('savepointGeneration 2 is pending already: waiting for that one')
      operator.resume()
      assert.deepEqual(
        screen.screen(await joined.ended),
        completed(2, 'savepointGeneration 2 is pending already: waiting for that one'),
      )
      assert.equal(statusGeneration(await object()), 2)
    },
  },
  {
    title:
      'a generation does nothing before the first savepoint: it is refused, and auto uses the annotation',
    on: 'gcp-9',
    play: async ({ job, run, patch, object }) => {
      await job()
      const ignored = refused(
        'its operator (gcp-9) ignores savepointGeneration while no savepoint has been taken yet',
        'ask by annotation: --via annotation',
      )
      assert.deepEqual(await run('take orders --via generation'), ignored)
      await patch({ spec: { job: { savepointGeneration: 1 } } })
      assert.deepEqual(await run('take orders --via generation'), ignored)
      assert.deepEqual(await run('take orders'), completed(1))
      assert.equal(statusGeneration(await object()), 1)
    },
  },
  {
    title: 'a generation does nothing after a failure: it is refused, and auto uses the annotation',
    on: 'gcp-9',
    play: async ({ job, run, flink, object }) => {
      await job()
      flink().change({ failSavepoints: 'disk full' })
      assert.equal((await run('take orders')).exit, 3)
      flink().change({ failSavepoints: '' })
      assert.deepEqual(
        await run('take orders --via generation'),
        refused(
          'its operator (gcp-9) ignores savepointGeneration while the last savepoint failed',
          'ask by annotation: --via annotation',
        ),
      )
      assert.deepEqual(await run('take orders'), completed(1))
      assert.equal(specGeneration(await object()), undefined)
    },
  },
  {
    title: "the operator's webhook refuses in its own words",
    on: 'gcp-9',
    play: async ({ job, run, patch, operator }) => {
      await job()
      // The operator crashes on this field (seen on tag -9): the job still stands there as Running.
      operator.pause()
      await patch({ spec: { job: { cancelRequested: true } } })
      const text = 'property `cancelRequested` cannot be set to true for a new job'
      assert.deepEqual(
        await run('take orders'),
        ends(1, {
          err: [
            `Error from server (${text}): admission webhook "vflinkcluster.flinkoperator.k8s.io" denied the request: ${text}`,
          ],
        }),
      )
    },
  },
]
