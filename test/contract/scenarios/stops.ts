import assert from 'node:assert/strict'
import { fieldsAt } from '../../../src/domain/fields.ts'
import { at, count, untimed } from '../any-kind.ts'
import { documentOf, ordersRef } from '../documents.ts'
import { annotationOf, jobState, savepointState, valueAt } from '../facts.ts'
import { taken } from '../restoring.ts'
import { everyKind, type Scenario } from '../scenario.ts'
import { ends, look } from '../screens.ts'
import { restoredFrom, resumed, stopped } from '../stopping.ts'
import { wordsOf } from '../words.ts'

export const stops: readonly Scenario[] = [
  {
    title: 'a job is stopped with a savepoint, and resumed from exactly that one',
    on: everyKind,
    play: async stage => {
      await taken(stage)
      const { run } = stage
      const counted = count(stage)
      assert.deepEqual(untimed(await run('stop orders --yes')), untimed(stopped(2)))
      const refused = await run('take orders')
      assert.deepEqual([refused.exit, refused.stdout], [1, ''])
      assert.match(
        refused.stderr,
        /^error: cannot take a savepoint of flinkcluster\/orders: its job is not running \(\w+\)\n/,
      )
      assert.deepEqual(await run('resume orders --yes'), resumed(stage, 2))
      assert.equal(restoredFrom(stage), at(2))
      assert.ok(count(stage) >= counted)
    },
  },
  {
    title: 'the savepoint of a stop is printed for machines, and kept in the history with its name and note',
    on: everyKind,
    play: async stage => {
      const { job, run } = stage
      await job()
      const { exit, stdout, stderr } = await run('stop orders --yes --name before-v2 --note x -o json')
      assert.deepEqual({ exit, stderr }, { exit: 0, stderr: '' })
      const {
        flinkJobId: _,
        triggerId: __,
        requestedAt: ___,
        completedAt: ____,
        durationMillis: _____,
        format: ______,
        ...savepoint
      } = documentOf(stdout)
      const { stopSavepoint } = wordsOf(stage)
      assert.deepEqual(savepoint, {
        apiVersion: 'flinksp/v1',
        kind: 'Savepoint',
        job: ordersRef,
        state: 'Completed',
        type: 'savepoint',
        location: at(1),
        name: 'before-v2',
        note: 'x',
        ...stopSavepoint,
        restartPoint: true,
        origin: false,
        sources: ['status'],
      })
      assert.deepEqual(
        await run('history orders --sources record -o jsonpath={.items[*].name}={.items[*].trigger}'),
        { exit: 0, stdout: 'before-v2=cancel', stderr: '' },
      )
    },
  },
  {
    title: 'a plan of a stop changes nothing, and is checked by the server with --dry-run=server',
    on: everyKind,
    play: async stage => {
      const { job, run, object } = stage
      const before = await job()
      const { exit, stdout } = await run('stop orders --dry-run=server -o json')
      const { kind, changes } = documentOf(stdout)
      assert.deepEqual(
        { exit, kind, changes },
        {
          exit: 0,
          kind: 'StopPlan',
          changes: wordsOf(stage).stopChanges,
        },
      )
      assert.deepEqual(fieldsAt(await object(), 'spec'), fieldsAt(before, 'spec'))
      assert.equal(wordsOf(stage).isStopAsked(await object()), false)
    },
  },
  {
    title: 'a stop whose savepoint fails leaves the job running, with the cause of Flink',
    on: 'gcp-9',
    because: 'the other operators try a stop again by themselves',
    play: async stage => {
      await stage.job()
      const { run, flink, object } = stage
      flink().change({ failSavepoints: 'disk full' })
      assert.deepEqual(
        await run('stop orders --yes'),
        ends(3, {
          err: [
            'error: flinkcluster/orders was not stopped: its savepoint failed: disk full',
            'the job goes on',
          ],
        }),
      )
      assert.equal(jobState(await object()), 'Running')
      flink().change({ failSavepoints: '' })
      await stage.seen(now => annotationOf(now) === undefined)
      assert.deepEqual(await run('stop orders --yes'), stopped(1))
    },
  },
  {
    title:
      'a stop whose savepoint fails is tried again by the operator until a repair, and each failure is told',
    on: everyKind.filter(dialect => dialect !== 'gcp-9'),
    because: "GCP's operator tries a stop once",
    play: async stage => {
      const { job, launch, flink, screen } = stage
      await job()
      flink().change({ failSavepoints: 'disk full' })
      const stopping = await launch('stop orders --yes')
      const again = wordsOf(stage).stopFailed('disk full')
      await stopping.said('; the operator tries again by itself')
      flink().change({ failSavepoints: '' })
      const { exit, stdout, stderr } = untimed(screen.screen(await stopping.ended))
      const told = new Set(stderr.trimEnd().split('\n'))
      assert.deepEqual(
        { exit, stdout, told: [...told] },
        { exit: 0, stdout: untimed(stopped(1)).stdout, told: [again] },
      )
    },
  },
  {
    title: 'a stop that does not end in time says so, and how to take it back',
    on: everyKind,
    play: async stage => {
      const { job, run, flink, seen } = stage
      await job()
      flink().change({ savepointMs: 4_000 })
      const { stopTimedOut, stopTakenBack, isStopped } = wordsOf(stage)
      const { exit, stdout, stderr } = await run('stop orders --yes --timeout 1s')
      assert.deepEqual(
        { exit, stdout, lines: stderr.split('\n').slice(0, 3) },
        {
          exit: 4,
          stdout: '',
          lines: [
            `error: timed out waiting for flinkcluster/orders to stop with a savepoint; ${stopTimedOut}`,
            look,
            `to take the request back: ${stopTakenBack}`,
          ],
        },
      )
      await seen(isStopped)
      assert.deepEqual((await run('resume orders --yes')).exit, 0)
    },
  },
  {
    title: 'a stop that was given up on is joined by the next one',
    on: everyKind,
    play: async stage => {
      const { job, operator, run, launch, object, screen } = stage
      await job()
      await operator.pause()
      assert.equal((await run('stop orders --yes --timeout 500ms -q')).exit, 4)
      const joining = await launch('stop orders --yes')
      const { stopJoined, isStopped } = wordsOf(stage)
      await joining.said(stopJoined)
      operator.resume()
      assert.deepEqual(untimed(screen.screen(await joining.ended)), untimed(stopped(1, stopJoined)))
      assert.ok(isStopped(await object()))
    },
  },
  {
    title: 'Ctrl-C during a stop says that the operator goes on',
    on: everyKind,
    play: async stage => {
      const { job, operator, launch, seen, screen } = stage
      await job()
      await operator.pause()
      const stopping = await launch('stop orders --yes')
      const { isStopAsked, isStopped, stopTakenBack } = wordsOf(stage)
      await seen(isStopAsked)
      stopping.interrupt()
      assert.deepEqual(
        screen.screen(await stopping.ended),
        ends(130, {
          err: [
            'error: interrupted; the operator goes on stopping flinkcluster/orders',
            look,
            `to take the request back: ${stopTakenBack}`,
          ],
        }),
      )
      operator.resume()
      await seen(isStopped)
    },
  },
  {
    title: 'a stop waits for a savepoint in flight only with --after-current',
    because: 'an operator of FlinkCluster does one thing at a time: its control, or a savepoint',
    play: async ({ job, operator, run, launch, flink, seen }) => {
      await job()
      flink().change({ savepointMs: 3_000 })
      assert.equal((await run('take orders --wait=false')).exit, 0)
      await seen(now => savepointState(now) === 'InProgress')
      // So it stays, however long the two programs take to start.
      await operator.pause()
      assert.deepEqual(
        await run('stop orders --yes'),
        ends(1, {
          err: [
            'error: cannot stop flinkcluster/orders with a savepoint: a savepoint is in flight (user requested)',
            'wait for it first: --after-current',
          ],
        }),
      )
      const waiting = await launch('stop orders --yes --after-current')
      await waiting.said('waiting for the savepoint in flight of flinkcluster/orders\n')
      operator.resume()
      assert.equal((await waiting.ended).exit, 0)
    },
  },
  {
    title: 'a job that was lost while it stopped is not said to be stopped with a savepoint',
    on: 'spotify',
    // The operator is given 15 s to show one.
    slow: true,
    because: "losing a job that was stopped is Spotify's own",
    play: async ({ job, launch, flink, seen, screen }) => {
      await job()
      flink().change({ savepointMs: 60_000 })
      const stopping = await launch('stop orders --yes')
      await seen(now => valueAt(now, 'status.control.name') === 'job-cancel')
      flink().change({ die: true })
      const { exit, stdout, stderr } = screen.screen(await stopping.ended)
      assert.deepEqual({ exit, stdout }, { exit: 3, stdout: '' })
      assert.match(
        stderr,
        /^error: the job of flinkcluster\/orders is gone \(\w+\), and no savepoint of the stop was seen$/m,
      )
    },
  },
]
