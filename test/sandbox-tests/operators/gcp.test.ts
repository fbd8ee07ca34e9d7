import assert from 'node:assert/strict'
import { textAt } from '../../../src/domain/fields.ts'
import { isRunning } from '../../sandbox/sandbox.ts'
import {
  annotate,
  annotated,
  controlOf,
  jobOf,
  passes,
  patch,
  refusal,
  restoreTo,
  savepointOf,
  story,
  takeByAnnotation,
  withSandbox,
} from './steps.ts'

const gcp = { dialect: 'gcp-9' } as const
const patience = { savepointMs: 400 }

describe('the simulated GCP operator, tag v1beta1-9', function () {
  this.timeout(60_000)

  it('gives a savepoint up after its limit, and Flink completes it all the same', () =>
    withSandbox({ ...gcp, savepointLimitMs: 150 }, async sandbox => {
      await sandbox.createCluster('orders')
      sandbox.flink('orders').change(patience)
      await annotate(sandbox, 'orders')
      const failed = await sandbox.seen('orders', object => controlOf(object)['state'] === 'Failed')
      const { jobID, triggerID, message } = savepointOf(failed)
      assert.equal(message, 'Timed out taking savepoint.')
      const { url } = sandbox.flink('orders')
      let answer = ''
      while (!answer.includes('location')) {
        answer = await (await fetch(`${url}/jobs/${jobID}/savepoints/${triggerID}`)).text()
      }
      await passes(sandbox, 'orders', 2)
      assert.equal(jobOf(await sandbox.cluster('orders'))['savepointLocation'], undefined)
    }))

  it('forgets a savepoint in progress when another is asked for by annotation', () =>
    withSandbox(gcp, async sandbox => {
      await sandbox.createCluster('orders')
      await takeByAnnotation(sandbox, 'orders')
      sandbox.flink('orders').change(patience)
      await patch(sandbox, 'orders', { spec: { job: { savepointGeneration: 2 } } })
      const first = await sandbox.seen('orders', object => savepointOf(object)['state'] === 'InProgress')
      const done = await takeByAnnotation(sandbox, 'orders')
      assert.notEqual(savepointOf(done)['triggerID'], savepointOf(first)['triggerID'])
      assert.equal(jobOf(done)['savepointGeneration'], 2)
      assert.equal(sandbox.flink('orders').jobs[0]?.checkpoints.length, 3)
    }))

  it('shows a refused POST as TriggerFailed, and its control as Failed', () =>
    withSandbox(gcp, async sandbox => {
      await sandbox.createCluster('orders')
      sandbox.flink('orders').change({ refuseSavepoints: 503 })
      await annotate(sandbox, 'orders')
      const failed = await sandbox.seen('orders', object => controlOf(object)['state'] === 'Failed')
      const { state, message, triggerID } = savepointOf(failed)
      assert.deepEqual([state, message, triggerID], ['TriggerFailed', '503 Service Unavailable', undefined])
    }))

  it('takes a savepoint before an update where none is fresh, and loses it from the status', () =>
    withSandbox({ ...gcp, jobManagerMs: 150 }, async sandbox => {
      await sandbox.createCluster('orders')
      const values = story(
        sandbox,
        'orders',
        object => [
          savepointOf(object)['state'],
          savepointOf(object)['triggerReason'],
          jobOf(object)['state'],
        ],
        object => jobOf(object)['state'] === 'Pending',
      )
      await patch(sandbox, 'orders', { spec: { job: { podLabels: { a: 'b' } } } })
      assert.deepEqual(await values, [
        [undefined, undefined, 'Running'],
        ['NotTriggered', 'update', 'Running'],
        ['InProgress', 'update', 'Running'],
        ['Succeeded', 'update', 'Running'],
        ['Succeeded', 'update', 'Cancelled'],
        ['Succeeded', 'update', 'Updating'],
        ['Succeeded', 'update', 'Pending'],
      ])
      const restarted = await sandbox.seen('orders', isRunning)
      assert.equal(jobOf(restarted)['fromSavepoint'], jobOf(restarted)['savepointLocation'])
    }))

  it('holds an update up while savepoints fail, and goes on by itself after the repair, even when it was taken back', () =>
    withSandbox(gcp, async sandbox => {
      await sandbox.createCluster('orders')
      const { id } = jobOf(await sandbox.cluster('orders'))
      sandbox.flink('orders').change({ failSavepoints: 'uncreatable directory' })
      await patch(sandbox, 'orders', { spec: { job: { fromSavepoint: 'file:/somewhere' } } })
      const held = await sandbox.seen('orders', object => savepointOf(object)['state'] === 'Failed')
      assert.match(
        textAt(held, 'status', 'savepoint', 'message') ?? '',
        /^Failed to take savepoint for update\. The update process is being postponed until a savepoint is available\. Savepoint error: /,
      )
      await patch(sandbox, 'orders', { spec: { job: { fromSavepoint: null } } })
      await passes(sandbox, 'orders', 3)
      assert.deepEqual(jobOf(await sandbox.cluster('orders'))['id'], id)
      sandbox.flink('orders').change({ failSavepoints: '' })
      const after = await sandbox.seen('orders', object => isRunning(object) && jobOf(object)['id'] !== id)
      assert.match(String(jobOf(after)['fromSavepoint']), /savepoint-/)
      // The components were made from this revision already, so nothing was replaced.
      assert.equal(textAt(after, 'status', 'state'), 'Stopping')
    }))

  it('restarts a failed job for ever and never gets one to run, until fromSavepoint is patched', () =>
    withSandbox(gcp, async sandbox => {
      await sandbox.createCluster('orders', { job: { restartPolicy: 'FromSavepointOnFailure' } })
      const { savepointLocation } = jobOf(await takeByAnnotation(sandbox, 'orders'))
      sandbox.flink('orders').change({ failJob: 'java.lang.RuntimeException: boom' })
      const looping = await sandbox.seen('orders', object => Number(jobOf(object)['restartCount']) >= 4)
      assert.equal(sandbox.flink('orders').jobs.length, 1)
      assert.equal(jobOf(looping)['savepointLocation'], savepointLocation)
      const restored = await restoreTo(sandbox, 'orders', savepointLocation)
      assert.equal(jobOf(restored)['restartCount'], undefined)
    }))

  it('fails a restore to a missing path with an empty job id, and the next good one repairs it', () =>
    withSandbox(gcp, async sandbox => {
      await sandbox.createCluster('orders')
      const good = jobOf(await takeByAnnotation(sandbox, 'orders'))['savepointLocation']
      await patch(sandbox, 'orders', { spec: { job: { fromSavepoint: 'file:/no/such' } } })
      const failed = await sandbox.seen('orders', object => jobOf(object)['state'] === 'Failed')
      assert.deepEqual(
        [jobOf(failed)['id'], jobOf(failed)['savepointLocation']],
        [undefined, 'file:/no/such'],
      )
      await restoreTo(sandbox, 'orders', good)
    }))

  it('loses the job with its JobManager, ignores an annotation then, and heals by fromSavepoint', () =>
    withSandbox(gcp, async sandbox => {
      await sandbox.createCluster('orders')
      const { savepointLocation } = jobOf(await takeByAnnotation(sandbox, 'orders'))
      sandbox.flink('orders').change({ die: true })
      await sandbox.seen('orders', object => jobOf(object)['state'] === 'Lost')
      await annotate(sandbox, 'orders')
      await passes(sandbox, 'orders', 3)
      assert.ok(annotated(await sandbox.cluster('orders')))
      await restoreTo(sandbox, 'orders', savepointLocation)
    }))

  it('cancels with a savepoint by annotation, and can be started again afterwards', () =>
    withSandbox(gcp, async sandbox => {
      await sandbox.createCluster('orders')
      await annotate(sandbox, 'orders', 'job-cancel')
      const stopped = await sandbox.seen('orders', object => textAt(object, 'status', 'state') === 'Stopped')
      const { savepointLocation, state } = jobOf(stopped)
      const { name, state: control } = controlOf(stopped)
      assert.deepEqual(
        [state, name, control, savepointOf(stopped)['triggerReason']],
        ['Cancelled', 'job-cancel', 'Succeeded', 'job cancel'],
      )
      await restoreTo(sandbox, 'orders', savepointLocation)
    }))

  it('goes on with the job when the savepoint of a cancel fails', () =>
    withSandbox(gcp, async sandbox => {
      await sandbox.createCluster('orders')
      sandbox.flink('orders').change({ failSavepoints: 'uncreatable directory' })
      await annotate(sandbox, 'orders', 'job-cancel')
      const failed = await sandbox.seen('orders', object => controlOf(object)['state'] === 'Failed')
      assert.equal(controlOf(failed)['message'], 'Aborted job cancellation: failed to create savepoint.')
      assert.ok(isRunning(failed))
    }))

  it('takes its first scheduled savepoint at once, with a burst of failures while tasks deploy', () =>
    withSandbox({ ...gcp, behaviour: { notAllTasksRunning: 3 } }, async sandbox => {
      await sandbox.createCluster('orders', { job: { autoSavepointSeconds: 3600 } })
      const done = await sandbox.seen('orders', object => savepointOf(object)['state'] === 'Succeeded')
      assert.equal(savepointOf(done)['triggerReason'], 'scheduled')
      assert.equal(sandbox.flink('orders').behaviour.notAllTasksRunning, 0)
    }))

  it('words its refusals as the real webhook does, with the text as the reason', () =>
    withSandbox(gcp, async sandbox => {
      await sandbox.createCluster('orders')
      const no = async (request: Promise<unknown>) =>
        (await refusal(request)).replace(/.*denied the request: /, '')
      const job = (fields: object) => patch(sandbox, 'orders', { spec: { job: fields } })
      assert.deepEqual(
        [
          await refusal(job({ savepointGeneration: 2 })),
          await no(job({ savepointGeneration: 1, parallelism: 2 })),
          await no(job({ savepointsDir: null })),
          await no(job({ cancelRequested: true, parallelism: 2 })),
          await no(annotate(sandbox, 'orders', 'Savepoint')),
        ],
        [
          'Error from server (you can only update savepointGeneration to 1): admission webhook "vflinkcluster.flinkoperator.k8s.io" denied the request: you can only update savepointGeneration to 1',
          'you cannot update savepointGeneration with others at the same time',
          'removing savepointsDir is not allowed',
          'you cannot update cancelRequested with others at the same time',
          'invalid value for annotation key: flinkclusters.flinkoperator.k8s.io/user-control, value: Savepoint, available values: savepoint, job-cancel',
        ],
      )
    }))

  it('does nothing while it is paused, and goes on when it is resumed', () =>
    withSandbox(gcp, async sandbox => {
      await sandbox.createCluster('orders')
      await sandbox.operator.pause()
      const asked = await annotate(sandbox, 'orders')
      sandbox.operator.resume()
      const next = await sandbox.seen('orders', object => controlOf(object)['state'] !== undefined)
      assert.equal(controlOf(asked)['state'], undefined)
      assert.equal(controlOf(next)['name'], 'savepoint')
    }))
})
