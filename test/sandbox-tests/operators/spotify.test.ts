import assert from 'node:assert/strict'
import { listAt, textAt } from '../../../src/domain/fields.ts'
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

const spotify = { dialect: 'spotify' } as const
const clusterState = (object: Parameters<typeof jobOf>[0]) => textAt(object, 'status', 'state')

describe('the simulated Spotify operator, v0.6', function () {
  this.timeout(60_000)

  it('loses the submitter of a restore: Lost, and nothing runs until the patch comes again with a nonce', () =>
    withSandbox({ ...spotify, races: { lostSubmitter: 1 } }, async sandbox => {
      await sandbox.createCluster('orders')
      const { savepointLocation, id } = jobOf(await takeByAnnotation(sandbox, 'orders'))
      await patch(sandbox, 'orders', { spec: { job: { fromSavepoint: savepointLocation } } })
      const lost = await sandbox.seen('orders', object => jobOf(object)['state'] === 'Lost')
      assert.deepEqual(
        [jobOf(lost)['id'], jobOf(lost)['fromSavepoint'], jobOf(lost)['submitterExitCode']],
        [id, savepointLocation, undefined],
      )
      await patch(sandbox, 'orders', { spec: { job: { podAnnotations: { 'flinksp/restore': '1' } } } })
      await sandbox.seen('orders', object => isRunning(object) && jobOf(object)['id'] !== id)
    }))

  it('declares a job Succeeded when its JobManager does not answer, and removes the cluster', () =>
    withSandbox(spotify, async sandbox => {
      await sandbox.createCluster('orders')
      const { savepointLocation } = jobOf(await takeByAnnotation(sandbox, 'orders'))
      sandbox.flink('orders').change({ savepointMs: 60_000 })
      await annotate(sandbox, 'orders')
      await sandbox.seen('orders', object => savepointOf(object)['state'] === 'InProgress')
      sandbox.flink('orders').change({ die: true })
      const stopped = await sandbox.seen('orders', object => clusterState(object) === 'Stopped')
      assert.equal(jobOf(stopped)['state'], 'Succeeded')
      assert.match(
        String(savepointOf(stopped)['message']),
        /^Flink job is stopped: Failed to get savepoint status: Get "http:.*: connect: connection refused$/,
      )
      await restoreTo(sandbox, 'orders', savepointLocation)
    }))

  it('cancels by annotation with a savepoint, and tears every later restore down until control is cleared', () =>
    withSandbox(spotify, async sandbox => {
      await sandbox.createCluster('orders')
      await annotate(sandbox, 'orders', 'job-cancel')
      const stopped = await sandbox.seen(
        'orders',
        object => clusterState(object) === 'Stopped' && !annotated(object),
      )
      const { savepointLocation, finalSavepoint, state } = jobOf(stopped)
      const { name, state: control } = controlOf(stopped)
      assert.deepEqual([state, finalSavepoint, name, control], ['Cancelled', true, 'job-cancel', 'Succeeded'])
      await patch(sandbox, 'orders', { spec: { job: { fromSavepoint: savepointLocation } } })
      // Lost, as it was seen; where the submitter is through before the operator's next loop, the new job is cancelled.
      await sandbox.seen('orders', object => {
        const { fromSavepoint, state } = jobOf(object)
        return (
          fromSavepoint === savepointLocation && ['Lost', 'Succeeded', 'Cancelled'].includes(String(state))
        )
      })
      await patch(sandbox, 'orders', { status: { control: null } }, 'status')
      await patch(sandbox, 'orders', { spec: { job: { podAnnotations: { 'flinksp/restore': '1' } } } })
      await sandbox.seen('orders', isRunning)
    }))

  it('flips between Failed and Deploying until the new submission is through', () =>
    withSandbox(spotify, async sandbox => {
      const job = { restartPolicy: 'FromSavepointOnFailure', maxStateAgeToRestoreSeconds: 3600 }
      await sandbox.createCluster('orders', { job })
      const { savepointLocation, id } = jobOf(await takeByAnnotation(sandbox, 'orders'))
      const states = story(
        sandbox,
        'orders',
        object => jobOf(object)['state'],
        object => isRunning(object) && jobOf(object)['id'] !== id,
      )
      sandbox.flink('orders').change({ failJob: 'java.lang.RuntimeException: boom' })
      const [first, second, third, fourth, ...more] = await states
      assert.deepEqual(
        [first, second, third, fourth, more.at(-1)],
        ['Running', 'Failed', 'Deploying', 'Failed', 'Running'],
      )
      assert.equal(jobOf(await sandbox.cluster('orders'))['fromSavepoint'], savepointLocation)
    }))

  it('fails a restore to a missing path with exit code 1 and the old id, and the next good one repairs it', () =>
    withSandbox(spotify, async sandbox => {
      await sandbox.createCluster('orders')
      const { savepointLocation, id } = jobOf(await takeByAnnotation(sandbox, 'orders'))
      await patch(sandbox, 'orders', { spec: { job: { fromSavepoint: 'file:/no/such' } } })
      const failed = jobOf(await sandbox.seen('orders', object => jobOf(object)['state'] === 'Failed'))
      assert.deepEqual(
        [
          failed['id'],
          failed['submitterExitCode'],
          failed['savepointLocation'],
          typeof failed['completionTime'],
        ],
        [id, 1, 'file:/no/such', 'string'],
      )
      await restoreTo(sandbox, 'orders', savepointLocation)
    }))

  it('refuses every edit of a Lost job that has no fromSavepoint, with the whole job in the text', () =>
    withSandbox({ ...spotify, races: { lostSubmitter: 1 } }, async sandbox => {
      await sandbox.createCluster('orders')
      const { savepointLocation } = jobOf(await takeByAnnotation(sandbox, 'orders'))
      await patch(sandbox, 'orders', { spec: { job: { fromSavepoint: savepointLocation } } })
      // Lost, as it was seen; where the submitter is through before the operator's next loop, the new job is cancelled.
      await sandbox.seen('orders', object => {
        const { fromSavepoint, state } = jobOf(object)
        return (
          fromSavepoint === savepointLocation && ['Lost', 'Succeeded', 'Cancelled'].includes(String(state))
        )
      })
      const text = await refusal(patch(sandbox, 'orders', { spec: { job: { fromSavepoint: null } } }))
      assert.equal(
        text.split('job status:')[0],
        'Error from server (Forbidden): admission webhook "vflinkcluster.flinkoperator.k8s.io" denied the request: cannot update spec: taking savepoint is skipped but no up-to-date savepoint, spec.job.takeSavepointOnUpdate: nil, spec.job.maxStateAgeToRestoreSeconds: nil, ',
      )
    }))

  it('takes an update savepoint that cancels the job, and starts from it', () =>
    withSandbox(spotify, async sandbox => {
      await sandbox.createCluster('orders')
      const values = story(
        sandbox,
        'orders',
        object => [savepointOf(object)['state'], jobOf(object)['state'], jobOf(object)['finalSavepoint']],
        isDeploying,
      )
      await patch(sandbox, 'orders', { spec: { job: { podLabels: { a: 'b' } } } })
      assert.deepEqual(await values, [
        [undefined, 'Running', undefined],
        ['InProgress', 'Running', undefined],
        ['Succeeded', 'Cancelled', true],
        ['Succeeded', 'Updating', true],
        ['Succeeded', 'Deploying', true],
      ])
      const { finalSavepoint, fromSavepoint, savepointLocation } = jobOf(
        await sandbox.seen('orders', isRunning),
      )
      assert.deepEqual([finalSavepoint, fromSavepoint], [undefined, savepointLocation])
    }))

  it('goes back to an old savepoint when something else is edited while fromSavepoint is still set', () =>
    withSandbox(spotify, async sandbox => {
      await sandbox.createCluster('orders')
      const old = jobOf(await takeByAnnotation(sandbox, 'orders'))['savepointLocation']
      await restoreTo(sandbox, 'orders', old)
      const newer = jobOf(await takeByAnnotation(sandbox, 'orders'))
      await patch(sandbox, 'orders', { spec: { job: { podLabels: { a: 'b' } } } })
      const back = jobOf(
        await sandbox.seen('orders', object => isRunning(object) && jobOf(object)['id'] !== newer['id']),
      )
      assert.deepEqual([back['fromSavepoint'], back['savepointLocation']], [old, old])
      assert.notEqual(newer['savepointLocation'], old)
    }))

  it('loses an annotation now and then: gone, and nothing was triggered', () =>
    withSandbox({ ...spotify, races: { lostAnnotation: 1 } }, async sandbox => {
      await sandbox.createCluster('orders')
      await annotate(sandbox, 'orders')
      await passes(sandbox, 'orders', 3)
      const object = await sandbox.cluster('orders')
      assert.deepEqual([annotated(object), savepointOf(object)['triggerID']], [false, undefined])
    }))

  it('removes an annotation a moment before its trigger id shows', () =>
    withSandbox({ ...spotify, races: { earlyRemoval: 1 } }, async sandbox => {
      await sandbox.createCluster('orders')
      const values = story(
        sandbox,
        'orders',
        object => [annotated(object), savepointOf(object)['state'], controlOf(object)['state']],
        object => savepointOf(object)['state'] === 'Succeeded',
      )
      await annotate(sandbox, 'orders')
      assert.deepEqual(await values, [
        [false, undefined, undefined],
        [true, undefined, undefined],
        [true, undefined, 'Requested'],
        [false, undefined, 'Requested'],
        [false, 'InProgress', 'InProgress'],
        [false, 'Succeeded', 'Succeeded'],
      ])
    }))

  it('shows a refused POST as TriggerFailed, and its control as Failed', () =>
    withSandbox(spotify, async sandbox => {
      await sandbox.createCluster('orders')
      sandbox.flink('orders').change({ refuseSavepoints: 503 })
      await annotate(sandbox, 'orders')
      const failed = await sandbox.seen('orders', object => controlOf(object)['state'] === 'Failed')
      assert.deepEqual(
        [savepointOf(failed)['state'], savepointOf(failed)['message']],
        ['TriggerFailed', '503 Service Unavailable'],
      )
    }))

  it('tries a generation again where not all tasks run yet, until it succeeds', () =>
    withSandbox({ ...spotify, behaviour: { notAllTasksRunning: 3 } }, async sandbox => {
      await sandbox.createCluster('orders')
      await patch(sandbox, 'orders', { spec: { job: { savepointGeneration: 1 } } })
      const done = await sandbox.seen('orders', object => jobOf(object)['savepointGeneration'] === 1)
      assert.equal(savepointOf(done)['state'], 'Succeeded')
      assert.equal(sandbox.flink('orders').behaviour.notAllTasksRunning, 0)
    }))

  it('takes a scheduled savepoint after the start, and the next after that one', () =>
    withSandbox(spotify, async sandbox => {
      await sandbox.createCluster('orders', { job: { autoSavepointSeconds: 1 } })
      const done = await sandbox.seen('orders', object => Number(jobOf(object)['savepointGeneration']) >= 2)
      assert.equal(savepointOf(done)['triggerReason'], 'scheduled')
    }))

  it('keeps a ControllerRevision for each spec it ran, and bumps the number of one that comes back', () =>
    withSandbox(spotify, async sandbox => {
      await sandbox.createCluster('orders')
      const a = jobOf(await takeByAnnotation(sandbox, 'orders'))['savepointLocation']
      await restoreTo(sandbox, 'orders', a)
      const b = jobOf(await takeByAnnotation(sandbox, 'orders'))['savepointLocation']
      await restoreTo(sandbox, 'orders', b)
      await restoreTo(sandbox, 'orders', a)
      const list = await sandbox.api.get('/apis/apps/v1/namespaces/default/controllerrevisions')
      const revisions = listAt(list, 'items').map(one => [
        one['revision'],
        textAt(one, 'data', 'spec', 'job', 'fromSavepoint'),
      ])
      assert.deepEqual(
        revisions.sort(([x], [y]) => Number(x) - Number(y)),
        [
          [1, undefined],
          [3, b],
          [4, a],
        ],
      )
    }))

  it('writes its Events, and loses most of them when there are many', () =>
    withSandbox({ ...spotify, behaviour: { failSavepoints: 'uncreatable directory' } }, async sandbox => {
      await sandbox.createCluster('orders')
      await patch(sandbox, 'orders', { spec: { job: { savepointGeneration: 1 } } })
      const attempts = () => sandbox.flink('orders').jobs[0]?.checkpoints.length ?? 0
      while (attempts() < 30) await passes(sandbox, 'orders', 1)
      const events = listAt(await sandbox.api.get('/api/v1/namespaces/default/events'), 'items')
      const sent = events.reduce((sum, event) => sum + Number(event['count']), 0)
      assert.equal(sent, 25)
    }))
})

function isDeploying(object: Parameters<typeof jobOf>[0]): boolean {
  return jobOf(object)['state'] === 'Deploying'
}
