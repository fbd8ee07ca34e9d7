import assert from 'node:assert/strict'
import { isApache } from '../../sandbox/operators/dialects.ts'
import type { DialectName } from '../../sandbox/operators/operator.ts'
import { isFailed } from '../any-kind.ts'
import { specGeneration, statusGeneration, valueAt } from '../facts.ts'
import {
  completed as completedOn,
  hasSnapshots,
  inFlight,
  nothingAsked,
  stateOf,
  taken,
  unplaced,
} from '../kinds.ts'
import { everyKind, type Scenario } from '../scenario.ts'
import { completed, ends } from '../screens.ts'

const refused = (reason: string, ...hints: string[]) =>
  ends(1, { err: [`error: cannot take a savepoint of flinkcluster/orders: ${reason}`, ...hints] })

const inert = "a generation that does nothing is GCP's own"
const placedElsewhere = 'where its savepoints go is said by its session cluster, another object'

/** The ways of its operator, and that through Flink. */
function waysOf(dialect: DialectName): readonly string[] {
  if (!isApache(dialect)) return ['annotation', 'generation']
  return hasSnapshots(dialect) ? ['snapshot', 'nonce'] : ['nonce']
}

/** Each operator's way has no directory to go to; nor has Flink. */
const noDirectory = (dialect: DialectName) =>
  isApache(dialect)
    ? refused(
        'state.savepoints.dir is not set in spec.flinkConfiguration',
        'say where to: --target-directory DIR, or set state.savepoints.dir',
      )
    : refused(
        'spec.job.savepointsDir is not set',
        'ask Flink: --via rest with --target-directory DIR, or set savepointsDir when the cluster is next created',
      )

const nowhere = (dialect: DialectName) => {
  const field = isApache(dialect)
    ? 'state.savepoints.dir in spec.flinkConfiguration'
    : 'spec.job.savepointsDir'
  return refused(
    `there is no ${field}, and Flink has no default directory for savepoints`,
    'give one: --target-directory DIR',
  )
}

const deployments = everyKind.filter(dialect => dialect !== 'apache-1.15-session')

export const takeRefusals: readonly Scenario[] = [
  {
    title: 'a job that is not running is refused',
    on: everyKind,
    play: async ({ dialect, job, run, seen, flink }) => {
      await job()
      flink().change({ failJob: 'java.lang.RuntimeException: boom' })
      await seen(isFailed)
      for (const via of ['auto', 'rest', ...waysOf(dialect)])
        assert.deepEqual(
          await run(`take orders --via ${via}`),
          refused(`its job is not running (${stateOf('Failed', dialect)})`),
        )
    },
  },
  {
    title: 'a job without savepointsDir is refused where Flink has no directory either',
    on: deployments,
    because: placedElsewhere,
    play: async stage => {
      const { dialect, job, run } = stage
      await job('orders', unplaced(dialect))
      assert.deepEqual(await run('take orders'), nowhere(dialect))
      for (const via of waysOf(dialect))
        assert.deepEqual(await run(`take orders --via ${via}`), noDirectory(dialect))
      await nothingAsked(stage)
    },
  },
  {
    title: 'a job with an empty savepointsDir is refused as one without',
    on: deployments,
    because: placedElsewhere,
    play: async ({ dialect, job, run }) => {
      const configuration = { 'state.savepoints.dir': '' }
      await job(
        'orders',
        isApache(dialect)
          ? { job: { upgradeMode: 'stateless' }, spec: { flinkConfiguration: configuration } }
          : { job: { savepointsDir: '' } },
      )
      assert.deepEqual(await run('take orders'), nowhere(dialect))
      for (const via of waysOf(dialect))
        assert.deepEqual(await run(`take orders --via ${via}`), noDirectory(dialect))
    },
  },
  {
    title: 'a second savepoint is refused while one is in flight, or waits for it with --after-current',
    on: everyKind.filter(dialect => !hasSnapshots(dialect)),
    because: 'snapshots are taken one after the other: none is refused',
    play: async stage => {
      const { dialect, job, run, launch, flink, screen } = stage
      await job()
      flink().change({ savepointMs: 6000 })
      const first = await launch('take orders')
      await inFlight(stage)
      const reason = isApache(dialect)
        ? '(manual)'
        : '(user requested); a second one now would make the operator lose it'
      const busy = refused(`another savepoint is in flight ${reason}`, 'wait for it first: --after-current')
      assert.deepEqual(await run('take orders'), busy)
      assert.deepEqual(await run(`take orders --via ${waysOf(dialect)[0]}`), busy)
      const second = await launch('take orders --after-current')
      await second.said('waiting for the savepoint in flight')
      assert.deepEqual(screen.screen(await first.ended), completedOn(stage, 1))
      assert.deepEqual(
        screen.screen(await second.ended),
        completedOn(stage, 2, 'waiting for the savepoint in flight of flinkcluster/orders'),
      )
      await taken(stage, 2)
    },
  },
  {
    title: 'a second snapshot while one is in flight is a savepoint of its own',
    on: everyKind.filter(hasSnapshots),
    because: 'the others take one at a time, and refuse a second',
    play: async stage => {
      const { job, run, launch, flink, screen } = stage
      await job()
      flink().change({ savepointMs: 3000 })
      const first = await launch('take orders')
      await inFlight(stage)
      assert.equal((await run('take orders --wait=false')).exit, 0)
      assert.deepEqual(screen.screen(await first.ended), completedOn(stage, 1))
      await taken(stage, 2)
    },
  },
  {
    title: 'a pending generation that the operator will serve is joined',
    because: "annotation and generation are FlinkCluster's own ways",
    play: async ({ job, run, operator, patch, launch, screen, object }) => {
      await job()
      assert.deepEqual(await run('take orders'), completed(1))
      await operator.pause()
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
    title: 'a nonce that was not looked at yet is not replaced by another',
    on: 'apache-1.7',
    because: 'savepointTriggerNonce is the way of the Apache operator up to 1.9',
    play: async ({ job, run, operator, patch, object }) => {
      await job()
      await operator.pause()
      await patch({ spec: { job: { savepointTriggerNonce: 7 } } })
      assert.deepEqual(
        await run('take orders'),
        refused(
          'another one is asked for (savepointTriggerNonce 7), and not taken yet',
          'wait for it first: --after-current',
          `if it fails again and again, take it back: kubectl patch flinkcluster/orders -n NAMESPACE --type=merge -p '{"spec":{"job":{"savepointTriggerNonce":null}}}'`,
        ),
      )
      assert.equal(valueAt(await object(), 'spec.job.savepointTriggerNonce'), 7)
    },
  },
  {
    title:
      'a generation does nothing before the first savepoint: it is refused, and auto uses the annotation',
    on: 'gcp-9',
    because: inert,
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
    because: inert,
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
    because: "the others' webhooks let this change through, or are not there",
    play: async ({ job, run, patch, operator }) => {
      await job()
      // The operator crashes on this field (seen on tag -9): the job still stands there as Running.
      await operator.pause()
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
