import assert from 'node:assert/strict'
import type { Failure } from '../../../src/domain/failure.ts'
import type { Fields } from '../../../src/domain/fields.ts'
import type { RestAnswer, RestQuestion } from '../../../src/domain/rest.ts'
import { readFlinkCluster } from '../../../src/operators/flink-cluster/read.ts'
import { stopping } from '../../../src/operators/flink-cluster/stop/stop.ts'
import type { StopWish } from '../../../src/operators/job-operator.ts'
import { flinkJobId, gcpCluster } from '../../support/flink-clusters.ts'
import { object, play, sight, written } from './play.ts'
import { completed, failed, inProgress, one, two } from './scenarios/parts.ts'
import { type Story, stage, tell } from './scenarios/story.ts'

const triggerId = 'c'.repeat(32)
const policy = { afterJobSucceeds: 'DeleteCluster', afterJobFails: 'KeepCluster' }
const before = { job: { cleanupPolicy: policy }, jobStatus: { savepointLocation: one } }
const kept = { job: { cleanupPolicy: { ...policy, afterJobSucceeds: 'KeepCluster' } } }
const putBack = `kubectl patch flinkcluster/orders -n default --type=merge -p '{"spec":{"job":{"cleanupPolicy":{"afterJobSucceeds":"DeleteCluster"}}}}'`
const later = `cleanupPolicy.afterJobSucceeds of flinkcluster/orders is KeepCluster now; once it has stopped: ${putBack}`
const look = 'to look: kubectl flinksp history flinkcluster/orders -n default --sources rest'

const story: Story = { make: gcpCluster, before, asked: kept, sees: [] }

function wishOf(more: Partial<StopWish> = {}, from = story): StopWish {
  const resource = stage(from).object()
  const build = more.build ?? 'gcp-9'
  const facts = readFlinkCluster(resource, 'gcp-9')
  return { resource, facts, build, drain: true, triggerId, wait: true, ...more }
}

type Answers = { readonly [Ask in RestQuestion['ask']]?: RestAnswer }

/** Flink 1.18, which has accepted the stop. */
const flink =
  (answers: Answers) =>
  ({ ask }: RestQuestion): RestAnswer | undefined =>
    ({
      version: { answer: 'version', version: '1.18.1' } as const,
      checkpoints: { answer: 'checkpoints', checkpoints: { restoredCount: 0, history: [] } } as const,
      stop: { answer: 'taken', triggerId } as const,
      ...answers,
    })[ask as keyof Answers]

function endOf(more: Partial<Story>, wish = wishOf()): Fields {
  const { exit, at, result, message, hints, told, writes } = tell(stopping.protocol(wish), {
    ...story,
    ...more,
  })
  const { state, location, trigger } = result
  assert.equal(trigger, 'cancel')
  return {
    exit,
    at,
    state,
    ...(location && { location }),
    ...(message && { message }),
    ...(hints.length > 0 && { hints }),
    ...(told.length > 0 && { told }),
    ...(writes.length > 0 && { writes }),
  }
}

describe('a stop through Flink', () => {
  it('keeps the cluster first, by one patch that no revision is made of', () => {
    const wish = wishOf()
    assert.deepEqual(stopping.protocol(wish).ask(wish.resource), {
      write: {
        verb: 'patch',
        ref: {
          apiVersion: 'flinkoperator.k8s.io/v1beta1',
          kind: 'FlinkCluster',
          namespace: 'default',
          name: 'orders',
        },
        type: 'merge',
        body: {
          metadata: { resourceVersion: '' },
          spec: { job: { cleanupPolicy: { afterJobSucceeds: 'KeepCluster' } } },
        },
      },
    })
  })

  it('writes the whole policy where there is none, since nobody fills in the rest of it then', () => {
    const wish = wishOf({}, { ...story, before: {} })
    const ask = stopping.protocol(wish).ask(wish.resource)
    assert.deepEqual('write' in ask && ask.write.body, {
      metadata: { resourceVersion: '' },
      spec: {
        job: {
          cleanupPolicy: {
            afterJobSucceeds: 'KeepCluster',
            afterJobFails: 'KeepCluster',
            afterJobCancelled: 'DeleteCluster',
          },
        },
      },
    })
  })

  it('asks with our own trigger, to drain, in the directory of the job', () => {
    const wish = wishOf()
    const played = play(stopping.protocol(wish), wish.resource)
    const body = gcpCluster(kept)
    played.feed(written(gcpCluster(), body), sight(body))
    const asked: RestQuestion[] = []
    for (let turn = 0; turn < 3; turn++)
      for (const wanted of played.wants())
        if (wanted.type === 'ask-rest') {
          asked.push(wanted.question)
          const answer = flink({})(wanted.question)
          if (answer) played.feed({ type: 'rest', question: wanted.question, answer })
        }
    assert.deepEqual(asked, [
      { ask: 'version' },
      { ask: 'checkpoints', jobId: flinkJobId },
      {
        ask: 'stop',
        drain: true,
        jobId: flinkJobId,
        directory: 'gs://bucket/orders',
        triggerId,
      },
    ])
  })

  it('ends with the location, and leaves the cluster kept until that is recorded', () => {
    assert.deepEqual(endOf({ flink: flink({ savepoint: completed(two) }) }), {
      exit: 0,
      at: 0,
      state: 'Completed',
      location: two,
    })
  })

  it('puts the policy back where the savepoint failed and the job goes on', () => {
    assert.deepEqual(endOf({ flink: flink({ savepoint: failed('disk full') }) }), {
      exit: 3,
      at: 0,
      state: 'Failed',
      message: 'error: flinkcluster/orders was not stopped: its savepoint failed: disk full',
      writes: ['put back'],
    })
  })

  it('does not say stopped where the savepoint is complete and the job goes on', () => {
    const message = 'A savepoint has been created at: x, but the corresponding job failed during stopping.'
    const savepoint: RestAnswer = {
      answer: 'savepoint',
      savepoint: { state: 'FAILED', failure: { message }, location: two },
    }
    assert.deepEqual(endOf({ flink: flink({ savepoint }) }), {
      exit: 3,
      at: 0,
      state: 'Completed',
      location: two,
      message: `error: flinkcluster/orders was not stopped: ${message}`,
      hints: [
        `its savepoint is complete all the same: ${two}`,
        'the job may be running again: what it does from now on is not in that savepoint',
      ],
      writes: ['put back'],
    })
  })

  it('puts the policy back where Flink could never be asked', () => {
    const { message, writes, exit } = endOf({})
    assert.deepEqual(
      { exit, message, writes },
      {
        exit: 1,
        message:
          "error: cannot stop flinkcluster/orders with a savepoint: Flink's REST API cannot be reached: connection refused",
        writes: ['put back'],
      },
    )
  })

  it('puts the policy back where Flink refuses', () => {
    const stop: RestAnswer = { answer: 'refused', status: 400, reason: 'Unrecognized field' }
    assert.deepEqual(endOf({ flink: flink({ stop }) }), {
      exit: 1,
      at: 0,
      state: 'Requested',
      message: 'error: cannot stop flinkcluster/orders with a savepoint: Unrecognized field',
      writes: ['put back'],
    })
  })

  it('says how to put it back where that is refused', () => {
    const end = endOf({ flink: flink({ savepoint: failed('disk full') }), refuses: 'put back' })
    assert.deepEqual(end['hints'], [
      'cleanupPolicy.afterJobSucceeds of flinkcluster/orders is KeepCluster, and could not be put back: Error from server (Forbidden): admission webhook denied the request: no',
      `to put it back: ${putBack}`,
    ])
  })

  it('keeps the cluster at a time-out, since the job may still stop', () => {
    assert.deepEqual(endOf({ flink: flink({ savepoint: inProgress }) }), {
      exit: 4,
      at: 600,
      state: 'InProgress',
      message: 'error: timed out waiting for flinkcluster/orders to stop with a savepoint; it may still stop',
      hints: [look, later],
    })
  })

  it('is no stop with a savepoint where the job is gone and Flink is silent', () => {
    const answers = (question: RestQuestion, seconds: number) =>
      seconds < 1 ? flink({ savepoint: inProgress })(question) : undefined
    assert.deepEqual(endOf({ flink: answers, sees: [[2, { jobStatus: { state: 'Lost' } }]] }), {
      exit: 3,
      at: 17,
      state: 'Failed',
      message: 'error: the job of flinkcluster/orders is gone (Lost), and no savepoint of the stop was seen',
      hints: [
        later,
        'it may be there all the same: look into gs://bucket/orders',
        `the newest that the operator knows: ${one}`,
        'to start the job again from one: kubectl flinksp restore flinkcluster/orders SAVEPOINT -n default',
      ],
    })
  })

  it('believes Flink that still answers more than an operator that calls the job ended', () => {
    const answers = (question: RestQuestion, seconds: number) =>
      flink({ savepoint: seconds < 60 ? inProgress : completed(two) })(question)
    const { exit, location } = endOf({ flink: answers, sees: [[2, { jobStatus: { state: 'Succeeded' } }]] })
    assert.deepEqual({ exit, location }, { exit: 0, location: two })
  })

  it('does not wait where nobody wants to, and says what is left to do', () => {
    assert.deepEqual(endOf({ flink: flink({}) }, wishOf({ wait: false })), {
      exit: 0,
      at: 0,
      state: 'InProgress',
      told: [later],
    })
  })

  it('says where to look for the savepoint once the only one who knows it is removed', () => {
    const lost =
      "the operator removes the cluster as soon as the job has ended, and nobody will know the savepoint's location: look into gs://bucket/orders"
    const old = { flink: flink({ savepoint: inProgress }), asked: before }
    assert.deepEqual(endOf(old, wishOf({ build: 'gcp-2' })), {
      exit: 4,
      at: 600,
      state: 'InProgress',
      message: 'error: timed out waiting for flinkcluster/orders to stop with a savepoint; it may still stop',
      hints: [look, lost],
    })
    assert.deepEqual(endOf(old, wishOf({ build: 'gcp-2', wait: false })), {
      exit: 0,
      at: 0,
      state: 'InProgress',
      told: [lost],
    })
  })

  it('refuses where somebody has changed the policy since the plan was shown', () => {
    const wish = wishOf()
    const ask = stopping.protocol(wish).ask(stage({ ...story, before: kept }).object())
    assert.equal(
      'refuse' in ask && ask.refuse.message,
      'error: cannot stop flinkcluster/orders with a savepoint: its cleanupPolicy has been changed meanwhile',
    )
  })

  it('is over when the object is deleted', () => {
    const { exit, state } = endOf({ flink: flink({ savepoint: inProgress }), sees: [[2, 'deleted']] })
    assert.deepEqual({ exit, state }, { exit: 3, state: 'Failed' })
  })
})

describe('the end of a stop through Flink', () => {
  const settle = (wish = wishOf()) => {
    assert.ok(stopping.settle)
    return stopping.settle(wish)
  }

  /** The bodies of what it wants to write. */
  const writes = (wish: StopWish, from: Story) =>
    play(settle(wish), stage(from).object())
      .wants()
      .map(wanted => wanted.type === 'write' && wanted.write?.body)

  it('puts the policy back as it was', () => {
    assert.deepEqual(writes(wishOf(), { ...story, before: kept }), [
      {
        metadata: { resourceVersion: '' },
        spec: { job: { cleanupPolicy: { afterJobSucceeds: 'DeleteCluster' } } },
      },
    ])
  })

  it('takes a policy away that was not there', () => {
    assert.deepEqual(writes(wishOf({}, { ...story, before: {} }), { ...story, before: kept }), [
      { metadata: { resourceVersion: '' }, spec: { job: { cleanupPolicy: null } } },
    ])
  })

  it('leaves alone what somebody else has changed since, and what was never changed', () => {
    assert.deepEqual(writes(wishOf(), story), [undefined])
    assert.deepEqual(writes(wishOf({ build: 'gcp-2' }), story), [])
  })

  it('only warns where it may not be put back, and says how', () => {
    const { exit, told } = tell(settle(), {
      ...story,
      before: kept,
      refuses: 'put back',
      sees: [[1, { jobStatus: { state: 'Succeeded' } }]],
    })
    assert.deepEqual(
      { exit, told },
      {
        exit: 0,
        told: [
          'Warning: cleanupPolicy.afterJobSucceeds of flinkcluster/orders is KeepCluster, and could not be put back: Error from server (Forbidden): admission webhook denied the request: no',
          `its JobManager and TaskManagers stay until then: resume puts it back; by hand: ${putBack}`,
        ],
      },
    )
  })

  it('waits until the operator shows the job ended', () => {
    const played = play(settle(), object(gcpCluster(kept)))
    played.feed(written(gcpCluster(kept), gcpCluster(before), 'put back'), sight(gcpCluster(before)))
    assert.equal(played.outcome(), undefined)
    played.feed(sight(gcpCluster({ ...kept, jobStatus: { state: 'Succeeded' } })))
    assert.deepEqual(played.outcome(), { result: undefined })
  })

  it('ends by its timeout, which says what is known', () => {
    const played = play(settle(), object(gcpCluster(kept)))
    played.feed({ type: 'timeout' })
    assert.equal(
      (played.outcome()?.failure as Failure | undefined)?.message,
      'error: timed out waiting for the operator to show flinkcluster/orders stopped; Flink has stopped its job with the savepoint',
    )
  })
})
