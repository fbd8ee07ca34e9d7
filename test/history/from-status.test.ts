import assert from 'node:assert/strict'
import type { Savepoint } from '../../src/domain/savepoint.ts'
import { type ClusterParts, flinkJobId, gcpCluster } from '../support/flink-clusters.ts'
import { a, b, job, merged, savepointA, takenA, triggerA, triggerB } from './views.ts'

describe('the status of a job', () => {
  it('has nothing to say before the first savepoint', () => {
    assert.deepEqual(merged({}), [])
  })

  it('has the latest savepoint, with its times in UTC', () => {
    assert.deepEqual(merged(takenA), [savepointA])
  })

  it('has what the job was started from as origin: nobody saw it taken', () => {
    const origin = {
      job,
      state: 'Completed',
      type: 'savepoint',
      location: a,
      restartPoint: true,
      origin: true,
      sources: ['status'],
    }
    // Seen on Spotify v0.6 after a restore: generation and time are still those of the savepoint before.
    const restored = { savepointGeneration: 6, savepointTime: '2026-03-01T10:00:10Z' }
    assert.deepEqual(merged({ jobStatus: { ...restored, savepointLocation: `${a}/`, fromSavepoint: a } }), [
      origin,
    ])
    assert.deepEqual(merged({ jobStatus: { fromSavepoint: a } }), [origin])
    assert.deepEqual(merged({ jobStatus: { fromSavepoint: a } }, { make: gcpCluster }), [
      { ...origin, restartPoint: false },
    ])
  })

  it('has both where a savepoint was taken since the start', () => {
    assert.deepEqual(
      merged({ ...takenA, jobStatus: { ...takenA.jobStatus, fromSavepoint: b } }).map(
        ({ location, origin, restartPoint }) => ({ location, origin, restartPoint }),
      ),
      [
        { location: a, origin: false, restartPoint: true },
        { location: b, origin: true, restartPoint: false },
      ],
    )
  })

  it('has the trigger of the savepoint even after a later attempt, where the operator notes it (GCP)', () => {
    const parts: ClusterParts = {
      jobStatus: {
        savepointGeneration: 3,
        savepointLocation: a,
        lastSavepointTime: '2026-03-01T10:00:10Z',
        lastSavepointTriggerID: triggerA,
      },
      status: {
        savepoint: {
          state: 'Failed',
          triggerID: triggerB,
          jobID: flinkJobId,
          triggerReason: 'scheduled',
          requestTime: '2026-03-01T10:05:00Z',
          message:
            'Savepoint error: java.io.IOException: full\n\tat x.Y.z(Y.java:1)\nCaused by: java.io.IOException: No space left on device',
        },
      },
    }
    assert.deepEqual(merged(parts, { make: gcpCluster }), [
      {
        job,
        state: 'Failed',
        type: 'savepoint',
        trigger: 'scheduled',
        triggerId: triggerB,
        flinkJobId,
        requestedAt: '2026-03-01T10:05:00Z',
        failure: {
          message: 'Savepoint error: java.io.IOException: full',
          rootCause: 'No space left on device',
        },
        restartPoint: false,
        origin: false,
        sources: ['status'],
      },
      {
        job,
        state: 'Completed',
        type: 'savepoint',
        location: a,
        generation: 3,
        triggerId: triggerA,
        completedAt: '2026-03-01T10:00:10Z',
        restartPoint: true,
        origin: false,
        sources: ['status'],
      },
    ])
  })

  const attempts: [string, Savepoint['state']][] = [
    ['NotTriggered', 'Requested'],
    ['InProgress', 'InProgress'],
    ['Failed', 'Failed'],
    ['TriggerFailed', 'Failed'],
  ]
  for (const [state, shown] of attempts) {
    it(`shows an attempt that is ${state} as ${shown}`, () => {
      const savepoint = { state, triggerReason: 'scheduled initial', requestTime: '2026-03-01T10:00:00Z' }
      assert.deepEqual(
        merged({ status: { savepoint } }).map(({ state, trigger, requestedAt }) => ({
          state,
          trigger,
          requestedAt,
        })),
        [{ state: shown, trigger: 'scheduled', requestedAt: '2026-03-01T10:00:00Z' }],
      )
    })
  }

  it('shows no attempt of a state that nobody knows', () => {
    assert.deepEqual(merged({ status: { savepoint: { state: 'constructor' } } }), [])
  })

  it('shows a generation that waits as requested, or as what is under way to fulfil it', () => {
    const request = { job: { savepointGeneration: 1 } }
    const pick = ({ state, generation, trigger }: Savepoint) => ({ state, generation, trigger })
    assert.deepEqual(merged(request).map(pick), [{ state: 'Requested', generation: 1, trigger: 'manual' }])
    const savepoint = { state: 'InProgress', triggerReason: 'scheduled', triggerID: triggerA }
    assert.deepEqual(merged({ ...request, status: { savepoint } }).map(pick), [
      { state: 'InProgress', generation: 1, trigger: 'scheduled' },
    ])
  })
})
