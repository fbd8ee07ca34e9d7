import assert from 'node:assert/strict'
import { textAt } from '../../../src/domain/fields.ts'
import { isRunning } from '../../sandbox/sandbox.ts'
import {
  annotate,
  annotated,
  controlOf,
  jobOf,
  listed,
  passes,
  patch,
  refusal,
  savepointOf,
  story,
  takeByAnnotation,
  withSandbox,
} from './steps.ts'

const today = ['gcp-9', 'spotify'] as const
const clusterState = (object: Parameters<typeof jobOf>[0]) => textAt(object, 'status', 'state')
const boom = { failJob: 'java.lang.RuntimeException: boom' }

describe('what the simulated operators do by themselves', function () {
  this.timeout(60_000)

  for (const dialect of today) {
    it(`takes savepoints by the seconds of the spec, on a clock as fast as a test needs it (${dialect})`, () =>
      withSandbox({ dialect, secondMs: 1 }, async sandbox => {
        await sandbox.createCluster('orders', { job: { autoSavepointSeconds: 300 } })
        const values = await story(
          sandbox,
          'orders',
          object => [savepointOf(object)['triggerReason'], jobOf(object)['savepointGeneration']],
          object => jobOf(object)['savepointGeneration'] === 2,
        )
        assert.deepEqual(values.at(-1), ['scheduled', 2])
      }))

    it(`keeps the cluster of a job that ended where the policy says so (${dialect})`, () =>
      withSandbox({ dialect }, async sandbox => {
        const cleanupPolicy = { afterJobSucceeds: 'KeepCluster' }
        await sandbox.createCluster('orders', { job: { cleanupPolicy } })
        sandbox.flink('orders').change({ finishJob: true })
        await sandbox.seen('orders', object => jobOf(object)['state'] === 'Succeeded')
        await passes(sandbox, 'orders', 3)
        assert.equal(clusterState(await sandbox.cluster('orders')), 'Running')
        assert.equal(sandbox.flink('orders').jobs[0]?.state, 'FINISHED')
      }))

    it(`removes the cluster of a job that ended or failed where the policy says so (${dialect})`, () =>
      withSandbox({ dialect }, async sandbox => {
        await Promise.all([
          sandbox.createCluster('orders'),
          sandbox.createCluster('payments', { job: { cleanupPolicy: { afterJobFails: 'DeleteCluster' } } }),
        ])
        sandbox.flink('orders').change({ finishJob: true })
        sandbox.flink('payments').change(boom)
        const ends = ['orders', 'payments'].map(name =>
          sandbox.seen(name, object => clusterState(object) === 'Stopped'),
        )
        const states = (await Promise.all(ends)).map(object => jobOf(object)['state'])
        assert.deepEqual(states, ['Succeeded', 'Failed'])
      }))

    it(`takes edits of the policies without a restart and without a revision (${dialect})`, () =>
      withSandbox({ dialect }, async sandbox => {
        const { id } = jobOf(
          await sandbox.createCluster('orders', { job: { maxStateAgeToRestoreSeconds: 3600 } }),
        )
        await patch(sandbox, 'orders', {
          spec: {
            job: {
              cleanupPolicy: { afterJobSucceeds: 'KeepCluster' },
              restartPolicy: 'FromSavepointOnFailure',
            },
          },
        })
        await passes(sandbox, 'orders', 3)
        const after = await sandbox.cluster('orders')
        const revisions = await listed(sandbox, '/apis/apps/v1', 'controllerrevisions')
        assert.deepEqual([jobOf(after)['id'], isRunning(after), revisions.length], [id, true, 1])
        sandbox.flink('orders').change({ finishJob: true })
        await sandbox.seen('orders', object => jobOf(object)['state'] === 'Succeeded')
        await passes(sandbox, 'orders', 3)
        assert.equal(clusterState(await sandbox.cluster('orders')), 'Running')
      }))

    it(`leaves nothing of a FlinkCluster that is deleted but its Events (${dialect})`, () =>
      withSandbox({ dialect }, async sandbox => {
        await sandbox.createCluster('orders')
        await sandbox.api.delete(sandbox.path('orders'))
        const left = async () => [
          ...(await listed(sandbox, '/api/v1', 'pods')),
          ...(await listed(sandbox, '/api/v1', 'services')).filter(({ metadata }) =>
            textAt({ metadata }, 'metadata', 'name')?.startsWith('orders'),
          ),
          ...(await listed(sandbox, '/apis/apps/v1', 'controllerrevisions')),
        ]
        let rest = await left()
        while (rest.length > 0) rest = await left()
        assert.ok((await listed(sandbox, '/api/v1', 'events')).length > 0)
      }))
  }

  it('restarts a failed job on Spotify also where there is no savepoint, from nothing; on GCP it stays Failed', async () => {
    const restartPolicy = 'FromSavepointOnFailure'
    await withSandbox({ dialect: 'spotify' }, async sandbox => {
      const job = { restartPolicy, maxStateAgeToRestoreSeconds: 3600 }
      const { id } = jobOf(await sandbox.createCluster('orders', { job }))
      sandbox.flink('orders').change(boom)
      await sandbox.seen('orders', object => isRunning(object) && jobOf(object)['id'] !== id)
      assert.deepEqual(
        sandbox.flink('orders').jobs.map(({ state, restored }) => [state, restored]),
        [
          ['RUNNING', undefined],
          ['FAILED', undefined],
        ],
      )
    })
    await withSandbox({ dialect: 'gcp-9' }, async sandbox => {
      await sandbox.createCluster('orders', { job: { restartPolicy } })
      sandbox.flink('orders').change(boom)
      await sandbox.seen('orders', object => jobOf(object)['state'] === 'Failed')
      await passes(sandbox, 'orders', 3)
      const { state, restartCount } = jobOf(await sandbox.cluster('orders'))
      assert.deepEqual([state, restartCount], ['Failed', undefined])
    })
  })

  it('updates on GCP without a savepoint of its own where the last is young enough, and loses what came after', () =>
    withSandbox({ dialect: 'gcp-9' }, async sandbox => {
      await sandbox.createCluster('orders')
      const taken = jobOf(await takeByAnnotation(sandbox, 'orders'))
      await patch(sandbox, 'orders', { spec: { job: { podLabels: { a: 'b' } } } })
      const restarted = await sandbox.seen(
        'orders',
        object => isRunning(object) && jobOf(object)['id'] !== taken['id'],
      )
      const { savepointGeneration, fromSavepoint } = jobOf(restarted)
      assert.deepEqual([savepointGeneration, fromSavepoint], [1, taken['savepointLocation']])
    }))

  it('takes a savepoint on GCP where fromSavepoint is removed and the last is too old', () =>
    withSandbox({ dialect: 'gcp-9' }, async sandbox => {
      await sandbox.createCluster('orders')
      const old = jobOf(await takeByAnnotation(sandbox, 'orders'))['savepointLocation']
      await patch(sandbox, 'orders', { spec: { job: { fromSavepoint: old } } })
      const { id } = jobOf(
        await sandbox.seen('orders', object => isRunning(object) && jobOf(object)['fromSavepoint'] === old),
      )
      const longAgo = { components: { job: { lastSavepointTime: '2020-01-01T00:00:00Z' } } }
      await patch(sandbox, 'orders', { status: longAgo }, 'status')
      await patch(sandbox, 'orders', { spec: { job: { fromSavepoint: null } } })
      const restarted = jobOf(
        await sandbox.seen('orders', object => isRunning(object) && jobOf(object)['id'] !== id),
      )
      assert.notEqual(restarted['fromSavepoint'], old)
      assert.equal(restarted['savepointLocation'], restarted['fromSavepoint'])
    }))

  it('takes a final savepoint on Spotify where fromSavepoint is removed, and starts from it', () =>
    withSandbox({ dialect: 'spotify' }, async sandbox => {
      await sandbox.createCluster('orders')
      const old = jobOf(await takeByAnnotation(sandbox, 'orders'))['savepointLocation']
      await patch(sandbox, 'orders', { spec: { job: { fromSavepoint: old } } })
      const { id } = jobOf(
        await sandbox.seen('orders', object => isRunning(object) && jobOf(object)['fromSavepoint'] === old),
      )
      const final = sandbox.seen('orders', object => jobOf(object)['finalSavepoint'] === true)
      await patch(sandbox, 'orders', { spec: { job: { fromSavepoint: null } } })
      const { savepointLocation } = jobOf(await final)
      const restarted = jobOf(
        await sandbox.seen('orders', object => isRunning(object) && jobOf(object)['id'] !== id),
      )
      assert.deepEqual([restarted['fromSavepoint'], savepointLocation === old], [savepointLocation, false])
    }))

  it('updates on Spotify without a savepoint where the spec says so and the last is young enough, and refuses otherwise', () =>
    withSandbox({ dialect: 'spotify' }, async sandbox => {
      const job = { takeSavepointOnUpdate: false, maxStateAgeToRestoreSeconds: 3600 }
      await sandbox.createCluster('orders', { job })
      const edit = (a: string) => patch(sandbox, 'orders', { spec: { job: { podLabels: { a } } } })
      assert.match(
        await refusal(edit('b')),
        /cannot update spec: taking savepoint is skipped but no up-to-date/,
      )
      const taken = jobOf(await takeByAnnotation(sandbox, 'orders'))
      await edit('c')
      const restarted = jobOf(
        await sandbox.seen('orders', object => isRunning(object) && jobOf(object)['id'] !== taken['id']),
      )
      assert.deepEqual(
        [restarted['fromSavepoint'], restarted['savepointGeneration']],
        [taken['savepointLocation'], 1],
      )
      const without = (more: object) => sandbox.createCluster('payments', { job: { ...more } })
      assert.deepEqual(
        [
          await refusal(without({ takeSavepointOnUpdate: false })),
          await refusal(without({ restartPolicy: 'FromSavepointOnFailure' })),
        ].map(text => text.replace(/.*denied the request: /, '')),
        [
          'maxStateAgeToRestoreSeconds must be specified when takeSavepointOnUpdate is set as false',
          'maxStateAgeToRestoreSeconds must be specified when restartPolicy is set as FromSavepointOnFailure',
        ],
      )
    }))

  it('cancels by cancelRequested on GCP without a new savepoint, and takes no edit ever after', () =>
    withSandbox({ dialect: 'gcp-9' }, async sandbox => {
      await sandbox.createCluster('orders')
      await takeByAnnotation(sandbox, 'orders')
      await patch(sandbox, 'orders', { spec: { job: { cancelRequested: true } } })
      const stopped = await sandbox.seen('orders', object => clusterState(object) === 'Stopped')
      assert.deepEqual([jobOf(stopped)['state'], jobOf(stopped)['savepointGeneration']], ['Cancelled', 1])
      assert.match(
        await refusal(patch(sandbox, 'orders', { metadata: { labels: { a: 'b' } } })),
        /property `cancelRequested` cannot be set to true for a new job$/,
      )
    }))

  it('holds up every cluster on Spotify while a job-cancel takes its savepoint', () =>
    withSandbox({ dialect: 'spotify' }, async sandbox => {
      await Promise.all([sandbox.createCluster('orders'), sandbox.createCluster('payments')])
      sandbox.flink('orders').change({ savepointMs: 200 })
      await annotate(sandbox, 'orders', 'job-cancel')
      await sandbox.seen('orders', object => savepointOf(object)['state'] === 'InProgress')
      await annotate(sandbox, 'payments')
      await sandbox.seen('payments', object => controlOf(object)['state'] !== undefined)
      assert.equal(sandbox.flink('orders').jobs[0]?.state, 'FINISHED')
    }))

  it('tries a job-cancel on Spotify for ever while its savepoint fails, with the control in progress', () =>
    withSandbox({ dialect: 'spotify' }, async sandbox => {
      await sandbox.createCluster('orders')
      sandbox.flink('orders').change({ failSavepoints: 'disk full' })
      await annotate(sandbox, 'orders', 'job-cancel')
      const tries = () => sandbox.flink('orders').jobs[0]?.checkpoints.length ?? 0
      while (tries() < 3) await passes(sandbox, 'orders', 1)
      const failing = await sandbox.cluster('orders')
      assert.deepEqual(
        [controlOf(failing)['name'], controlOf(failing)['state'], annotated(failing), isRunning(failing)],
        ['job-cancel', 'InProgress', true, true],
      )
      sandbox.flink('orders').change({ failSavepoints: '' })
      const stopped = await sandbox.seen('orders', object => clusterState(object) === 'Stopped')
      assert.deepEqual(
        [jobOf(stopped)['state'], jobOf(stopped)['finalSavepoint'], savepointOf(stopped)['state']],
        ['Cancelled', true, 'Succeeded'],
      )
    }))
})
