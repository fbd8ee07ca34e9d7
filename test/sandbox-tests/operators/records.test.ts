import assert from 'node:assert/strict'
import { type Fields, fieldsAt, textAt } from '../../../src/domain/fields.ts'
import type { Sandbox } from '../../sandbox/sandbox.ts'
import {
  annotate,
  controlOf,
  jobOf,
  listed,
  passes,
  patch,
  restoreTo,
  savepointOf,
  takeByAnnotation,
  withSandbox,
} from './steps.ts'

const revisionsOf = (sandbox: Sandbox) => listed(sandbox, '/apis/apps/v1', 'controllerrevisions')

/** The Events of a cluster, but for those of states, as people read them. */
async function eventsOf(sandbox: Sandbox, but = 'StatusUpdate'): Promise<string[]> {
  const events = await listed(sandbox, '/api/v1', 'events')
  return events
    .filter(({ reason }) => reason !== but)
    .map(({ type, reason, message, count }) => `${type} ${reason} ${count}: ${withoutId(String(message))}`)
    .sort()
}

const withoutId = (message: string) => message.replace(/[0-9a-f]{32}/, 'ID')

describe('what the simulated operators leave in the API server', function () {
  this.timeout(60_000)

  for (const dialect of ['gcp-9', 'spotify'] as const) {
    it(`a ControllerRevision of the spec that runs, labelled and owned (${dialect})`, () =>
      withSandbox({ dialect }, async sandbox => {
        const cluster = await sandbox.createCluster('orders', { job: { restartPolicy: 'Never' } })
        const [revision, ...more] = await revisionsOf(sandbox)
        const name = textAt(revision ?? {}, 'metadata', 'name') ?? ''
        const { restartPolicy: _policy, ...job } = fieldsAt(cluster, 'spec', 'job')
        const revised = Object.fromEntries(
          Object.entries(job).filter(([field]) => !['cleanupPolicy', 'savepointFormatType'].includes(field)),
        )
        assert.deepEqual(
          {
            more,
            name: /^orders-[0-9a-f]{10}$/.test(name),
            labels: fieldsAt(revision ?? {}, 'metadata', 'labels'),
            owners: fieldsAt(revision ?? {}, 'metadata')['ownerReferences'],
            data: revision?.['data'],
            revision: revision?.['revision'],
          },
          {
            more: [],
            name: true,
            labels: {
              'flinkoperator.k8s.io/managed-by': 'orders',
              'flinkoperator.k8s.io/hash': name.replace('orders-', ''),
            },
            owners: [
              {
                apiVersion: 'flinkoperator.k8s.io/v1beta1',
                kind: 'FlinkCluster',
                name: 'orders',
                uid: textAt(cluster, 'metadata', 'uid'),
                controller: true,
                blockOwnerDeletion: false,
              },
            ],
            data: { spec: { ...fieldsAt(cluster, 'spec'), job: revised, $patch: 'replace' } },
            revision: 1,
          },
        )
      }))

    it(`no more ControllerRevisions than the spec's limit, the oldest gone first (${dialect})`, () =>
      withSandbox({ dialect }, async sandbox => {
        await sandbox.createCluster('orders', { spec: { revisionHistoryLimit: 2 } })
        const { savepointLocation } = jobOf(await takeByAnnotation(sandbox, 'orders'))
        await restoreTo(sandbox, 'orders', savepointLocation)
        await patch(sandbox, 'orders', { spec: { job: { fromSavepoint: `${savepointLocation}/` } } })
        const kept = async () =>
          (await revisionsOf(sandbox))
            .map(one => [one['revision'], textAt(one, 'data', 'spec', 'job', 'fromSavepoint')])
            .sort(([a], [b]) => Number(a) - Number(b))
        while ((await kept()).at(-1)?.[0] !== 3) await passes(sandbox, 'orders', 1)
        await passes(sandbox, 'orders', 1)
        assert.deepEqual(await kept(), [
          [2, savepointLocation],
          [3, `${savepointLocation}/`],
        ])
      }))
  }

  it('on GCP Events of a take by annotation, with one request too many and no location', () =>
    withSandbox({ dialect: 'gcp-9' }, async sandbox => {
      await sandbox.createCluster('orders')
      await takeByAnnotation(sandbox, 'orders')
      await passes(sandbox, 'orders', 2)
      assert.deepEqual(await eventsOf(sandbox), [
        'Normal ControlRequested 2: Requested new user control savepoint',
        'Normal ControlSucceeded 1: Succesfully completed user control savepoint',
        'Normal SavepointCreated 1: Successfully savepoint created',
        'Normal SavepointTriggered 1: Triggered savepoint user requested: triggerID ID.',
      ])
    }))

  it('on Spotify Events of a take by annotation, with the object they are about', () =>
    withSandbox({ dialect: 'spotify' }, async sandbox => {
      const cluster = await sandbox.createCluster('orders')
      await takeByAnnotation(sandbox, 'orders')
      await passes(sandbox, 'orders', 2)
      assert.deepEqual(await eventsOf(sandbox), [
        'Normal ControlInProgress 1: In progress user control savepoint',
        'Normal ControlRequested 1: Requested new user control savepoint',
        'Normal ControlSucceeded 1: Succesfully completed user control savepoint',
        'Normal SavepointCreated 1: Successfully savepoint created',
        'Normal SavepointTriggered 1: Triggered savepoint user requested: triggerID ID.',
      ])
      const about = (await listed(sandbox, '/api/v1', 'events')).map(
        ({ involvedObject, source, reportingComponent }) =>
          JSON.stringify({ involvedObject, source, reportingComponent }),
      )
      const involvedObject = {
        apiVersion: 'flinkoperator.k8s.io/v1beta1',
        kind: 'FlinkCluster',
        namespace: 'default',
        name: 'orders',
        uid: textAt(cluster, 'metadata', 'uid'),
      }
      assert.deepEqual(
        [...new Set(about)].map(text => JSON.parse(text) as Fields),
        [{ involvedObject, source: { component: 'FlinkOperator' }, reportingComponent: 'FlinkOperator' }],
      )
    }))

  it('Events of failures with the first hundred characters of their reason', () =>
    withSandbox({ dialect: 'gcp-9' }, async sandbox => {
      await sandbox.createCluster('orders')
      sandbox.flink('orders').change({ failSavepoints: 'disk full' })
      await annotate(sandbox, 'orders')
      await sandbox.seen('orders', object => controlOf(object)['state'] === 'Failed')
      sandbox.flink('orders').change({ failSavepoints: '', refuseSavepoints: 503 })
      const { requestTime: _failed, ...failed } = savepointOf(await sandbox.cluster('orders'))
      assert.equal(failed['state'], 'Failed')
      await annotate(sandbox, 'orders')
      await sandbox.seen('orders', object => savepointOf(object)['state'] === 'TriggerFailed')
      await passes(sandbox, 'orders', 2)
      const warnings = (await eventsOf(sandbox)).filter(event => event.startsWith('Warning'))
      assert.deepEqual(warnings, [
        'Warning ControlFailed 2: User control savepoint failed',
        'Warning SavepointFailed 1: Failed to trigger savepoint user requested: 503 Service Unavailable',
        'Warning SavepointFailed 1: Savepoint creation failed: Savepoint error: java.util.concurrent.CompletionException: org.apache.flink.runtime.checkpoint.Check...',
      ])
    }))

  it('Events of every component, the tenth of a kind and all after it as one', () =>
    withSandbox({ dialect: 'gcp-9' }, async sandbox => {
      await sandbox.createCluster('orders')
      sandbox.flink('orders').change({ finishJob: true })
      await sandbox.seen('orders', object => textAt(object, 'status', 'state') === 'Stopped')
      await passes(sandbox, 'orders', 2)
      const events = await eventsOf(sandbox, '')
      const [combined, ...more] = events.filter(event => event.includes('(combined from similar events)'))
      assert.match(combined ?? '', /^Normal StatusUpdate \d+: \(combined from similar events\): .* -> \w+$/)
      assert.deepEqual(
        [more, events.length, events.filter(event => event.includes('JobManager'))],
        [
          [],
          10,
          [
            'Normal StatusUpdate 1: JobManager StatefulSet status changed: NotReady -> Ready',
            'Normal StatusUpdate 1: JobManager StatefulSet status: NotReady',
            'Normal StatusUpdate 1: JobManager service status: Ready',
          ],
        ],
      )
    }))
})
