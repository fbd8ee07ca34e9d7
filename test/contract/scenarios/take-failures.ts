import assert from 'node:assert/strict'
import { isApache } from '../../sandbox/operators/dialects.ts'
import { annotationOf, savepointState, specGeneration, statusGeneration, valueAt } from '../facts.ts'
import { completed as completedOn, hasSnapshots, inFlight, nothingAsked, wayOf } from '../kinds.ts'
import { everyKind, type Scenario } from '../scenario.ts'
import { completed, ends, look } from '../screens.ts'
import type { Stage } from '../stage.ts'

const failed = (cause: string, ...more: string[]) =>
  ends(3, { err: [`error: the savepoint of flinkcluster/orders failed: ${cause}`, ...more] })

/** The same on any kind: a nonce is taken back first, since it would be tried again without end. */
function failedOn({ dialect }: Stage, cause: string, ...more: string[]) {
  const { stderr, ...rest } = failed(cause, ...more)
  const nonce =
    'savepointTriggerNonce 1 of flinkcluster/orders is taken back: the operator does not try it again\n'
  return { ...rest, stderr: wayOf(dialect) === 'nonce' ? nonce + stderr : stderr }
}

const own = "annotation and generation are FlinkCluster's own ways"
const spotifys = "trying a generation for ever, and taking it back, is Spotify's own"

const again = 'not all tasks of flinkcluster/orders are running yet; asking again in 3 s'

/** Somebody asks again: we, or the operator itself. */
function againOn({ dialect }: Stage): string {
  if (hasSnapshots(dialect))
    return 'flinkcluster/orders is not ready for a savepoint yet; asking again in 3 s'
  return isApache(dialect) ? again.replace('asking again in 3 s', 'the operator tries again') : again
}

const unknownToOperator =
  'Flink completed this savepoint, and the operator does not know it: it is in no field of flinkcluster/orders'
const goesOn = (generation: number) =>
  `the operator goes on trying; to end it: kubectl patch flinkcluster/orders -n NAMESPACE --subresource=status --type=merge -p '{"status":{"components":{"job":{"savepointGeneration":${generation}}}}}'`

export const takeFailures: readonly Scenario[] = [
  {
    title:
      'a failure is told with the cause that only Flink knows, nothing is left of it, and the next take works',
    on: everyKind,
    play: async stage => {
      const { job, run, flink } = stage
      await job()
      flink().change({ failSavepoints: 'uncreatable directory' })
      assert.deepEqual(
        await run('take orders'),
        failedOn(stage, 'Failed to create savepoint directory at file:DIR/orders'),
      )
      await nothingAsked(stage)
      flink().change({ failSavepoints: '' })
      assert.deepEqual(await run('take orders'), completedOn(stage))
    },
  },
  {
    title: 'a POST that Flink refuses is a failure',
    on: everyKind.filter(dialect => dialect !== 'apache-1.7'),
    because: 'an operator that is asked by nonce asks Flink again, until the take gives up',
    play: async stage => {
      const { job, run, flink } = stage
      await job()
      flink().change({ refuseSavepoints: 503 })
      const causeless = 'cause not available because the operator did not get as far as a trigger'
      assert.deepEqual(
        await run('take orders'),
        failed('503 Service Unavailable', ...(isApache(stage.dialect) ? [] : [causeless])),
      )
      await nothingAsked(stage)
    },
  },
  {
    title:
      'a POST that Flink refuses again and again is told when the take gives up, and the nonce is taken back',
    on: 'apache-1.7',
    because: 'the others try once, and say that it failed',
    play: async stage => {
      const { job, run, flink } = stage
      await job()
      flink().change({ refuseSavepoints: 503 })
      const { exit, stderr } = await run('take orders --timeout 2s')
      assert.equal(exit, 4)
      const [takenBack, error, reported, ...more] = stderr.split('\n')
      assert.deepEqual(
        [takenBack, error, more],
        [
          'savepointTriggerNonce 1 of flinkcluster/orders is taken back: the operator does not try it again',
          'error: timed out waiting for the operator to look at the request for a savepoint of flinkcluster/orders, which is taken back',
          [''],
        ],
      )
      assert.match(reported ?? '', /^the operator reports: .*503/)
      await nothingAsked(stage)
    },
  },
  {
    title:
      "a savepoint that outlasts the operator's patience is completed, and the operator does not know it",
    on: 'gcp-9',
    operating: { savepointLimitMs: 300 },
    because: "only GCP's operator gives a savepoint up that Flink goes on with",
    play: async ({ job, run, flink, object }) => {
      await job()
      flink().change({ savepointMs: 2500 })
      assert.deepEqual(
        await run('take orders'),
        ends(0, {
          out: ['flinkcluster.flinkoperator.k8s.io/orders savepoint completed: file:DIR/orders/SAVEPOINT-1'],
          err: [unknownToOperator],
        }),
      )
      const after = await object()
      assert.deepEqual(
        [savepointState(after), valueAt(after, 'status.savepoint.message'), statusGeneration(after)],
        ['Failed', 'Timed out taking savepoint.', undefined],
      )
    },
  },
  {
    title: 'where nobody can say how it ended it is a failure, and may be complete all the same',
    because: 'the Apache operator goes on asking Flink, and the take goes on waiting',
    play: async ({ dialect, job, launch, seen, flink, screen }) => {
      await job('orders', { job: { cleanupPolicy: { afterJobSucceeds: 'KeepCluster' } } })
      flink().change({ savepointMs: 60_000 })
      const taking = await launch('take orders')
      await seen(now => savepointState(now) === 'InProgress')
      flink().change({ silent: true })
      const { exit, stdout, stderr } = screen.screen(await taking.ended)
      assert.deepEqual({ exit, stdout }, { exit: 3, stdout: '' })
      const [words, ...hints] = stderr.split('\n')
      const said =
        dialect === 'gcp-9'
          ? 'Flink API is not available.'
          : 'Flink job is stopped: Failed to get savepoint status'
      assert.ok(words?.startsWith(`error: the savepoint of flinkcluster/orders failed: ${said}`), stderr)
      assert.deepEqual(hints, [
        "cause not available because the API server's service proxy: no answer in time; a port-forward: no answer in time",
        'Flink may have completed it all the same: look into the savepoints directory',
        '',
      ])
    },
  },
  {
    title: 'an annotation that the operator lost is written again',
    because: own,
    play: async ({ job, launch, operator, seen, patch, screen }) => {
      await job()
      await operator.pause()
      const taking = await launch('take orders')
      await seen(now => annotationOf(now) === 'savepoint')
      await patch({ metadata: { annotations: { 'flinkclusters.flinkoperator.k8s.io/user-control': null } } })
      await seen(now => annotationOf(now) === 'savepoint')
      operator.resume()
      assert.deepEqual(screen.screen(await taking.ended), completed(1))
    },
  },
  {
    title: 'of a take that the operator repeats by itself the first savepoint is ours',
    on: 'spotify',
    operating: { races: { repeatedTake: 1 } },
    because: "repeating a take by itself is Spotify's own",
    play: async ({ job, run, flink, seen }) => {
      await job()
      flink().change({ savepointMs: 1000 })
      assert.deepEqual(await run('take orders'), completed(1))
      await seen(now => statusGeneration(now) === 2)
      const { items } = JSON.parse((await run('history orders --sources record,status -o json')).stdout)
      const told = items.map(({ location, sources }: { location: string; sources: string[] }) => ({
        location,
        sources,
      }))
      assert.deepEqual(told, [
        { location: 'file:DIR/orders/SAVEPOINT-2', sources: ['status'] },
        { location: 'file:DIR/orders/SAVEPOINT-1', sources: ['record'] },
      ])
    },
  },
  {
    title: 'a job that is deleted while its savepoint is awaited is a failure',
    on: everyKind,
    play: async stage => {
      const { job, launch, flink, api, clusters, screen, dialect } = stage
      await job()
      flink().change({ savepointMs: 60_000 })
      const taking = await launch('take orders')
      await inFlight(stage)
      await api.delete(`${clusters}/orders`)
      const stays = 'its snapshot stays: flinkstatesnapshot/orders-flinksp-NONCE -n NAMESPACE'
      const gone = 'error: flinkcluster/orders was deleted while its savepoint was awaited'
      const told = ends(3, { err: [gone, look, ...(hasSnapshots(dialect) ? [stays] : [])] })
      const ended = screen.screen(await taking.ended)
      // The operator may look at the snapshot before the deletion is seen here, and fails it in words of its own.
      const first =
        hasSnapshots(dialect) && / failed: Secondary resource orders .* is not running\n/.test(ended.stderr)
      assert.deepEqual(first ? { ...ended, stderr: told.stderr } : ended, told)
    },
  },
  {
    title: 'a job that fails while its savepoint is awaited is a failure',
    on: everyKind,
    play: async stage => {
      const { job, launch, flink, screen } = stage
      await job()
      flink().change({ savepointMs: 500 })
      const taking = await launch('take orders')
      await inFlight(stage)
      flink().change({ failJob: 'java.lang.RuntimeException: boom' })
      assert.deepEqual(screen.screen(await taking.ended), failed('Checkpoint Coordinator is suspending.'))
    },
  },
  {
    title: 'a savepoint that finds tasks deploying is asked for again',
    on: everyKind,
    play: async stage => {
      const { job, run, flink } = stage
      await job()
      flink().change({ notAllTasksRunning: 1 })
      assert.deepEqual(await run('take orders'), completedOn(stage, 1, againOn(stage)))
    },
  },
  {
    title:
      'a generation that finds tasks deploying is asked for again, by annotation where the operator gives up',
    because: own,
    play: async ({ dialect, job, run, flink, object }) => {
      await job()
      assert.deepEqual(await run('take orders'), completed(1))
      flink().change({ notAllTasksRunning: 1 })
      assert.deepEqual(await run('take orders'), completed(2, again))
      const after = await object()
      assert.deepEqual([specGeneration(after), statusGeneration(after)], [2, 2])
      const control = valueAt(after, 'status.control.name')
      assert.equal(control, 'savepoint', dialect)
    },
  },
  {
    title: 'of a generation that the operator tries for ever it is said how to end it',
    on: 'spotify',
    because: spotifys,
    play: async ({ job, run, flink }) => {
      await job()
      assert.deepEqual(await run('take orders'), completed(1))
      flink().change({ failSavepoints: 'disk full' })
      assert.deepEqual(
        await run('take orders'),
        ends(3, { err: [goesOn(2), 'error: the savepoint of flinkcluster/orders failed: disk full'] }),
      )
    },
  },
  {
    title: '--withdraw takes a failing generation back, and history never shows it as a savepoint',
    on: 'spotify',
    because: spotifys,
    play: async ({ job, run, flink, object, seen }) => {
      await job()
      flink().change({ failSavepoints: 'disk full' })
      assert.deepEqual(
        await run('take orders --via generation --withdraw=true'),
        ends(3, {
          err: [
            'savepointGeneration 1 of flinkcluster/orders withdrawn',
            'error: the savepoint of flinkcluster/orders failed: disk full',
          ],
        }),
      )
      await seen(now => savepointState(now) === 'Failed')
      assert.deepEqual([specGeneration(await object()), statusGeneration(await object())], [1, 1])
      flink().change({ failSavepoints: '' })
      // One more trigger may still be under way after a withdrawal, and succeed now (seen on Spotify v0.6).
      assert.deepEqual(await run('take orders --after-current -q'), completed(1))
      const { items } = JSON.parse((await run('history orders --sources record,status -o json')).stdout)
      const told: { state: string; generation?: number }[] = items
      assert.equal(told[0]?.state, 'Completed')
      assert.deepEqual(
        told.filter(({ generation }) => generation === 1).map(({ state }) => state),
        ['Withdrawn'],
      )
    },
  },
]
