import assert from 'node:assert/strict'
import type { DialectName } from '../../sandbox/operators/operator.ts'
import { documentOf, ordersRef } from '../documents.ts'
import type { Scenario } from '../scenario.ts'
import { completed, ends } from '../screens.ts'

/** Spotify's status has the format too. */
const formatOn = (dialect: DialectName) => (dialect === 'spotify' ? { format: 'CANONICAL' } : {})

const savepoint = {
  apiVersion: 'flinksp/v1',
  kind: 'Savepoint',
  job: ordersRef,
  type: 'savepoint',
  trigger: 'manual',
  flinkJobId: 'ID',
  restartPoint: false,
  origin: false,
  sources: ['status'],
}

export const outputs: readonly Scenario[] = [
  {
    title: '-o json and yaml print the whole Savepoint of a take, name its location',
    play: async ({ dialect, job, run }) => {
      await job()
      const { exit, stdout, stderr } = await run('take orders -o json')
      assert.deepEqual({ exit, stderr }, { exit: 0, stderr: '' })
      assert.deepEqual(documentOf(stdout), {
        ...savepoint,
        state: 'Completed',
        location: 'file:DIR/orders/SAVEPOINT-1',
        generation: 1,
        triggerId: 'ID',
        ...formatOn(dialect),
        requestedAt: 'TIME',
        completedAt: 'TIME',
        durationMillis: 'NUMBER',
        restartPoint: true,
      })
      const yaml = await run('take orders -o yaml')
      assert.match(yaml.stdout, /^apiVersion: flinksp\/v1\nkind: Savepoint\njob:\n/)
      assert.match(yaml.stdout, /^location: file:DIR\/orders\/SAVEPOINT-2$/m)
      assert.deepEqual(await run('take orders -o name'), ends(0, { out: ['file:DIR/orders/SAVEPOINT-3'] }))
      assert.deepEqual(await run('take orders -o wide'), completed(4))
      assert.deepEqual(await run('take orders -o jsonpath={.state}={.generation}'), {
        exit: 0,
        stdout: 'Completed=5',
        stderr: '',
      })
      assert.deepEqual(
        await run('take orders -o custom-columns=WHERE:.location,HOW:.state'),
        ends(0, { out: ['WHERE  HOW', 'file:DIR/orders/SAVEPOINT-5  Completed'] }),
      )
    },
  },
  {
    title: 'a savepoint that failed is a document for programs, and nothing on stdout for people',
    play: async ({ dialect, job, run, flink }) => {
      await job()
      flink().change({ failSavepoints: 'disk full' })
      const take = 'take orders --via annotation -o'
      const failed = ends(3, { err: ['error: the savepoint of flinkcluster/orders failed: disk full'] })
      const { stdout, ...rest } = await run(`${take} json`)
      assert.deepEqual({ ...rest, stdout: '' }, failed)
      const { failure, ...document } = documentOf(stdout)
      assert.deepEqual(document, {
        ...savepoint,
        state: 'Failed',
        triggerId: 'ID',
        ...formatOn(dialect),
        requestedAt: 'TIME',
      })
      assert.deepEqual(failure, {
        message: 'disk full',
        rootCause: 'disk full',
      })
      for (const format of ['table', 'wide', 'name']) {
        assert.deepEqual(await run(`${take} ${format}`), failed, format)
      }
      const state = await run(`${take} jsonpath={.state}`)
      assert.deepEqual(state, { ...failed, stdout: 'Failed' })
    },
  },
  {
    title: 'a savepoint that is not known to have ended is Requested or InProgress',
    play: async ({ dialect, job, run, flink, operator }) => {
      await job()
      flink().change({ savepointMs: 60_000 })
      const late = await run('take orders --timeout 3s -o json')
      assert.equal(late.exit, 4)
      assert.deepEqual(documentOf(late.stdout), {
        ...savepoint,
        state: 'InProgress',
        triggerId: 'ID',
        ...formatOn(dialect),
        requestedAt: 'TIME',
      })
      await job('payments')
      operator.pause()
      const unseen = await run('take payments --timeout 1s -o json')
      assert.equal(unseen.exit, 4)
      assert.deepEqual(documentOf(unseen.stdout), {
        ...savepoint,
        job: { ...ordersRef, name: 'payments' },
        state: 'Requested',
      })
      assert.equal((await run('take payments --via annotation --timeout 1s -o name')).stdout, '')
    },
  },
]
