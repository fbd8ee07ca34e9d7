import assert from 'node:assert/strict'
import { Failure } from '../../../src/domain/failure.ts'
import type { Fields } from '../../../src/domain/fields.ts'
import type { Event } from '../../../src/domain/protocol.ts'
import type { RestAnswer } from '../../../src/domain/rest.ts'
import { takeByStatus } from '../../../src/operators/flink-cluster/take/by-status.ts'
import type { TakeByStatus } from '../../../src/operators/flink-cluster/take/state.ts'
import { type ClusterParts, flinkJobId, gcpCluster, spotifyCluster } from '../../support/flink-clusters.ts'
import { object, play, sight, written } from './play.ts'

const old = 'a'.repeat(32)
const ours = 'b'.repeat(32)
const theirs = 'c'.repeat(32)
const first = 'gs://bucket/orders/savepoint-ef5f05-000000000001'
const second = 'gs://bucket/orders/savepoint-ef5f05-000000000002'
const annotation = 'flinkclusters.flinkoperator.k8s.io/user-control'
const annotated = { metadata: { annotations: { [annotation]: 'savepoint' } } }

/** status.savepoint as both operators write it. */
function attempt(state: string, triggerID: string | undefined, more: Fields = {}): Fields {
  return {
    state,
    triggerReason: 'user requested',
    requestTime: '2026-03-01T12:00:00Z',
    ...(triggerID && { triggerID, jobID: flinkJobId, triggerTime: '2026-03-01T12:00:00Z' }),
    ...more,
  }
}

/** A job after its first savepoint; what is given comes on top. */
function spotify(savepoint: Fields, more: ClusterParts = {}): Fields {
  const jobStatus = { savepointGeneration: 1, savepointLocation: first, ...more.jobStatus }
  return spotifyCluster({ ...more, jobStatus, status: { savepoint, ...more.status } })
}

function gcp(savepoint: Fields | undefined, more: ClusterParts = {}): Fields {
  const jobStatus = { savepointGeneration: 1, savepointLocation: first, ...more.jobStatus }
  return gcpCluster({ ...more, jobStatus, status: { ...(savepoint && { savepoint }), ...more.status } })
}

const quiet = attempt('Succeeded', old)
const reached: ClusterParts = {
  jobStatus: { savepointGeneration: 2, savepointLocation: second, savepointTime: '2026-03-01T12:00:10Z' },
}

const spotifyAnnotation: TakeByStatus = { operator: 'spotify', via: 'annotation', wait: true }
const spotifyGeneration: TakeByStatus = { operator: 'spotify', via: 'generation', wait: true }
const gcpAnnotation: TakeByStatus = { operator: 'gcp-9', via: 'annotation', wait: true }
const gcpGeneration: TakeByStatus = { operator: 'gcp-9', via: 'generation', wait: true }

function start(options: TakeByStatus, before: Fields, after: Fields) {
  const played = play(takeByStatus(options), object(before))
  played.feed(written(before, after), sight(after))
  played.wants()
  return played
}

/** How it ended, in one value. */
function ending(played: ReturnType<typeof start>) {
  const outcome = played.outcome()
  if (!outcome) return 'waits on'
  const { state, location, triggerId, trigger, failure } = outcome.result
  return {
    ...(outcome.failure && { code: outcome.failure.code, message: outcome.failure.message }),
    state,
    ...(location && { location }),
    ...(triggerId && { triggerId }),
    ...(trigger && { trigger }),
    ...(failure?.rootCause && { rootCause: failure.rootCause }),
  }
}

function flink(answer: RestAnswer): Event {
  return { type: 'rest', question: { ask: 'savepoint', jobId: flinkJobId, triggerId: ours }, answer }
}

const flinkCompleted = flink({ answer: 'savepoint', savepoint: { state: 'COMPLETED', location: second } })
const flinkInProgress = flink({ answer: 'savepoint', savepoint: { state: 'IN_PROGRESS' } })
const flinkUnreachable = flink({
  answer: 'unreachable',
  reason: 'connection refused',
  mayHaveBeenSent: false,
})
const flinkFailed = flink({
  answer: 'savepoint',
  savepoint: {
    state: 'FAILED',
    failure: { message: 'IO-problem detected.', rootCause: 'Permission denied' },
  },
})

const completed = { state: 'Completed', location: second, triggerId: ours, trigger: 'manual' }

describe('a take by annotation', () => {
  for (const [name, options, cluster] of [
    ['on Spotify', spotifyAnnotation, spotify],
    ['on GCP tag -9', gcpAnnotation, gcp],
  ] as const) {
    const begun = () => start(options, cluster(quiet), cluster(quiet, annotated))

    it(`${name} is the first success with a new trigger and a new location`, () => {
      const played = begun()
      played.feed(sight(cluster(attempt('InProgress', ours), annotated)))
      assert.equal(ending(played), 'waits on')
      played.feed(sight(cluster(attempt('Succeeded', ours), { ...reached, ...annotated })))
      assert.deepEqual(ending(played), completed)
    })

    it(`${name} says nothing while only the old savepoint stands there`, () => {
      const played = begun()
      played.feed(sight(cluster(quiet, annotated)), sight(cluster(quiet, annotated)))
      assert.equal(ending(played), 'waits on')
    })

    it(`${name} is not completed by a scheduled savepoint from before its trigger, when that is replaced`, () => {
      const played = begun()
      played.feed(
        sight(
          cluster(attempt('Succeeded', theirs, { triggerReason: 'scheduled' }), { ...reached, ...annotated }),
        ),
        sight(cluster(attempt('InProgress', ours), { ...reached, ...annotated })),
        sight(cluster(attempt('InProgress', 'd'.repeat(32)), reached)),
      )
      assert.equal(ending(played), 'waits on')
      assert.deepEqual(played.wants().at(-1), {
        type: 'ask-rest',
        question: { ask: 'savepoint', jobId: flinkJobId, triggerId: ours },
        timeoutMs: 5_000,
      })
    })

    it(`${name} is not ended by the failure of a scheduled savepoint`, () => {
      const played = begun()
      played.feed(
        sight(cluster(attempt('Failed', theirs, { triggerReason: 'scheduled', message: 'no' }), annotated)),
      )
      assert.equal(ending(played), 'waits on')
      played.feed(sight(cluster(attempt('Succeeded', ours), reached)))
      assert.deepEqual(ending(played), completed)
    })

    it(`${name} fails with Flink's cause, asked by trigger id`, () => {
      const played = begun()
      played.feed(sight(cluster(attempt('Failed', ours, { message: 'Savepoint error: x' }), annotated)))
      assert.deepEqual(played.wants(), [
        {
          type: 'ask-rest',
          question: { ask: 'savepoint', jobId: flinkJobId, triggerId: ours },
          timeoutMs: 5_000,
        },
      ])
      played.feed(flinkFailed)
      assert.deepEqual(ending(played), {
        code: 'no',
        message: 'error: the savepoint of flinkcluster/orders failed: Permission denied',
        state: 'Failed',
        triggerId: ours,
        trigger: 'manual',
        rootCause: 'Permission denied',
      })
    })

    it(`${name} fails with the operator's words where Flink cannot be asked, and says why`, () => {
      const played = begun()
      played.feed(
        sight(
          cluster(attempt('Failed', ours, { message: 'Savepoint error: a.b.XException: no space\n\tat y' })),
        ),
        flinkUnreachable,
      )
      assert.deepEqual(played.outcome()?.failure, {
        code: 'no',
        message: 'error: the savepoint of flinkcluster/orders failed: no space',
        hints: ['cause not available because connection refused'],
      })
    })

    it(`${name} that was refused by Flink fails without a trigger id`, () => {
      const played = begun()
      const refused = attempt('TriggerFailed', undefined, { message: '400 Bad Request' })
      played.feed(sight(cluster(refused)))
      assert.deepEqual(ending(played), {
        code: 'no',
        message: 'error: the savepoint of flinkcluster/orders failed: 400 Bad Request',
        state: 'Failed',
        trigger: 'manual',
      })
    })

    it(`${name} is told apart from an earlier refused one by its times`, () => {
      const refused = attempt('TriggerFailed', undefined, { message: 'again' })
      const played = start(options, cluster(refused), cluster(refused, annotated))
      played.feed(sight(cluster(refused, annotated)))
      assert.equal(ending(played), 'waits on')
      played.feed(sight(cluster({ ...refused, requestTime: '2026-03-01T12:00:01Z' })))
      assert.equal((ending(played) as { code?: string }).code, 'no')
    })

    it(`${name} fails with its control, where the control alone says so`, () => {
      const control = (updateTime: string) => ({ name: 'savepoint', state: 'Failed', updateTime })
      const before = cluster(quiet, { status: { control: control('2026-03-01T11:00:00Z') } })
      const played = start(
        options,
        before,
        cluster(quiet, { status: { control: control('2026-03-01T11:00:00Z') } }),
      )
      assert.equal(ending(played), 'waits on')
      played.feed(sight(cluster(quiet, { status: { control: control('2026-03-01T12:00:00Z') } })))
      assert.equal((ending(played) as { code?: string }).code, 'no')
    })

    it(`${name} is completed where Flink completed what the operator gave up`, () => {
      const played = begun()
      played.feed(
        sight(cluster(attempt('InProgress', ours), annotated)),
        sight(cluster(attempt('Failed', ours, { message: 'Timed out taking savepoint.' }))),
        flinkInProgress,
      )
      assert.deepEqual(played.wants().at(-1), { type: 'timer', timer: 'ask', inMs: 2_000 })
      played.feed({ type: 'due', timer: 'ask' }, flinkCompleted)
      assert.deepEqual(ending(played), completed)
    })

    it(`${name} that the operator gave up may be complete where Flink does not answer`, () => {
      const played = begun()
      played.feed(
        sight(cluster(attempt('Failed', ours, { message: 'Timed out taking savepoint.' }))),
        flinkUnreachable,
      )
      assert.deepEqual(played.outcome()?.failure?.hints, [
        'cause not available because connection refused',
        'Flink may have completed it all the same: look into the savepoints directory',
      ])
    })

    it(`${name} is asked for again where the annotation is gone for 2 s without a trigger`, () => {
      const played = begun()
      played.feed(sight(cluster(quiet)))
      assert.deepEqual(played.wants(), [{ type: 'timer', timer: 'vanished', inMs: 2_000 }])
      played.feed({ type: 'due', timer: 'vanished' })
      const again = played.wants()[0]
      assert.deepEqual(again?.type === 'write' && again.write?.verb === 'patch' && again.write.body, {
        metadata: { resourceVersion: '', annotations: { [annotation]: 'savepoint' } },
      })
    })

    it(`${name} is not asked for again where the trigger shows within those 2 s`, () => {
      const played = begun()
      played.feed(sight(cluster(quiet)))
      played.wants()
      played.feed(sight(cluster(attempt('InProgress', ours))), { type: 'due', timer: 'vanished' })
      assert.deepEqual(played.wants(), [])
    })

    it(`${name} is not asked for again where the object shows the trigger that a lost watch has not shown`, () => {
      const protocol = takeByStatus(options)
      const asked = object(cluster(quiet, annotated))
      const events: readonly Event[] = [
        written(cluster(quiet), cluster(quiet, annotated)),
        { type: 'object', object: asked },
        sight(cluster(quiet)),
        { type: 'due', timer: 'vanished' },
      ]
      const begun = protocol.begin(object(cluster(quiet)))
      const vanished = events.reduce((step, event) => protocol.next(step.state, event), begun)
      const [again] = vanished.effects
      assert(again?.type === 'write' && again.make(object(cluster(quiet))))
      assert.equal(again.make(object(cluster(attempt('InProgress', ours)))), undefined)
      const waiting = protocol.next(vanished.state, { type: 'skipped', id: 'again' })
      assert.deepEqual(waiting.effects, [{ type: 'timer', timer: 'vanished', inMs: 2_000 }])
      const scheduled = cluster(attempt('Succeeded', theirs, { triggerReason: 'scheduled' }), reached)
      const covered = protocol.next(waiting.state, sight(scheduled))
      const [missed] = protocol.next(covered.state, { type: 'due', timer: 'vanished' }).effects
      assert(missed?.type === 'write' && missed.make(object(scheduled)), 'another is in its place')
      const [end] = protocol.next(waiting.state, sight(cluster(attempt('Succeeded', ours), reached))).effects
      assert(end?.type === 'done')
      assert.equal(end.outcome.result.location, second)
    })

    it(`${name} is asked for again after 3 s, at most 5 times, while the tasks are not all running`, () => {
      const played = begun()
      const deploying = { message: 'Failure reason: Not all required tasks are currently running.' }
      const failedBy = (id: string) => cluster(attempt('Failed', id.repeat(32), deploying))
      for (const id of ['1', '2', '3', '4', '5']) {
        played.feed(sight(failedBy(id)))
        assert.deepEqual(played.wants().at(-1), { type: 'timer', timer: 'repeat', inMs: 3_000 })
        played.feed({ type: 'due', timer: 'repeat' })
        assert.equal(played.wants()[0]?.type, 'write')
        played.feed(
          written(failedBy(id), cluster(attempt('Failed', id.repeat(32), deploying), annotated), 'again'),
        )
      }
      played.feed(sight(failedBy('6')))
      assert.deepEqual(played.wants()[0]?.type, 'ask-rest')
    })

    it(`${name} ends when the object is deleted, or is another one of the same name`, () => {
      const deleted = begun()
      deleted.feed({ type: 'deleted' })
      assert.equal(deleted.outcome()?.failure?.code, 'no')
      const replaced = begun()
      replaced.feed(sight(cluster(quiet, { uid: 'another' })))
      assert.equal(replaced.outcome()?.failure?.message, deleted.outcome()?.failure?.message)
    })

    it(`${name} ends when the job stops`, () => {
      const played = begun()
      played.feed(sight(cluster(quiet, { jobStatus: { state: 'Cancelled' } })))
      assert.equal(
        played.outcome()?.failure?.message,
        'error: the job of flinkcluster/orders stopped (Cancelled) before its savepoint was complete',
      )
    })

    it(`${name} is looked for in Flink where another trigger stands in its place`, () => {
      const played = begun()
      played.feed(
        sight(cluster(attempt('InProgress', ours), annotated)),
        sight(cluster(attempt('InProgress', theirs), annotated)),
      )
      assert.equal(played.wants()[0]?.type, 'ask-rest')
      played.feed(flinkCompleted)
      assert.deepEqual(ending(played), completed)
    })

    it(`${name} was the one before the repeat that stands in its place, where the location has moved`, () => {
      const played = begun()
      played.feed(
        sight(cluster(attempt('InProgress', ours))),
        sight(cluster(attempt('InProgress', theirs), reached)),
      )
      assert.deepEqual(ending(played), completed)
    })

    it(`${name} was not the one before another of the operator's own, where its control does not say so`, () => {
      const scheduled = attempt('InProgress', theirs, { triggerReason: 'scheduled' })
      const control = (state: string) => ({
        status: { control: { name: 'savepoint', state, updateTime: '2026-03-01T12:00:01Z' } },
      })
      for (const [state, end] of [
        ['Failed', 'waits on'],
        ['Succeeded', completed],
      ] as const) {
        const played = begun()
        played.feed(
          sight(cluster(attempt('InProgress', ours), control('InProgress'))),
          sight(cluster(scheduled, { ...reached, ...control(state) })),
        )
        assert.deepEqual(ending(played), end)
      }
    })

    it(`${name} was not the one that stood there before it, where the status runs backwards and on again`, () => {
      const played = begun()
      const scheduled = cluster(attempt('Succeeded', theirs, { triggerReason: 'scheduled' }), reached)
      const again = cluster(attempt('Failed', theirs, { triggerReason: 'scheduled' }), reached)
      played.feed(sight(scheduled), sight(cluster(attempt('InProgress', ours))), sight(again))
      assert.equal(ending(played), 'waits on')
      assert.equal(played.wants().at(-1)?.type, 'ask-rest')
    })

    it(`${name} leaves the request behind when time runs out, and says how to remove it`, () => {
      const played = begun()
      played.feed({ type: 'due', timer: 'silence' })
      assert.deepEqual(played.wants(), [
        {
          type: 'tell',
          text: 'no reaction from the operator for 15 s: it may be down (kubectl get pods -A | grep -i flink-operator)',
        },
      ])
      played.feed({ type: 'timeout' })
      assert.deepEqual(played.outcome()?.failure, {
        code: 'timed-out',
        message: 'error: timed out waiting for the savepoint of flinkcluster/orders; it may still complete',
        hints: [
          'to look: kubectl flinksp history flinkcluster/orders -n default',
          `the request stays and may still fire; to remove it: kubectl annotate flinkcluster/orders -n default ${annotation}-`,
        ],
      })
    })

    it(`${name} that may not be watched was asked for all the same, and says so`, () => {
      const played = begun()
      const forbidden = new Failure('not-asked', 'Error from server (Forbidden): no')
      played.feed({ type: 'refused', id: 'watch', failure: forbidden })
      assert.deepEqual(played.outcome()?.failure, {
        code: 'not-asked',
        message: 'Error from server (Forbidden): no',
        hints: [
          'the savepoint of flinkcluster/orders was asked for, and may complete unseen',
          'to look: kubectl flinksp history flinkcluster/orders -n default',
          `the request stays and may still fire; to remove it: kubectl annotate flinkcluster/orders -n default ${annotation}-`,
        ],
      })
    })

    it(`${name} goes on in Flink when it is interrupted`, () => {
      const played = begun()
      played.feed(sight(cluster(attempt('InProgress', ours))), { type: 'interrupted' })
      assert.deepEqual(played.outcome()?.failure, {
        code: 'interrupted',
        message: 'error: interrupted; the savepoint of flinkcluster/orders goes on',
        hints: ['to look: kubectl flinksp history flinkcluster/orders -n default'],
      })
      assert.equal(played.outcome()?.result.state, 'InProgress')
    })
  }
})

describe('a take by generation', () => {
  const asked = (generation: number, parts: ClusterParts = {}): ClusterParts => ({
    ...parts,
    job: { savepointGeneration: 2 },
    metadata: { generation },
  })

  for (const [name, options, cluster] of [
    ['on Spotify', spotifyGeneration, spotify],
    ['on GCP tag -9', gcpGeneration, gcp],
  ] as const) {
    const begun = () =>
      start(options, cluster(quiet, { metadata: { generation: 1 } }), cluster(quiet, asked(2)))

    it(`${name} patches the status's generation + 1, alone`, () => {
      const ask = takeByStatus(options).ask(object(cluster(quiet)))
      assert.deepEqual('write' in ask && ask.write.verb === 'patch' && [ask.write.type, ask.write.body], [
        'strategic',
        { metadata: { resourceVersion: '' }, spec: { job: { savepointGeneration: 2 } } },
      ])
    })

    it(`${name} that changed nothing is never waited for`, () => {
      const same = cluster(quiet, { metadata: { generation: 4 } })
      assert.deepEqual(ending(start(options, same, same)), {
        code: 'not-asked',
        message:
          'error: nothing was asked: the patch of flinkcluster/orders changed nothing, spec.job.savepointGeneration was 0 already',
        state: 'Requested',
        trigger: 'manual',
      })
    })

    it(`${name} is fulfilled by the first success that reaches it, whoever asked for it`, () => {
      const played = begun()
      const scheduled = attempt('Succeeded', theirs, { triggerReason: 'scheduled' })
      played.feed(sight(cluster(scheduled, asked(2, reached))))
      assert.deepEqual(ending(played), {
        state: 'Completed',
        location: second,
        triggerId: theirs,
        trigger: 'scheduled',
      })
    })

    it(`${name} that is reached without a savepoint was taken back by somebody`, () => {
      const played = begun()
      played.feed(sight(cluster(quiet, asked(2, { jobStatus: { savepointGeneration: 2 } }))))
      assert.equal(
        played.outcome()?.failure?.message,
        'error: the savepoint of flinkcluster/orders failed: the request was taken back by somebody else',
      )
    })

    it(`${name} writes nothing where one is pending`, () => {
      assert.deepEqual(takeByStatus(options).ask(object(cluster(quiet, asked(2)))), {
        join: 'savepointGeneration 2 is pending already: waiting for that one',
      })
    })

    it(`${name} is joined where it is pending: the savepoint in flight is ours`, () => {
      const inFlight = cluster(attempt('InProgress', ours), asked(2))
      const played = play(takeByStatus(options), object(inFlight))
      played.feed(sight(cluster(attempt('Succeeded', ours), asked(2, reached))))
      assert.deepEqual(ending(played), completed)
    })
  }

  it('on GCP tag -9 goes on by annotation where the tasks were not all running, since the operator never tries again', () => {
    const deploying = { message: 'Failure reason: Not all required tasks are currently running.' }
    const played = start(gcpGeneration, gcp(quiet, { metadata: { generation: 1 } }), gcp(quiet, asked(2)))
    played.feed(sight(gcp(attempt('Failed', ours, deploying), asked(2))), { type: 'due', timer: 'repeat' })
    const again = played.wants().at(-1)
    assert.deepEqual(again?.type === 'write' && again.write?.verb === 'patch' && again.write.body, {
      metadata: { resourceVersion: '', annotations: { [annotation]: 'savepoint' } },
    })
  })

  it('on Spotify leaves it to the operator to try again where the tasks were not all running', () => {
    const deploying = { message: 'Failure reason: Not all required tasks are currently running.' }
    const played = start(
      spotifyGeneration,
      spotify(quiet, { metadata: { generation: 1 } }),
      spotify(quiet, asked(2)),
    )
    played.feed(sight(spotify(attempt('Failed', theirs, deploying), asked(2))))
    played.wants()
    played.feed({ type: 'due', timer: 'repeat' })
    assert.deepEqual(played.wants(), [])
    played.feed(sight(spotify(attempt('Succeeded', ours), asked(2, reached))))
    assert.deepEqual(ending(played), completed)
  })
})

describe('a generation that failed on Spotify, where the operator tries for ever', () => {
  const asked: ClusterParts = { job: { savepointGeneration: 2 }, metadata: { generation: 2 } }
  const failedAttempt = attempt('Failed', ours, { message: 'Savepoint error: no' })
  const failedOnce = (options: TakeByStatus) => {
    const played = start(options, spotify(quiet, { metadata: { generation: 1 } }), spotify(quiet, asked))
    played.feed(sight(spotify(failedAttempt, asked)), flinkFailed)
    return played
  }

  it('is offered to be withdrawn, and how to do it is said where that is declined', () => {
    const played = failedOnce(spotifyGeneration)
    assert.equal(played.wants().at(-1)?.type, 'question')
    played.feed({ type: 'answer', question: 'withdraw', yes: false })
    assert.deepEqual(played.wants(), [
      {
        type: 'warn',
        text:
          'the operator goes on trying; to end it: kubectl patch flinkcluster/orders -n default --subresource=status --type=merge ' +
          `-p '{"status":{"components":{"job":{"savepointGeneration":2}}}}'`,
      },
    ])
    assert.equal(played.outcome()?.failure?.code, 'no')
    assert.equal(played.outcome()?.result.state, 'Failed')
  })

  it('is withdrawn in the status, guarded by uid and both generations', () => {
    const played = failedOnce({ ...spotifyGeneration, withdraw: true })
    const path = '/status/components/job/savepointGeneration'
    const write = played.wants().at(-1)
    assert.deepEqual(write?.type === 'write' && write.write, {
      verb: 'patch',
      ref: {
        apiVersion: 'flinkoperator.k8s.io/v1beta1',
        kind: 'FlinkCluster',
        namespace: 'default',
        name: 'orders',
      },
      subresource: 'status',
      type: 'json',
      body: [
        { op: 'test', path: '/metadata/uid', value: 'uid-of-orders' },
        { op: 'test', path: '/spec/job/savepointGeneration', value: 2 },
        { op: 'test', path, value: 1 },
        { op: 'add', path, value: 2 },
      ],
    })
    played.feed(written(spotify(failedAttempt, asked), spotify(failedAttempt, asked), 'withdraw'))
    assert.deepEqual(ending(played), {
      code: 'no',
      message: 'error: the savepoint of flinkcluster/orders failed: Permission denied',
      state: 'Withdrawn',
      triggerId: ours,
      trigger: 'manual',
      rootCause: 'Permission denied',
    })
  })

  it('is withdrawn under the resourceVersion where the status has no generation yet', () => {
    const never = (savepoint: Fields | undefined, parts: ClusterParts) =>
      spotifyCluster({ ...parts, status: savepoint ? { savepoint } : {} })
    const first: ClusterParts = {
      job: { savepointGeneration: 1 },
      metadata: { generation: 2, resourceVersion: '77' },
    }
    const before = never(undefined, { metadata: { generation: 1 } })
    const played = start({ ...spotifyGeneration, withdraw: true }, before, never(undefined, first))
    played.feed(sight(never(failedAttempt, first)), flinkFailed)
    const write = played.wants().at(-1)
    const body = write?.type === 'write' && write.write?.verb === 'patch' ? write.write.body : []
    assert.deepEqual(Array.isArray(body) && body[2], {
      op: 'test',
      path: '/metadata/resourceVersion',
      value: '77',
    })
  })

  it('is left alone where somebody else has answered it meanwhile', () => {
    const played = failedOnce({ ...spotifyGeneration, withdraw: true })
    played.wants()
    played.feed({ type: 'skipped', id: 'withdraw' })
    assert.equal(played.outcome()?.failure?.code, 'no')
  })

  it('is told as failed when time runs out before the person has answered', () => {
    const played = failedOnce(spotifyGeneration)
    played.feed({ type: 'timeout' })
    assert.equal(played.outcome()?.failure?.code, 'no')
  })
})
