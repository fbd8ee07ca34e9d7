import assert from 'node:assert/strict'
import type { Fields } from '../../../src/domain/fields.ts'
import { controlAnnotation, readFlinkCluster } from '../../../src/operators/flink-cluster/read.ts'
import { flinkJobId, gcpCluster, spotifyCluster } from '../../support/flink-clusters.ts'
import { object } from './play.ts'

const location = 'gs://bucket/orders/savepoint-ef5f05-000000000001'
const started = 'gs://bucket/orders/savepoint-ef5f05-000000000000'
const declared = 'gs://bucket/orders/savepoint-ef5f05-00000000000d'

function read(body: Fields) {
  return readFlinkCluster(object(body))
}

const nothingKnown = {
  job: {
    apiVersion: 'flinkoperator.k8s.io/v1beta1',
    kind: 'FlinkCluster',
    namespace: 'default',
    name: 'orders',
    uid: 'uid-of-orders',
  },
  shown: 'flinkcluster/orders',
  running: false,
  stopped: false,
  session: false,
  restartsAfterFailure: false,
  misspelled: [],
  specGeneration: 0,
  statusGeneration: 0,
  allowNonRestoredState: false,
  restartCount: 0,
  rest: {
    namespace: 'default',
    service: 'orders-jobmanager',
    port: 'ui',
    tls: false,
    podLabels: { cluster: 'orders', app: 'flink', component: 'jobmanager' },
    podPort: 8081,
  },
}

describe('the facts of a FlinkCluster', () => {
  it('are all of what its fields say', () => {
    const body = spotifyCluster({
      metadata: { annotations: { [controlAnnotation]: 'savepoint' } },
      job: {
        savepointGeneration: 4,
        fromSavepoint: declared,
        allowNonRestoredState: true,
        restartPolicy: 'FromSavepointOnFailure',
        autoSavepointSeconds: 300,
        maxStateAgeToRestoreSeconds: 3600,
        fromSavePoint: declared,
      },
      jobStatus: {
        savepointGeneration: 3,
        savepointLocation: location,
        savepointTime: '2026-03-01T12:00:10Z',
        fromSavepoint: started,
        restartCount: 2,
        submitterExitCode: 0,
      },
      status: {
        savepoint: {
          state: 'Succeeded',
          jobID: flinkJobId,
          triggerID: 'a'.repeat(32),
          triggerReason: 'scheduled',
          message: 'well',
          requestTime: '2026-03-01T12:00:00Z',
          triggerTime: '2026-03-01T12:00:01Z',
          formatType: 'NATIVE',
        },
        control: {
          name: 'savepoint',
          state: 'Succeeded',
          updateTime: '2026-03-01T12:00:02Z',
          message: 'done',
          details: { savepointTriggerID: 'b'.repeat(32) },
        },
      },
    })
    assert.deepEqual(read(body), {
      ...nothingKnown,
      state: 'Running',
      running: true,
      restartsAfterFailure: true,
      automatic: { everySeconds: 300, nextAt: '2026-03-01T12:05:10Z' },
      maxStateAgeSeconds: 3600,
      misspelled: ['spec.job.fromSavePoint'],
      flinkJobId,
      startTime: '2026-03-01T08:01:00Z',
      directory: 'gs://bucket/orders',
      specGeneration: 4,
      statusGeneration: 3,
      pendingGeneration: 4,
      savepointLocation: location,
      savepointTime: '2026-03-01T12:00:10Z',
      specFromSavepoint: declared,
      allowNonRestoredState: true,
      statusFromSavepoint: started,
      attempt: {
        state: 'Succeeded',
        triggerId: 'a'.repeat(32),
        reason: 'scheduled',
        message: 'well',
        requestTime: '2026-03-01T12:00:00Z',
        triggerTime: '2026-03-01T12:00:01Z',
        flinkJobId,
        format: 'NATIVE',
      },
      control: {
        name: 'savepoint',
        state: 'Succeeded',
        updateTime: '2026-03-01T12:00:02Z',
        message: 'done',
        triggerId: 'b'.repeat(32),
      },
      command: 'savepoint',
      restartPoint: location,
      restartCount: 2,
      submitterExitCode: 0,
    })
  })

  it('are few for an object that no operator has seen', () => {
    const { status: _, ...fresh } = gcpCluster({ job: { savepointsDir: '' } })
    assert.deepEqual(read(fresh), { ...nothingKnown, state: '' })
  })

  it('take nothing of another type for a value', () => {
    const body = spotifyCluster({
      job: { savepointsDir: 7, savepointGeneration: '2', fromSavepoint: {}, allowNonRestoredState: 'true' },
      jobStatus: { state: ['Running'], id: 1, startTime: 2, savepointGeneration: 1.5, savepointLocation: '' },
      status: { savepoint: 'Succeeded', control: [] },
    })
    assert.deepEqual(read(body), { ...nothingKnown, state: '' })
  })

  it('know the stopped states of both operators, and the words for a session cluster', () => {
    const states = [
      'Running',
      'Updating',
      'Succeeded',
      'Failed',
      'Cancelled',
      'Lost',
      'DeployFailed',
      'Suspended',
    ]
    assert.deepEqual(
      states.filter(state => read(spotifyCluster({ jobStatus: { state } })).stopped),
      states.slice(2),
    )
    assert.equal(read({ ...spotifyCluster(), spec: {} }).session, true)
  })

  it('find the times and triggers of the GCP operator under its own names', () => {
    const { savepointTime, savepointTriggerId } = read(
      gcpCluster({
        jobStatus: { lastSavepointTime: '2026-03-01T12:00:10Z', lastSavepointTriggerID: 'a'.repeat(32) },
      }),
    )
    assert.deepEqual([savepointTime, savepointTriggerId], ['2026-03-01T12:00:10Z', 'a'.repeat(32)])
  })

  it('have a restart point without a savepoint on Spotify alone', () => {
    const parts = { job: { fromSavepoint: declared }, jobStatus: { fromSavepoint: started } }
    assert.deepEqual(
      [
        read(spotifyCluster(parts)).restartPoint,
        read(spotifyCluster({ job: parts.job })).restartPoint,
        read(gcpCluster(parts)).restartPoint,
        readFlinkCluster(object(gcpCluster(parts)), 'spotify').restartPoint,
      ],
      [started, declared, undefined, started],
    )
  })

  it('say where Flink answers', () => {
    const body = spotifyCluster({ namespace: 'shop' })
    const spec = {
      jobManager: { ports: { ui: 8082 } },
      flinkProperties: { 'security.ssl.rest.enabled': 'true' },
    }
    assert.deepEqual(read({ ...body, spec }).rest, {
      ...nothingKnown.rest,
      namespace: 'shop',
      tls: true,
      podPort: 8082,
    })
  })
})
