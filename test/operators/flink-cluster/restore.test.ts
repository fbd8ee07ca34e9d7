import assert from 'node:assert/strict'
import { Failure } from '../../../src/domain/failure.ts'
import type { Fields } from '../../../src/domain/fields.ts'
import type { Event } from '../../../src/domain/protocol.ts'
import type { RestAnswer, RestCheckpoints, RestQuestion } from '../../../src/domain/rest.ts'
import { restoreInPlace } from '../../../src/operators/flink-cluster/restore/restore.ts'
import type { PatchWish } from '../../../src/operators/flink-cluster/restore/state.ts'
import { type ClusterParts, flinkJobId, gcpCluster, spotifyCluster } from '../../support/flink-clusters.ts'
import { object, play, sight, written } from './play.ts'

const target = 'gs://bucket/orders/savepoint-ef5f05-000000000001'
const newest = 'gs://bucket/orders/savepoint-ef5f05-000000000002'
const newId = 'd'.repeat(32)
const spotifyOptions: PatchWish = {
  build: 'spotify',
  target: { location: target },
  allowNonRestoredState: false,
  nonce: 'n1',
  wait: true,
}
const gcpOptions: PatchWish = { ...spotifyOptions, build: 'gcp-9' }

type Make = (parts: ClusterParts) => Fields
const operators = [
  ['on Spotify', spotifyOptions, spotifyCluster as Make],
  ['on GCP tag -9', gcpOptions, gcpCluster as Make],
] as const

/** Running, with a savepoint newer than the target; what is given comes on top. */
function running(make: Make, more: ClusterParts = {}): Fields {
  return make({
    ...more,
    metadata: { generation: 1, ...more.metadata },
    jobStatus: { savepointLocation: newest, ...more.jobStatus },
  })
}

function job(make: Make, state: string, jobStatus: Fields = {}, more: ClusterParts = {}): Fields {
  const spec = { fromSavepoint: target, ...more.job }
  return running(make, {
    ...more,
    job: spec,
    metadata: { generation: 2 },
    jobStatus: { state, ...jobStatus },
  })
}

function begun(options: PatchWish, make: Make, before = running(make)) {
  const played = play(restoreInPlace(options), object(before))
  const patched = job(make, 'Running')
  played.feed(written(before, patched), sight(patched))
  played.wants()
  return played
}

const started = {
  id: newId,
  startTime: '2026-03-01T12:01:00Z',
  fromSavepoint: target,
  savepointLocation: target,
}

function flink(ask: 'checkpoints' | 'jobs' | 'exceptions', answer: RestAnswer): Event {
  const question = (ask === 'jobs' ? { ask } : { ask, jobId: newId }) as RestQuestion
  return { type: 'rest', question, answer }
}

function restoredFrom(location: string | undefined, restoredCount = 1): Event {
  const checkpoints: RestCheckpoints = {
    restoredCount,
    history: [],
    ...(location && { restored: { isSavepoint: true, location } }),
  }
  return flink('checkpoints', { answer: 'checkpoints', checkpoints })
}

const unreachable: RestAnswer = {
  answer: 'unreachable',
  reason: 'connection refused',
  mayHaveBeenSent: false,
}

describe('a restore in place', () => {
  for (const [name, options, make] of operators) {
    it(`${name} is one patch that always says allowNonRestoredState`, () => {
      const ask = restoreInPlace(options).ask(object(running(make)))
      assert.deepEqual('write' in ask && ask.write.verb === 'patch' && [ask.write.type, ask.write.body], [
        'merge',
        {
          metadata: { resourceVersion: '' },
          spec: { job: { fromSavepoint: target, allowNonRestoredState: false } },
        },
      ])
    })

    it(`${name} carries a nonce where the value is there already`, () => {
      const ask = restoreInPlace(options).ask(object(running(make, { job: { fromSavepoint: target } })))
      assert.deepEqual('write' in ask && ask.write.verb === 'patch' && ask.write.body, {
        metadata: { resourceVersion: '' },
        spec: {
          job: {
            fromSavepoint: target,
            allowNonRestoredState: false,
            podAnnotations: { 'flinksp/restore': 'n1' },
          },
        },
      })
    })

    it(`${name} is proven by the operator's fields and Flink's latest.restored`, () => {
      const played = begun(options, make)
      played.feed(
        sight(job(make, 'Updating', { id: '' })),
        sight(job(make, 'Deploying', { fromSavepoint: target })),
      )
      assert.deepEqual(played.wants(), [])
      played.feed(sight(job(make, 'Running', started)))
      assert.deepEqual(played.wants(), [
        { type: 'ask-rest', question: { ask: 'checkpoints', jobId: newId }, timeoutMs: 5_000 },
        { type: 'timer', timer: 'proof-end', inMs: 5_000 },
      ])
      played.feed(restoredFrom(target))
      assert.deepEqual(played.outcome(), {
        result: { state: 'Restored', proof: { operator: true, rest: true } },
      })
    })

    it(`${name} says so where Flink gives no proof within 5 s`, () => {
      const played = begun(options, make)
      played.feed(sight(job(make, 'Updating')), sight(job(make, 'Running', started)))
      played.feed(flink('checkpoints', unreachable), { type: 'due', timer: 'proof-end' })
      assert.deepEqual(played.outcome(), {
        result: { state: 'Restored', proof: { operator: true, rest: false } },
      })
      assert.match(JSON.stringify(played.wants().at(-1)), /gave no proof within 5 s/)
    })

    it(`${name} has failed where Flink was restored from another place`, () => {
      const played = begun(options, make)
      played.feed(sight(job(make, 'Updating')), sight(job(make, 'Running', started)), restoredFrom(newest))
      assert.deepEqual(played.outcome()?.failure, {
        code: 'no',
        message: `error: flinkcluster/orders was not restored from ${target}: Flink restored the job from ${newest} instead`,
        hints: [
          `changed: spec.job.fromSavepoint is ${target}, allowNonRestoredState false`,
          `the restart point before was ${newest}`,
          'to look: kubectl get flinkcluster/orders -n default -o yaml',
        ],
      })
    })

    it(`${name} is accepted on the operator's word after a failover, and says so`, () => {
      const played = begun(options, make)
      played.feed(sight(job(make, 'Updating')), sight(job(make, 'Running', started)))
      played.feed(restoredFrom('gs://bucket/chk-7', 2))
      assert.deepEqual(played.outcome(), {
        result: { state: 'Restored', proof: { operator: true, rest: false } },
      })
    })

    it(`${name} does not take the old job for the new one`, () => {
      const played = begun(options, make)
      played.feed(sight(job(make, 'Running')), sight(job(make, 'Cancelled')), sight(job(make, 'Failed')))
      assert.equal(played.outcome(), undefined)
      assert.deepEqual(played.wants(), [])
    })

    it(`${name} fails with the cause of the job that Flink could not start`, () => {
      const played = begun(options, make)
      played.feed(sight(job(make, 'Pending', { fromSavepoint: target })), sight(job(make, 'Failed')))
      played.feed(
        flink('jobs', {
          answer: 'jobs',
          jobs: [
            { id: flinkJobId, name: 'orders', state: 'FAILED', startedAt: 9 },
            { id: newId, name: 'orders', state: 'FAILED', startedAt: 5 },
          ],
        }),
      )
      assert.deepEqual(played.wants().at(-1), {
        type: 'ask-rest',
        question: { ask: 'exceptions', jobId: newId },
        timeoutMs: 5_000,
      })
      played.feed(flink('exceptions', { answer: 'exceptions', rootCause: 'Cannot find checkpoint' }))
      assert.deepEqual(
        [
          played.outcome()?.failure?.code,
          played.outcome()?.failure?.message,
          played.outcome()?.result.failure,
        ],
        [
          'no',
          `error: flinkcluster/orders was not restored from ${target}: Cannot find checkpoint`,
          { message: 'the job ended as Failed', rootCause: 'Cannot find checkpoint' },
        ],
      )
    })

    it(`${name} does not take one Failed for the end under FromSavepointOnFailure`, () => {
      const policy = { job: { restartPolicy: 'FromSavepointOnFailure' } }
      const played = begun(options, make)
      played.feed(sight(job(make, 'Deploying', {}, policy)), sight(job(make, 'Failed', {}, policy)))
      assert.deepEqual(played.wants(), [{ type: 'timer', timer: 'settled-1', inMs: 15_000 }])
      played.feed(sight(job(make, 'Deploying', {}, policy)), sight(job(make, 'Failed', {}, policy)))
      assert.deepEqual(played.wants(), [{ type: 'timer', timer: 'settled-2', inMs: 15_000 }])
      played.feed({ type: 'due', timer: 'settled-1' })
      assert.deepEqual(played.wants(), [])
      played.feed({ type: 'due', timer: 'settled-2' })
      assert.deepEqual(played.wants()[0], { type: 'ask-rest', question: { ask: 'jobs' }, timeoutMs: 5_000 })
    })

    it(`${name} that changed nothing is not waited for`, () => {
      const same = running(make)
      const played = play(restoreInPlace(options), object(same))
      played.feed(written(same, same))
      assert.deepEqual(played.outcome(), {
        result: { state: 'Unchanged', proof: { operator: false, rest: false } },
        failure: {
          code: 'not-asked',
          message: 'error: nothing was changed: flinkcluster/orders has these values already',
          hints: [],
        },
      })
    })

    it(`${name} says what was changed when time runs out`, () => {
      const played = begun(options, make)
      played.feed({ type: 'timeout' })
      assert.deepEqual(
        [
          played.outcome()?.failure?.code,
          played.outcome()?.result.state,
          played.outcome()?.failure?.hints[0],
        ],
        [
          'timed-out',
          'InProgress',
          `changed: spec.job.fromSavepoint is ${target}, allowNonRestoredState false`,
        ],
      )
    })
  }
})

describe("Spotify's lost submitter race", () => {
  const lost = (more: ClusterParts = {}) =>
    sight(job(spotifyCluster, 'Lost', { fromSavepoint: target }, more))

  it('is answered by the same patch with another nonce, twice at most', () => {
    const played = begun(spotifyOptions, spotifyCluster)
    for (const nonce of ['n1-1', 'n1-2']) {
      played.feed(sight(job(spotifyCluster, 'Updating')), lost())
      const write = played.wants().at(-1)
      const body = write?.type === 'write' && write.write?.verb === 'patch' ? write.write.body : {}
      assert.deepEqual(body, {
        metadata: { resourceVersion: '' },
        spec: {
          job: {
            fromSavepoint: target,
            allowNonRestoredState: false,
            podAnnotations: { 'flinksp/restore': nonce },
          },
        },
      })
      const before = job(spotifyCluster, 'Lost')
      played.feed(
        written(
          before,
          { ...before, metadata: { ...(before['metadata'] as Fields), generation: 9 } },
          'patch',
        ),
      )
    }
    played.feed(sight(job(spotifyCluster, 'Updating')), lost())
    assert.equal(played.wants().at(-1)?.type, 'ask-rest')
  })

  it('is over 5 s after the patch: a job lost later is lost', () => {
    const played = begun(spotifyOptions, spotifyCluster)
    played.feed(sight(job(spotifyCluster, 'Updating')), { type: 'due', timer: 'race-1' }, lost())
    assert.equal(played.wants().at(-1)?.type, 'ask-rest')
  })

  it('is told from a job-cancel by the control', () => {
    const played = begun(spotifyOptions, spotifyCluster)
    const control = { status: { control: { name: 'job-cancel', state: 'Succeeded' } } }
    played.feed(sight(job(spotifyCluster, 'Updating')), lost(control))
    assert.equal(played.wants().at(-1)?.type, 'ask-rest')
  })
})

describe('a restore after a job-cancel on Spotify', () => {
  const cancelled = running(spotifyCluster, {
    jobStatus: { state: 'Cancelled' },
    status: { control: { name: 'job-cancel', state: 'Succeeded' } },
  })

  it('clears the control first, guarded by uid and resourceVersion', () => {
    const ask = restoreInPlace(spotifyOptions).ask(object(cancelled))
    assert.deepEqual(
      'write' in ask && ask.write.verb === 'patch' && [ask.write.subresource, ask.write.body],
      ['status', { metadata: { uid: 'uid-of-orders', resourceVersion: '' }, status: { control: null } }],
    )
  })

  it('then patches the spec with a nonce', () => {
    const played = play(restoreInPlace(spotifyOptions), object(cancelled))
    played.feed(written(cancelled, running(spotifyCluster)))
    const write = played.wants().at(-1)
    assert.deepEqual(write?.type === 'write' && write.write?.verb === 'patch' && write.write.body, {
      metadata: { resourceVersion: '' },
      spec: {
        job: {
          fromSavepoint: target,
          allowNonRestoredState: false,
          podAnnotations: { 'flinksp/restore': 'n1' },
        },
      },
    })
  })
})

describe('a restore whose patch is refused after the control was cleared', () => {
  it('keeps the words of the server, and says that the control is gone', () => {
    const cancelled = running(spotifyCluster, {
      jobStatus: { state: 'Cancelled' },
      status: { control: { name: 'job-cancel', state: 'Succeeded' } },
    })
    const played = play(restoreInPlace(spotifyOptions), object(cancelled))
    played.feed(written(cancelled, running(spotifyCluster)))
    const failure = new Failure('not-asked', 'Error from server (Forbidden): not you')
    played.feed({ type: 'refused', id: 'patch', failure })
    assert.deepEqual(played.outcome()?.failure, {
      code: 'not-asked',
      message: 'Error from server (Forbidden): not you',
      hints: ['changed: status.control was cleared; spec.job.fromSavepoint is as it was'],
    })
  })
})

describe('a restore on GCP tag -9', () => {
  const update = (state: string, location: string) => ({
    jobStatus: { savepointLocation: location },
    status: { savepoint: { state, triggerReason: 'update', triggerID: 'e'.repeat(32) } },
  })

  it('keeps the savepoint that the operator takes first and then forgets', () => {
    const taken = 'gs://bucket/orders/savepoint-ef5f05-000000000003'
    const played = begun(gcpOptions, gcpCluster)
    played.feed(sight(running(gcpCluster, { ...update('Succeeded', taken), metadata: { generation: 2 } })))
    assert.deepEqual(played.wants(), [
      { type: 'tell', text: `the operator saved the state before: ${taken}` },
    ])
    played.feed(
      sight(job(gcpCluster, 'Updating')),
      sight(job(gcpCluster, 'Running', started)),
      restoredFrom(target),
    )
    assert.deepEqual(played.outcome()?.result, {
      state: 'Restored',
      proof: { operator: true, rest: true },
      updateSavepoint: { location: taken },
    })
  })

  it('is blocked while the savepoint before the update fails, and says so when time runs out', () => {
    const played = begun(gcpOptions, gcpCluster)
    played.feed(sight(running(gcpCluster, { ...update('Failed', newest), metadata: { generation: 2 } })))
    played.feed({ type: 'timeout' })
    assert.equal(
      played.outcome()?.failure?.hints[0],
      'the operator insists on a savepoint first, and it fails: the restore waits for one that succeeds, and goes on by itself then',
    )
  })

  it('is blocked also where the job never had a savepoint', () => {
    const { savepoint } = update('Failed', newest).status
    const before = gcpCluster({ metadata: { generation: 1 } })
    const played = begun(gcpOptions, gcpCluster, before)
    played.feed(sight(gcpCluster({ status: { savepoint }, metadata: { generation: 2 } })))
    assert.deepEqual(
      played.wants().map(({ type }) => type),
      ['tell'],
    )
  })

  it('ends where the operator submits the job again and again and none gets an id', () => {
    const policy = { job: { restartPolicy: 'FromSavepointOnFailure' } }
    const before = running(gcpCluster, { jobStatus: { restartCount: 7 } })
    const played = begun(gcpOptions, gcpCluster, before)
    const pending = (jobStatus: Fields) =>
      played.feed(sight(job(gcpCluster, 'Pending', { id: undefined, ...jobStatus }, policy)))
    played.feed(sight(job(gcpCluster, 'Updating', { id: undefined }, policy)))
    pending({ restartCount: 2 })
    assert.deepEqual(played.wants(), [])
    pending({ restartCount: 3 })
    assert.equal(played.wants().at(-1)?.type, 'ask-rest')
  })

  it('ends where the operator restarts the job again and again without submitting it', () => {
    const policy = { job: { restartPolicy: 'FromSavepointOnFailure' } }
    const played = begun(gcpOptions, gcpCluster)
    played.feed(sight(job(gcpCluster, 'Pending', {}, policy)))
    played.feed(sight(job(gcpCluster, 'Pending', { restartCount: 2 }, policy)))
    assert.deepEqual(played.wants(), [])
    played.feed(sight(job(gcpCluster, 'Pending', { restartCount: 3 }, policy)))
    assert.equal(played.wants().at(-1)?.type, 'ask-rest')
  })
})
