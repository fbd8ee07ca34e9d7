import assert from 'node:assert/strict'
import { isApache } from '../../sandbox/operators/dialects.ts'
import type { DialectName } from '../../sandbox/operators/operator.ts'
import { documentOf, ordersRef } from '../documents.ts'
import { completed, hasSnapshots } from '../kinds.ts'
import { everyKind, type Scenario } from '../scenario.ts'
import { ends } from '../screens.ts'

/** The status of Spotify's operator and of Apache's up to 1.9 has the format. */
const formatOn = (dialect: DialectName) =>
  dialect === 'spotify' || dialect === 'apache-1.7' ? { format: 'CANONICAL' } : {}

/** A FlinkCluster counts its savepoints; up to 1.7 nobody says when one was complete. */
const countOn = (dialect: DialectName) => (isApache(dialect) ? {} : { generation: 1 })
const endOn = (dialect: DialectName) =>
  dialect === 'apache-1.7' ? {} : { completedAt: 'TIME', durationMillis: 'NUMBER' }

const savepoint = (dialect: DialectName) => ({
  apiVersion: 'flinksp/v1',
  kind: 'Savepoint',
  job: ordersRef,
  type: 'savepoint',
  trigger: 'manual',
  flinkJobId: 'ID',
  restartPoint: false,
  origin: false,
  sources: [hasSnapshots(dialect) ? 'snapshots' : 'status'],
})

export const outputs: readonly Scenario[] = [
  {
    title: '-o json and yaml print the whole Savepoint of a take, name its location',
    on: everyKind,
    play: async stage => {
      const { dialect, job, run } = stage
      await job()
      const { exit, stdout, stderr } = await run('take orders -o json')
      assert.deepEqual({ exit, stderr }, { exit: 0, stderr: '' })
      assert.deepEqual(documentOf(stdout), {
        ...savepoint(dialect),
        state: 'Completed',
        location: 'file:DIR/orders/SAVEPOINT-1',
        ...countOn(dialect),
        triggerId: 'ID',
        ...formatOn(dialect),
        requestedAt: 'TIME',
        ...endOn(dialect),
        // A snapshot is no restart point before the job is upgraded from it.
        restartPoint: !hasSnapshots(dialect),
      })
      const yaml = await run('take orders -o yaml')
      assert.match(yaml.stdout, /^apiVersion: flinksp\/v1\nkind: Savepoint\njob:\n/)
      assert.match(yaml.stdout, /^location: file:DIR\/orders\/SAVEPOINT-2$/m)
      assert.deepEqual(await run('take orders -o wide'), completed(stage, 3))
      assert.deepEqual(await run('take orders -o jsonpath={.state}={.trigger}'), {
        exit: 0,
        stdout: 'Completed=manual',
        stderr: '',
      })
      assert.deepEqual(
        await run('take orders -o custom-columns=WHERE:.location,HOW:.state'),
        ends(0, { out: ['WHERE  HOW', 'file:DIR/orders/SAVEPOINT-4  Completed'] }),
      )
    },
  },
  {
    title: 'a savepoint that failed is a document for programs, and nothing on stdout for people',
    on: everyKind,
    play: async ({ dialect, job, run, flink }) => {
      await job()
      flink().change({ failSavepoints: 'disk full' })
      // By annotation a FlinkCluster is asked once and not again. The Apache operator may try once more before its nonce is put back.
      const take = `take orders ${isApache(dialect) ? '--after-current' : '--via annotation'} -q -o`
      const failed = ends(3, { err: ['error: the savepoint of flinkcluster/orders failed: disk full'] })
      const { stdout, ...rest } = await run(`${take} json`)
      assert.deepEqual({ ...rest, stdout: '' }, failed)
      const { failure, ...document } = documentOf(stdout)
      assert.deepEqual(document, {
        ...savepoint(dialect),
        state: 'Failed',
        triggerId: 'ID',
        ...formatOn(dialect),
        requestedAt: 'TIME',
      })
      assert.equal((failure as { rootCause: string }).rootCause, 'disk full')
      for (const format of ['table', 'wide', 'name']) {
        assert.deepEqual(await run(`${take} ${format}`), failed, format)
      }
      const state = await run(`${take} jsonpath={.state}`)
      assert.deepEqual(state, { ...failed, stdout: 'Failed' })
    },
  },
  {
    title: 'a savepoint that is not known to have ended is Requested or InProgress',
    on: everyKind,
    play: async ({ dialect, job, run, flink, operator }) => {
      await job()
      flink().change({ savepointMs: 60_000 })
      const late = await run('take orders --timeout 3s -o json')
      assert.equal(late.exit, 4)
      assert.deepEqual(documentOf(late.stdout), {
        ...savepoint(dialect),
        state: 'InProgress',
        triggerId: 'ID',
        ...formatOn(dialect),
        requestedAt: 'TIME',
      })
      await job('payments')
      await operator.pause()
      const unseen = await run('take payments --timeout 1s -o json')
      assert.equal(unseen.exit, 4)
      assert.deepEqual(documentOf(unseen.stdout), {
        ...savepoint(dialect),
        job: { ...ordersRef, name: 'payments' },
        state: 'Requested',
      })
      assert.equal((await run('take payments --timeout 1s -o name')).stdout, '')
    },
  },
]
