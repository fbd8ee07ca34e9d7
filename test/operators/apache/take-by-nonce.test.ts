import assert from 'node:assert/strict'
import { failure } from '../../../src/domain/failure.ts'
import { type Fields, fieldsAt } from '../../../src/domain/fields.ts'
import type { Event, News } from '../../../src/domain/protocol.ts'
import type { RestAnswer } from '../../../src/domain/rest.ts'
import { takeByNonce } from '../../../src/operators/apache/take/by-nonce.ts'
import { refusal } from '../../support/fake-cluster.ts'
import {
  apacheJobId,
  type DeploymentParts,
  deployment15,
  deployment17,
  reconciled,
} from '../../support/flink-deployments.ts'
import {
  carriedOut,
  deleted,
  type Happening,
  job,
  merge,
  resource,
  type Story,
  snapshot,
  tell,
} from './story.ts'

const a = 'a'.repeat(32)
const b = 'b'.repeat(32)
const first = 's3://bucket/orders/savepoint-fd0f0f-000000000001'
const second = 's3://bucket/orders/savepoint-fd0f0f-000000000002'
const at = 1_795_357_072_481

/** status.jobStatus.savepointInfo becomes this. */
const info = (savepointInfo: Fields) => ({ status: { jobStatus: { savepointInfo } } })
const triggered = (triggerId: string, triggerTimestamp = at) =>
  info({ triggerId, triggerTimestamp, triggerType: 'MANUAL', formatType: 'CANONICAL' })
const untriggered = { triggerId: null, triggerTimestamp: null, triggerType: null, formatType: null }
const kept = (location: string, timeStamp: number, triggerNonce?: number, triggerType = 'MANUAL') => {
  const nonce = triggerNonce === undefined ? {} : { triggerNonce }
  return { location, timeStamp, triggerType, formatType: 'CANONICAL', ...nonce }
}
const completed = (location: string, timeStamp: number, nonce?: number) =>
  info({ ...untriggered, lastSavepoint: kept(location, timeStamp, nonce) })

/** On operator 1.7, after nonce 4. */
function take(parts: DeploymentParts, story: Omit<Story, 'before'>) {
  const before = deployment17({ ...parts, job: { savepointTriggerNonce: 4, ...parts.job } })
  return tell(takeByNonce({ operator: 'apache-1.7', snapshots: false, wait: true }), { before, ...story })
}

const failedInFlink: RestAnswer = {
  answer: 'savepoint',
  savepoint: {
    state: 'FAILED',
    failure: { message: 'IO-problem detected.', rootCause: 'Failed to create savepoint directory at /sp' },
  },
}
const tooEarly: RestAnswer = {
  answer: 'savepoint',
  savepoint: { state: 'FAILED', failure: { message: 'Not all required tasks are currently running.' } },
}
const askedFor5 = ['ask', { spec: { job: { savepointTriggerNonce: 5 } } }]
const takenBack = ['take-back', { spec: { job: { savepointTriggerNonce: 4 } } }]
const savepoint = {
  job: {
    apiVersion: 'flink.apache.org/v1beta1',
    kind: 'FlinkDeployment',
    namespace: 'default',
    name: 'orders',
    uid: 'uid-of-orders',
  },
  type: 'savepoint',
  trigger: 'manual',
  flinkJobId: apacheJobId,
  restartPoint: false,
  origin: false,
  sources: ['status'],
} as const

describe('a take by savepointTriggerNonce', () => {
  it('ends with the savepoint that bears its nonce', () => {
    const { exit, result, writes } = take(
      {},
      {
        sees: [
          [0.3, job(triggered(a))],
          [1.6, carriedOut(completed(first, at, 5))],
        ],
      },
    )
    assert.deepEqual([exit, writes], [0, [askedFor5]])
    assert.deepEqual(result, {
      ...savepoint,
      state: 'Completed',
      triggerId: a,
      location: first,
      format: 'CANONICAL',
      requestedAt: '2026-11-22T14:17:52.481Z',
      restartPoint: true,
    })
  })

  it('asks by a value that was neither wanted nor carried out before, whichever is higher', () => {
    const asked = (parts: DeploymentParts) => take(parts, { sees: [], timeout: 1 }).writes[0]
    assert.deepEqual(asked({ job: { savepointTriggerNonce: 7 } }), [
      'ask',
      { spec: { job: { savepointTriggerNonce: 8 } } },
    ])
    // After it was taken away again: null is ignored, and 9 would be a repetition.
    assert.deepEqual(
      asked({ job: { savepointTriggerNonce: null }, reconciled: { savepointTriggerNonce: 9 } }),
      ['ask', { spec: { job: { savepointTriggerNonce: 10 } } }],
    )
  })

  it('knows its savepoint where it never saw the trigger', () => {
    const { exit, result } = take({}, { sees: [[1, carriedOut(completed(first, at, 5))]] })
    assert.deepEqual([exit, result.location, result.triggerId], [0, first, undefined])
  })

  it('is not ended by a periodic or upgrade savepoint', () => {
    const periodic = info({ ...untriggered, lastSavepoint: kept(first, at, undefined, 'PERIODIC') })
    const { exit, result } = take(
      {},
      {
        sees: [
          [0.3, job(info({ triggerId: b, triggerTimestamp: at, triggerType: 'PERIODIC' }))],
          [1, job(periodic)],
          [2, job(triggered(a, at + 2_000))],
          [3, carriedOut(completed(second, at + 2_000, 5))],
        ],
      },
    )
    assert.deepEqual([exit, result.location, result.triggerId], [0, second, a])
  })

  it('knows its savepoint in the history, where a periodic one has followed it unseen', () => {
    const ours = kept(first, at, 5)
    const periodic = kept(second, at + 2_000, undefined, 'PERIODIC')
    const both = info({ ...untriggered, lastSavepoint: periodic, savepointHistory: [ours, periodic] })
    const { exit, result } = take(
      {},
      {
        sees: [
          [0.3, job(triggered(a))],
          [4, carriedOut(both)],
        ],
      },
    )
    assert.deepEqual([exit, result.location, result.triggerId], [0, first, a])
  })

  it('knows its savepoint by the time of its trigger where a newer nonce is credited with it', () => {
    const { exit, result, told } = take(
      {},
      {
        sees: [
          [0.3, job(triggered(a))],
          [1, job({ spec: { job: { savepointTriggerNonce: 6 } } })],
          [4, carriedOut(completed(first, at, 6))],
        ],
      },
    )
    assert.deepEqual([exit, result.location, result.triggerId, told], [0, first, a, []])
  })

  it('is served by the savepoint of a nonce that took its place, and says so', () => {
    const { exit, result, told, writes } = take(
      {},
      {
        sees: [
          [0.1, job({ spec: { job: { savepointTriggerNonce: 6 } } })],
          [4, carriedOut(completed(first, at, 6))],
        ],
      },
    )
    assert.deepEqual([exit, result.location, writes], [0, first, [askedFor5]])
    assert.deepEqual(told, ['savepointTriggerNonce 6 took the place of ours (5): this savepoint serves both'])
  })

  it('fails with a nonce that took its place and came to nothing', () => {
    const { exit, message, writes } = take(
      {},
      {
        sees: [
          [0.1, job({ spec: { job: { savepointTriggerNonce: 6 } } })],
          [4, carriedOut()],
        ],
      },
    )
    assert.deepEqual(
      [exit, message, writes],
      [
        3,
        'error: the savepoint of flinkdeployment/orders failed: savepointTriggerNonce 6 took the place of ours, and came to nothing',
        [askedFor5],
      ],
    )
  })

  it('ends at the first failure with the cause from Flink, and takes the nonce back: the operator would try without end', () => {
    const {
      exit,
      message,
      result,
      at: ended,
      writes,
      told,
    } = take(
      {},
      {
        sees: [
          [0.3, job(triggered(a))],
          [1.6, job(info(untriggered))],
          [1.8, job(triggered(b, at + 2_000))],
        ],
        flink: () => failedInFlink,
      },
    )
    assert.deepEqual(
      [exit, message, ended],
      [
        3,
        'error: the savepoint of flinkdeployment/orders failed: Failed to create savepoint directory at /sp',
        1.6,
      ],
    )
    assert.deepEqual(result, {
      ...savepoint,
      state: 'Failed',
      triggerId: a,
      format: 'CANONICAL',
      requestedAt: '2026-11-22T14:17:52.481Z',
      failure: { message: 'IO-problem detected.', rootCause: 'Failed to create savepoint directory at /sp' },
    })
    assert.deepEqual(writes, [askedFor5, takenBack])
    assert.deepEqual(told, [
      'savepointTriggerNonce 5 of flinkdeployment/orders is taken back: the operator does not try it again',
    ])
  })

  it('says why there is no cause where Flink cannot be reached', () => {
    const { exit, message, hints } = take(
      {},
      {
        sees: [
          [0.3, job(triggered(a))],
          [1.6, job(info(untriggered))],
        ],
      },
    )
    assert.deepEqual(
      [exit, message, hints],
      [
        3,
        'error: the savepoint of flinkdeployment/orders failed: the operator gives no reason',
        [
          'cause not available because connection refused',
          'Flink may have completed it all the same: look into s3://bucket/orders',
        ],
      ],
    )
  })

  it('is complete where Flink completed what the operator has lost', () => {
    const flink = () => ({ answer: 'savepoint', savepoint: { state: 'COMPLETED', location: first } }) as const
    const { exit, result, told } = take(
      {},
      {
        sees: [
          [0.3, job(triggered(a))],
          [1.6, job(info(untriggered))],
        ],
        flink,
      },
    )
    assert.deepEqual([exit, result.location, result.sources], [0, first, ['rest']])
    assert.equal(
      told[0],
      'Flink completed this savepoint, and the operator does not know it: it is in no field of flinkdeployment/orders',
    )
  })

  it('waits for the next attempt of the operator where the first came too early', () => {
    const { exit, result, told } = take(
      {},
      {
        sees: [
          [0.3, job(triggered(a))],
          [1.6, job(info(untriggered))],
          [1.8, job(triggered(b, at + 2_000))],
          [3, carriedOut(completed(first, at + 2_000, 5))],
        ],
        flink: () => tooEarly,
      },
    )
    assert.deepEqual([exit, result.location, result.triggerId], [0, first, b])
    assert.deepEqual(told, [
      'not all tasks of flinkdeployment/orders are running yet; the operator tries again',
    ])
  })

  it('fails where the operator gives it up', () => {
    const { exit, writes } = take(
      {},
      {
        sees: [
          [0.3, job(triggered(a))],
          [1.6, carriedOut(info(untriggered))],
        ],
        flink: () => failedInFlink,
      },
    )
    // Nothing has to be taken back: the nonce counts as carried out, and another value would ask again.
    assert.deepEqual([exit, writes], [3, [askedFor5]])
  })

  it('fails with what the operator says of a spec that it refuses, and takes the nonce back', () => {
    const message =
      'Savepoint could not be manually triggered for the running job while config key[state.savepoints.dir] is not set'
    const error = JSON.stringify({
      type: 'org.apache.flink.kubernetes.operator.exception.ValidationException',
      message,
    })
    const ended = take({}, { sees: [[0.1, job({ status: { error } })]] })
    assert.deepEqual(
      [ended.exit, ended.message, ended.writes],
      [3, `error: the savepoint of flinkdeployment/orders failed: ${message}`, [askedFor5, takenBack]],
    )
  })

  it('fails with a job that stops, and takes the nonce back: it would fire when the job is resumed', () => {
    const stopped = { status: { lifecycleState: 'SUSPENDED', jobStatus: { state: 'FINISHED' } } }
    const { exit, message, writes } = take(
      {},
      {
        sees: [
          [
            1,
            carriedOut({ spec: { job: { state: 'suspended' } }, ...stopped }, { savepointTriggerNonce: 4 }),
          ],
        ],
      },
    )
    assert.deepEqual(
      [exit, message, writes],
      [
        3,
        'error: the job of flinkdeployment/orders stopped (FINISHED) before its savepoint was complete',
        [askedFor5, takenBack],
      ],
    )
  })

  it('waits on for a job that restarts by itself', () => {
    const { exit } = take(
      {},
      {
        sees: [
          [1, job({ status: { jobStatus: { state: 'RESTARTING' } } })],
          [5, job({ status: { jobStatus: { state: 'RUNNING' } } })],
          [6, carriedOut(completed(first, at, 5))],
        ],
      },
    )
    assert.equal(exit, 0)
  })

  it('takes the nonce back when time runs out, and when it is interrupted', () => {
    for (const [more, exit] of [
      [{ timeout: 60 }, 4],
      [{ interrupted: 60 }, 130],
    ] as const) {
      const ended = take({}, { sees: [], ...more })
      assert.deepEqual([ended.exit, ended.writes], [exit, [askedFor5, takenBack]])
      assert.match(ended.message ?? '', /flinkdeployment\/orders, which is taken back$/)
      assert.deepEqual(ended.told, [
        'no reaction from the operator for 15 s: it may be down (kubectl get pods -A -l app.kubernetes.io/name=flink-kubernetes-operator)',
        'savepointTriggerNonce 5 of flinkdeployment/orders is taken back: the operator does not try it again',
      ])
    }
  })

  it('says that the savepoint goes on where the operator turns out to have begun when the nonce is taken back', () => {
    // The write's answer has the trigger before the watch shows it.
    const begins: Happening = scene => {
      scene.job = merge(scene.job, triggered(a))
      return []
    }
    const ended = take({}, { sees: [[5, begins]], interrupted: 5 })
    assert.deepEqual(
      [ended.exit, ended.message, ended.writes],
      [130, 'error: interrupted; the savepoint of flinkdeployment/orders goes on', [askedFor5, takenBack]],
    )
  })

  it('tells what the operator reports where it has not begun when time runs out', () => {
    const error = '{"type":"ReconciliationException","message":"503 Service Unavailable"}'
    const { exit, message, hints } = take({}, { sees: [[1, job({ status: { error } })]], timeout: 5 })
    assert.deepEqual(
      [exit, message, hints],
      [
        4,
        'error: timed out waiting for the operator to look at the request for a savepoint of flinkdeployment/orders, which is taken back',
        ['the operator reports: 503 Service Unavailable'],
      ],
    )
  })

  it('says how the nonce is taken back where it may not do so itself', () => {
    const refuses = { 'take-back': refusal(403, 'Forbidden', 'not you') }
    const { exit, told, message } = take({}, { sees: [], timeout: 10, refuses })
    assert.deepEqual(
      [exit, message, told],
      [
        4,
        'error: timed out waiting for the operator to look at the request for a savepoint of flinkdeployment/orders',
        [
          `savepointTriggerNonce 5 could not be taken back (Error from server (Forbidden): not you), and the operator may try it again; to end that: kubectl patch flinkdeployment/orders -n default --type=merge -p '{"spec":{"job":{"savepointTriggerNonce":4}}}'`,
        ],
      ],
    )
  })

  it('takes null back to null', () => {
    const before = deployment17()
    const { writes } = tell(takeByNonce({ operator: 'apache-1.7', snapshots: false, wait: true }), {
      before,
      sees: [],
      timeout: 10,
    })
    assert.deepEqual(writes, [
      ['ask', { spec: { job: { savepointTriggerNonce: 1 } } }],
      ['take-back', { spec: { job: { savepointTriggerNonce: null } } }],
    ])
  })

  it('ends with an object that is deleted, or deleted and made again', () => {
    for (const sees of [deleted, job({ metadata: { uid: 'another' } })])
      assert.deepEqual(
        [take({}, { sees: [[1, sees]] }).exit, take({}, { sees: [[1, sees]] }).message],
        [3, 'error: flinkdeployment/orders was deleted while its savepoint was awaited'],
      )
  })

  it('is refused while another is in flight or asked for', () => {
    const refused = (parts: DeploymentParts) => () => take(parts, { sees: [] })
    assert.throws(refused({ info: { triggerId: b, triggerType: 'PERIODIC' } }), {
      message:
        'error: cannot take a savepoint of flinkdeployment/orders: another savepoint is in flight (scheduled)',
    })
    assert.throws(refused({ job: { savepointTriggerNonce: 5 }, reconciled: { savepointTriggerNonce: 4 } }), {
      message:
        'error: cannot take a savepoint of flinkdeployment/orders: another one is asked for (savepointTriggerNonce 5), and not taken yet',
    })
  })
})

describe('a take by nonce of an operator that has snapshots', () => {
  const named = (name: string) => ({
    apiVersion: 'flink.apache.org/v1beta1',
    kind: 'FlinkStateSnapshot',
    metadata: {
      name,
      namespace: 'default',
      uid: `uid-of-${name}`,
      labels: { 'snapshot.trigger-type': 'MANUAL' },
    },
    spec: { jobReference: { kind: 'FlinkDeployment', name: 'orders' }, savepoint: {} },
  })
  const ours = 'orders-savepoint-manual-1795358537235'
  const done = {
    state: 'COMPLETED',
    path: first,
    triggerId: a,
    resultTimestamp: '2026-11-22T14:42:19.462458799Z',
  }

  const onSnapshots = { operator: 'apache-1.10', snapshots: true, wait: true } as const

  function takeOn15(story: Omit<Story, 'before'>) {
    return tell(takeByNonce(onSnapshots), { before: deployment15(), ...story })
  }

  it('ends with the snapshot that the operator makes for it, not with one from before or of another job', () => {
    const old = named('orders-savepoint-manual-1795358000000')
    const theirs = { jobReference: { kind: 'FlinkDeployment', name: 'payments' } }
    const { exit, result } = takeOn15({
      snapshots: [old],
      sees: [
        [0.1, snapshot({ status: { ...done, path: 's3://old' } }, 'orders-savepoint-manual-1795358000000')],
        [0.2, snapshot({ ...named('payments-savepoint-manual-2'), spec: theirs, status: done }, 'payments')],
        [0.3, snapshot(named('mine'), 'mine')],
        [0.4, snapshot(named(ours), ours)],
        [0.5, carriedOut()],
        [2, snapshot({ status: done }, ours)],
      ],
    })
    assert.deepEqual([exit, result.location, result.triggerId, result.sources], [0, first, a, ['snapshots']])
  })

  it('takes no snapshot for its own that was there before its nonce, though no list showed it', () => {
    const theirs = 'orders-savepoint-manual-1795358000000'
    const before = {
      ...deployment15(),
      metadata: { ...fieldsAt(deployment15(), 'metadata'), resourceVersion: '90' },
    }
    const late = { ...named(theirs), metadata: { ...named(theirs).metadata, resourceVersion: '95' } }
    const seen = (body: Fields) => () => [
      { type: 'beside', id: 'snapshots', news: { is: 'seen', object: resource(body) } } as const,
    ]
    const { exit, result } = tell(takeByNonce(onSnapshots), {
      before,
      sees: [
        [0.1, seen(late)],
        [0.2, snapshot({ ...late, status: { ...done, path: 's3://theirs' } }, theirs)],
        [0.4, snapshot(named(ours), ours)],
        [0.5, carriedOut()],
        [2, snapshot({ status: done }, ours)],
      ],
    })
    assert.deepEqual([exit, result.location], [0, first])
  })

  it('knows its snapshot where the operator is faster than the answer to the write', () => {
    const { ask: _, begin, next } = takeByNonce(onSnapshots)
    const versioned = (body: Fields, resourceVersion: string) =>
      resource(merge(body, { metadata: { resourceVersion, generation: Number(resourceVersion) } }))
    const before = versioned(deployment15(), '10')
    const beside = (news: News) => ({ type: 'beside', id: 'snapshots', news }) as const
    const events: readonly Event[] = [
      beside({ is: 'listed', objects: [] }),
      beside({ is: 'seen', object: versioned(named('orders-savepoint-manual-1'), '11') }),
      beside({ is: 'seen', object: versioned({ ...named(ours), status: done }, '13') }),
      { type: 'written', id: 'ask', before, after: versioned(deployment15(), '12') },
    ]
    let step = begin(before)
    for (const event of events) step = next(step.state, event)
    const ended = step.effects.find(({ type }) => type === 'done')
    assert.equal(ended?.type === 'done' && ended.outcome.result.location, first)
  })

  it('fails with that snapshot', () => {
    const error = 'Secondary resource orders (FlinkDeployment) for savepoint x is not running'
    const { exit, message, writes } = takeOn15({
      sees: [
        [0.4, snapshot(named(ours), ours)],
        [0.5, carriedOut()],
        [2, snapshot({ status: { state: 'ABANDONED', error } }, ours)],
      ],
    })
    assert.deepEqual([exit, message], [3, `error: the savepoint of flinkdeployment/orders failed: ${error}`])
    assert.deepEqual(writes, [['ask', { spec: { job: { savepointTriggerNonce: 1 } } }]])
  })

  it('ends with the fields of the job where snapshots are off', () => {
    const { exit, result } = takeOn15({
      sees: [
        [0.3, job(triggered(a))],
        [1.6, carriedOut(completed(first, at, 1))],
      ],
    })
    assert.deepEqual([exit, result.location], [0, first])
  })

  it('waits 15 s for a snapshot after the nonce was carried out, and then takes it for given up', () => {
    const { exit, at: ended } = takeOn15({ sees: [[0.5, carriedOut()]] })
    assert.deepEqual([exit, ended], [3, 15.5])
  })

  const denied = { snapshots: refusal(403, 'Forbidden', 'not you') }

  it('asks nothing where snapshots may not be looked at: nobody would see how it ends', () => {
    const { exit, message, hints, writes } = takeOn15({ refuses: denied, sees: [[0.5, carriedOut()]] })
    assert.deepEqual(
      { exit, message, hints, writes },
      {
        exit: 1,
        message: 'Error from server (Forbidden): not you',
        hints: [
          'nothing was asked: its operator answers a nonce by a FlinkStateSnapshot, which has to be listed and watched',
          'to ask without waiting for its end: --wait=false, or ask Flink: --via rest',
        ],
        writes: [],
      },
    )
  })

  it('asks all the same where nobody waits', () => {
    const { exit, writes } = tell(takeByNonce({ ...onSnapshots, wait: false }), {
      before: deployment15(),
      refuses: denied,
      sees: [],
    })
    assert.deepEqual([exit, writes.length], [0, 1])
  })

  /** What happens after the list, before the answer to our write and after it. */
  function ended(...events: readonly Event[]) {
    const { begin, next } = takeByNonce(onSnapshots)
    let step = begin(before)
    const effects = [...step.effects]
    for (const event of [
      { type: 'beside', id: 'snapshots', news: { is: 'listed', objects: [] } } as const,
      ...events,
    ]) {
      step = next(step.state, event)
      effects.push(...step.effects)
    }
    const done = step.effects.find(each => each.type === 'done')
    const told = step.effects.flatMap(each => (each.type === 'warn' ? [each.text] : []))
    const ids = effects.flatMap(each =>
      each.type === 'write' ? [`${each.id}${each.late ? ', late' : ''}`] : [],
    )
    return { failure: done?.outcome.failure, ids, told }
  }
  const before = resource(deployment15())
  const after = resource(
    merge(deployment15({ metadata: { generation: 2 } }), {
      spec: { job: { savepointTriggerNonce: 1 } },
      status: { observedGeneration: 1 },
    }),
  )
  const written: Event = { type: 'written', id: 'ask', before, after }
  const spent = resource(reconciled(after.body))

  it('says that the savepoint may complete unseen where the snapshots may be listed, and not watched', () => {
    const refused: Event = { type: 'refused', id: 'snapshots', failure: denied.snapshots }
    for (const events of [
      [refused, written, { type: 'object', object: spent }],
      [written, { type: 'object', object: spent }, refused],
    ] as const) {
      const { failure } = ended(...events)
      assert.deepEqual(
        [failure?.code, failure?.message, failure?.hints[0]],
        [
          'not-asked',
          'Error from server (Forbidden): not you',
          'the savepoint of flinkdeployment/orders was asked for, and may complete unseen',
        ],
      )
    }
  })

  it('waits for the answer to its write at Ctrl-C, and takes the nonce back', () => {
    const back: Event = { type: 'written', id: 'take-back', before: after, after: before }
    const { failure, ids } = ended({ type: 'interrupted' }, written, back)
    assert.deepEqual(ids, ['ask', 'take-back, late'])
    assert.match(
      failure?.message ?? '',
      /^error: interrupted while .* flinkdeployment\/orders, which is taken back$/,
    )
  })

  it('asked for nothing where that write was refused', () => {
    const refused: Event = { type: 'refused', id: 'ask', failure: denied.snapshots }
    assert.equal(
      ended({ type: 'interrupted' }, refused).failure?.message,
      'error: interrupted; nothing was asked',
    )
  })

  it('says that it is not known where no answer comes', () => {
    const cutOff: Event = { type: 'refused', id: 'ask', failure: failure('interrupted', 'interrupted') }
    for (const end of [cutOff, { type: 'due', timer: 'answer' } as const]) {
      assert.deepEqual(
        ended({ type: 'interrupted' }, end).failure?.message,
        'error: interrupted while a savepoint of flinkdeployment/orders was being asked for; whether it was is not known',
      )
    }
  })

  it('ends within moments where no answer comes to the taking back, and ignores that the watch ended', () => {
    const watch: Event = { type: 'refused', id: 'watch', failure: failure('interrupted', 'interrupted') }
    assert.equal(ended(written, { type: 'interrupted' }, watch, { type: 'timeout' }).failure, undefined)
    const { failure: why, told } = ended(written, { type: 'interrupted' }, watch, {
      type: 'due',
      timer: 'take-back',
    })
    assert.equal(
      why?.message,
      'error: interrupted while waiting for the operator to look at the request for a savepoint of flinkdeployment/orders',
    )
    assert.match(told.join(), /^savepointTriggerNonce 1 could not be taken back \(no answer within 10 s\), /)
  })

  it('says that the savepoint goes on where the operator has looked at the nonce in that moment', () => {
    const { failure: why, told } = ended(
      written,
      { type: 'interrupted' },
      { type: 'skipped', id: 'take-back' },
    )
    assert.deepEqual(
      [why?.message, told],
      ['error: interrupted; the savepoint of flinkdeployment/orders goes on', []],
    )
  })
})

describe('a savepoint that was given up, and is complete before the nonce is taken back', () => {
  it('is complete, and has no failure any more', () => {
    const before = deployment17({ job: { savepointTriggerNonce: 4 } })
    const asked = merge(before, { spec: { job: { savepointTriggerNonce: 5 } } })
    const seen = (patch: Fields): Event => ({ type: 'object', object: resource(merge(asked, patch)) })
    const question = { ask: 'savepoint', jobId: apacheJobId, triggerId: a } as const
    const protocol = takeByNonce({ operator: 'apache-1.7', snapshots: false, wait: true })
    const events: readonly Event[] = [
      seen(triggered(a)),
      seen(info(untriggered)),
      { type: 'rest', question, answer: failedInFlink },
      seen(completed(first, at, 5)),
    ]
    const begun = protocol.begin(resource(before))
    const { effects } = events.reduce((step, event) => protocol.next(step.state, event), begun)
    const [end] = effects
    assert(end?.type === 'done')
    const { state, location, failure } = end.outcome.result
    assert.deepEqual(
      { state, location, failure, ended: end.outcome.failure },
      { state: 'Completed', location: first, failure: undefined, ended: undefined },
    )
  })
})
