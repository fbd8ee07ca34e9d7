import assert from 'node:assert/strict'
import { fieldsAt } from '../../../src/domain/fields.ts'
import { documentOf, ordersRef } from '../documents.ts'
import { annotationOf, controlAnnotation, jobState, savepointState, valueAt } from '../facts.ts'
import { taken } from '../restoring.ts'
import type { Scenario } from '../scenario.ts'
import { ends, look, printedOrders } from '../screens.ts'
import { at, cancelled, restoredFrom, resumed, stopped } from '../stopping.ts'

export const stops: readonly Scenario[] = [
  {
    title: 'a job is stopped with a savepoint, and resumed from exactly that one',
    play: async stage => {
      await taken(stage)
      const { run, object } = stage
      assert.deepEqual(await run('stop orders --yes'), stopped(2))
      const after = await object()
      assert.deepEqual(
        [
          jobState(after),
          stage.screen.text(String(valueAt(after, 'status.components.job.savepointLocation'))),
        ],
        ['Cancelled', at(2)],
      )
      assert.deepEqual(await run('resume orders --yes'), resumed(2))
      assert.equal(restoredFrom(stage), at(2))
    },
  },
  {
    title: 'a stopped job that is resumed can be stopped and resumed again',
    play: async stage => {
      await stage.job()
      const { run } = stage
      assert.deepEqual(await run('stop orders --yes'), stopped(1))
      assert.deepEqual(await run('resume orders --yes'), resumed(1))
      assert.deepEqual(await run('stop orders --yes'), stopped(2))
      assert.deepEqual(await run('resume orders --yes'), resumed(2))
      assert.equal(restoredFrom(stage), at(2))
    },
  },
  {
    title: 'the savepoint of a stop is printed for machines, and kept in the history with its name and note',
    play: async ({ job, run }) => {
      await job()
      const { exit, stdout, stderr } = await run('stop orders --yes --name before-v2 --note x -o json')
      assert.deepEqual({ exit, stderr }, { exit: 0, stderr: '' })
      const {
        flinkJobId: _,
        triggerId: __,
        requestedAt: ___,
        completedAt: ____,
        ...savepoint
      } = documentOf(stdout)
      assert.deepEqual(
        { ...savepoint, durationMillis: undefined, format: undefined },
        {
          apiVersion: 'flinksp/v1',
          kind: 'Savepoint',
          job: ordersRef,
          state: 'Completed',
          type: 'savepoint',
          location: at(1),
          name: 'before-v2',
          note: 'x',
          trigger: 'cancel',
          generation: 1,
          restartPoint: true,
          origin: false,
          sources: ['status'],
          durationMillis: undefined,
          format: undefined,
        },
      )
      assert.deepEqual(
        await run('history orders --sources record -o jsonpath={.items[*].name}={.items[*].trigger}'),
        { exit: 0, stdout: 'before-v2=cancel', stderr: '' },
      )
    },
  },
  {
    title: 'a plan of a stop changes nothing, and is checked by the server with --dry-run=server',
    play: async ({ job, run, object }) => {
      const before = await job()
      const { exit, stdout } = await run('stop orders --dry-run=server -o json')
      const { kind, changes } = documentOf(stdout)
      assert.deepEqual(
        { exit, kind, changes },
        {
          exit: 0,
          kind: 'StopPlan',
          changes: [{ path: `metadata.annotations['${controlAnnotation}']`, to: 'job-cancel' }],
        },
      )
      assert.deepEqual(fieldsAt(await object(), 'spec'), fieldsAt(before, 'spec'))
      assert.equal(annotationOf(await object()), undefined)
    },
  },
  {
    title: 'a stop whose savepoint fails leaves the job running, with the cause of Flink',
    on: 'gcp-9',
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
    on: 'spotify',
    play: async ({ job, launch, flink, screen }) => {
      await job()
      flink().change({ failSavepoints: 'disk full' })
      const stopping = await launch('stop orders --yes')
      const again =
        'the savepoint of flinkcluster/orders failed: disk full; the operator tries again by itself'
      await stopping.said(again)
      flink().change({ failSavepoints: '' })
      const { exit, stdout, stderr } = screen.screen(await stopping.ended)
      const told = new Set(stderr.trimEnd().split('\n'))
      assert.deepEqual(
        { exit, stdout, told: [...told] },
        { exit: 0, stdout: `${printedOrders} stopped with savepoint: ${at(1)} (AGE)\n`, told: [again] },
      )
    },
  },
  {
    title: 'a stop that does not end in time says so, and how to take it back',
    play: async ({ job, run, flink, seen }) => {
      await job()
      flink().change({ savepointMs: 4_000 })
      const { exit, stdout, stderr } = await run('stop orders --yes --timeout 1s')
      assert.deepEqual(
        { exit, stdout, lines: stderr.split('\n').slice(0, 3) },
        {
          exit: 4,
          stdout: '',
          lines: [
            'error: timed out waiting for flinkcluster/orders to stop with a savepoint; it may still stop',
            look,
            `to take the request back: kubectl annotate flinkcluster/orders -n NAMESPACE ${controlAnnotation}-`,
          ],
        },
      )
      await seen(cancelled)
      assert.deepEqual((await run('resume orders --yes')).exit, 0)
    },
  },
  {
    title: 'a stop that was given up on is joined by the next one',
    play: async ({ job, operator, run, launch, object, screen }) => {
      await job()
      operator.pause()
      assert.equal((await run('stop orders --yes --timeout 500ms -q')).exit, 4)
      const joining = await launch('stop orders --yes')
      const joins = 'a job-cancel is under way already: waiting for that one'
      await joining.said(joins)
      operator.resume()
      assert.deepEqual(screen.screen(await joining.ended), stopped(1, joins))
      assert.equal(jobState(await object()), 'Cancelled')
    },
  },
  {
    title: 'Ctrl-C during a stop says that the operator goes on',
    play: async ({ job, operator, launch, seen, screen }) => {
      await job()
      operator.pause()
      const stopping = await launch('stop orders --yes')
      await seen(now => annotationOf(now) === 'job-cancel')
      stopping.interrupt()
      assert.deepEqual(
        screen.screen(await stopping.ended),
        ends(130, {
          err: [
            'error: interrupted; the operator goes on stopping flinkcluster/orders',
            look,
            `to take the request back: kubectl annotate flinkcluster/orders -n NAMESPACE ${controlAnnotation}-`,
          ],
        }),
      )
      operator.resume()
      await seen(cancelled)
    },
  },
  {
    title: 'a stop waits for a savepoint in flight only with --after-current',
    play: async ({ job, operator, run, launch, flink, seen }) => {
      await job()
      flink().change({ savepointMs: 3_000 })
      assert.equal((await run('take orders --wait=false')).exit, 0)
      await seen(now => savepointState(now) === 'InProgress')
      // So it stays, however long the two programs take to start.
      operator.pause()
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
