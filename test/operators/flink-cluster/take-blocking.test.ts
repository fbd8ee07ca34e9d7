import assert from 'node:assert/strict'
import type { Fields } from '../../../src/domain/fields.ts'
import type { Event } from '../../../src/domain/protocol.ts'
import type { RestAnswer, RestCheckpoint } from '../../../src/domain/rest.ts'
import { takeBlocking } from '../../../src/operators/flink-cluster/take/blocking.ts'
import { type ClusterParts, flinkJobId, gcpCluster } from '../../support/flink-clusters.ts'
import { object, play, sight } from './play.ts'

const first = 'gs://bucket/orders/savepoint-ef5f05-000000000001'
const second = 'gs://bucket/orders/savepoint-ef5f05-000000000002'
const ours = 'b'.repeat(32)
const writtenAt = Date.parse('2026-03-01T12:00:00Z')

function cluster(jobStatus: Fields = {}, more: ClusterParts = {}): Fields {
  return gcpCluster({
    ...more,
    metadata: { generation: 1, ...more.metadata },
    jobStatus: { savepointGeneration: 1, savepointLocation: first, ...jobStatus },
  })
}

const done = { savepointGeneration: 2, savepointLocation: second, lastSavepointTriggerID: ours }
const asked: ClusterParts = { job: { savepointGeneration: 2 }, metadata: { generation: 2 } }

function begun(via: 'generation' | 'annotation' = 'generation', operator: 'gcp-2' | 'gcp-3' = 'gcp-2') {
  const played = play(takeBlocking({ operator, via, wait: true }), object(cluster()))
  played.feed({
    type: 'written',
    id: 'ask',
    before: object(cluster()),
    after: object(cluster({}, asked)),
    at: writtenAt,
  })
  return played
}

function checkpoints(...history: RestCheckpoint[]): Event {
  return rest({ answer: 'checkpoints', checkpoints: { restoredCount: 0, history } })
}

function rest(answer: RestAnswer): Event {
  return { type: 'rest', question: { ask: 'checkpoints', jobId: flinkJobId }, answer }
}

function failedSavepoint(id: number, triggeredAt = writtenAt + id): RestCheckpoint {
  return { id, status: 'FAILED', isSavepoint: true, triggeredAt, failureMessage: 'x.YException: disk full' }
}

const unreachable = rest({ answer: 'unreachable', reason: 'refused', mayHaveBeenSent: false })

describe('a take on GCP up to tag -3, which is carried out inside the loop', () => {
  it('is complete with the one write that moves generation and location', () => {
    const played = begun()
    played.feed(sight(cluster({}, asked)))
    assert.equal(played.outcome(), undefined)
    played.feed(sight(cluster({ ...done, lastSavepointTime: '2026-03-01T12:00:05Z' }, asked)))
    assert.deepEqual(played.outcome(), {
      result: {
        job: {
          apiVersion: 'flinkoperator.k8s.io/v1beta1',
          kind: 'FlinkCluster',
          namespace: 'default',
          name: 'orders',
          uid: 'uid-of-orders',
        },
        state: 'Completed',
        type: 'savepoint',
        trigger: 'manual',
        flinkJobId,
        triggerId: ours,
        location: second,
        generation: 2,
        completedAt: '2026-03-01T12:00:05Z',
        restartPoint: true,
        origin: false,
        sources: ['status'],
      },
    })
  })

  it("looks at Flink's checkpoints at once and every 10 s, since the object never shows a failure", () => {
    const played = begun()
    const look = [
      { type: 'ask-rest', question: { ask: 'checkpoints', jobId: flinkJobId }, timeoutMs: 5_000 },
      { type: 'timer', timer: 'look', inMs: 10_000 },
    ]
    assert.deepEqual(played.wants(), look)
    played.feed(checkpoints(), { type: 'due', timer: 'look' })
    assert.deepEqual(played.wants(), look)
  })

  it('fails with a savepoint that failed after the first look, not with one before it', () => {
    const played = begun()
    played.feed(checkpoints(failedSavepoint(7)))
    played.feed(checkpoints(failedSavepoint(7)))
    assert.equal(played.outcome(), undefined)
    played.feed(checkpoints(failedSavepoint(8), failedSavepoint(7)))
    assert.deepEqual(played.outcome()?.failure, {
      code: 'no',
      message: 'error: the savepoint of flinkcluster/orders failed: disk full',
      hints: ['the operator goes on trying, every 10 s; it cannot be stopped from doing so'],
    })
    assert.deepEqual(played.outcome()?.result.failure, { message: 'disk full', rootCause: 'disk full' })
  })

  it('goes by the times of server and Flink only where Flink could not be asked at first', () => {
    const played = begun()
    played.feed(unreachable, checkpoints(failedSavepoint(3, writtenAt - 1)))
    assert.equal(played.outcome(), undefined)
    const late = begun()
    late.feed(unreachable, checkpoints(failedSavepoint(3, writtenAt + 1)))
    assert.equal(late.outcome()?.failure?.code, 'no')
  })

  it('is not failed by checkpoints that fail', () => {
    const played = begun()
    played.feed(checkpoints(), checkpoints({ ...failedSavepoint(9), isSavepoint: false }))
    assert.equal(played.outcome(), undefined)
  })

  it('asks nothing more of the object, which would lose the result', () => {
    const played = begun()
    played.feed(sight(cluster({}, asked)), checkpoints(), { type: 'due', timer: 'look' }, { type: 'timeout' })
    assert.deepEqual(
      played.wants().filter(({ type }) => type === 'write'),
      [],
    )
    assert.equal(played.outcome()?.failure?.code, 'timed-out')
  })

  it('ends with the job or the object', () => {
    const cancelled = begun()
    cancelled.feed(sight(cluster({ state: 'Cancelled' }, asked)))
    assert.equal(cancelled.outcome()?.failure?.code, 'no')
    const deleted = begun()
    deleted.feed({ type: 'deleted' })
    assert.equal(deleted.outcome()?.failure?.code, 'no')
  })
})

describe('a take by annotation on GCP tag -3, told by its control alone', () => {
  const control = (state: string, more: Fields = {}): ClusterParts => ({
    status: { control: { name: 'savepoint', state, updateTime: '2026-03-01T12:00:00Z', ...more } },
  })

  it('is complete when the control names the trigger that made the location', () => {
    const played = begun('annotation', 'gcp-3')
    played.feed(sight(cluster(done, control('Progressing'))))
    assert.equal(played.outcome(), undefined)
    played.feed(sight(cluster(done, control('Progressing', { details: { savepointTriggerID: ours } }))))
    assert.deepEqual([played.outcome()?.result.location, played.outcome()?.failure], [second, undefined])
  })

  it('is not completed by the location from before, whatever the control says', () => {
    const played = begun('annotation', 'gcp-3')
    played.feed(sight(cluster({}, control('Succeeded', { details: { savepointTriggerID: ours } }))))
    assert.equal(played.outcome(), undefined)
  })

  it('fails when the retries are used up, with the cause that Flink knows', () => {
    const played = begun('annotation', 'gcp-3')
    played.feed(checkpoints())
    const message = 'Job control is aborted. The maximum number of retries has been reached.'
    played.feed(sight(cluster({}, control('Failed', { message }))))
    played.feed(checkpoints(failedSavepoint(4)))
    assert.equal(
      played.outcome()?.failure?.message,
      'error: the savepoint of flinkcluster/orders failed: disk full',
    )
    assert.deepEqual(played.outcome()?.result.failure, { message, rootCause: 'disk full' })
  })

  it("fails in the operator's words, or without any, where Flink cannot be asked", () => {
    const played = begun('annotation', 'gcp-3')
    played.feed(checkpoints(), sight(cluster({}, control('Failed'))), unreachable)
    const message = 'the operator gives no reason'
    assert.deepEqual(
      [played.outcome()?.failure, played.outcome()?.result.failure],
      [
        {
          code: 'no',
          message: `error: the savepoint of flinkcluster/orders failed: ${message}`,
          hints: ['cause not available because refused'],
        },
        { message },
      ],
    )
  })
})
