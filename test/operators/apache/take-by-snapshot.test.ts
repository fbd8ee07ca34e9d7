import assert from 'node:assert/strict'
import type { Fields } from '../../../src/domain/fields.ts'
import type { RestAnswer } from '../../../src/domain/rest.ts'
import { takeBySnapshot } from '../../../src/operators/apache/take/by-snapshot.ts'
import { refusal } from '../../support/fake-cluster.ts'
import { apacheJobId, deployment15 } from '../../support/flink-deployments.ts'
import { carriedOut, deleted, job, type Story, snapshot, snapshotDeleted, tell } from './story.ts'

const id = 'fd3675647e525adeb877705b5ae02ba7'
const location = 's3://bucket/orders/savepoint-16b3f8-08930e39d229'
const name = 'orders-flinksp-6789abcdef'
const touched = snapshot({ metadata: { finalizers: ['flinkstatesnapshots.flink.apache.org/finalizer'] } })
const running = snapshot({
  metadata: { finalizers: ['x'], labels: { 'snapshot.state': 'IN_PROGRESS' } },
  status: {
    state: 'IN_PROGRESS',
    failures: 0,
    triggerId: id,
    triggerTimestamp: '2026-11-22T14:41:23.657541819Z',
  },
})
const completed = snapshot({
  status: { state: 'COMPLETED', path: location, resultTimestamp: '2026-11-22T14:41:25.800569681Z' },
})
const ioProblem = JSON.stringify({
  type: 'org.apache.flink.kubernetes.operator.exception.ReconciliationException',
  message:
    'java.util.concurrent.CompletionException: org.apache.flink.runtime.checkpoint.CheckpointException: An Exception occurred while triggering the checkpoint. IO-problem detected.',
  throwableList: [],
})
const failed = (state: string, error: string) => snapshot({ status: { state, error, failures: 1 } })
const notRunning = 'Secondary resource orders (FlinkDeployment) for savepoint x is not running'

function take(story: Partial<Story>, order: Partial<Parameters<typeof takeBySnapshot>[0]> = {}) {
  const options = { operator: 'apache-1.10', wait: true, nonce: '0123456789abcdef', ...order } as const
  return tell(takeBySnapshot(options), { before: deployment15(), sees: [], ...story })
}

const created = {
  apiVersion: 'flink.apache.org/v1beta1',
  kind: 'FlinkStateSnapshot',
  metadata: { name, namespace: 'default', labels: { 'app.kubernetes.io/managed-by': 'kubectl-flinksp' } },
  spec: {
    backoffLimit: 0,
    jobReference: { kind: 'FlinkDeployment', name: 'orders' },
    savepoint: { disposeOnDelete: false },
  },
}

describe('a take by FlinkStateSnapshot', () => {
  it('creates one that fails once and for all and leaves the data alone, and ends with it', () => {
    const { exit, result, writes, removed } = take({
      sees: [
        [0.1, touched],
        [0.3, running],
        [2.2, completed],
      ],
    })
    assert.deepEqual([exit, writes, removed], [0, [['ask', created]], []])
    assert.deepEqual(result, {
      job: {
        apiVersion: 'flink.apache.org/v1beta1',
        kind: 'FlinkDeployment',
        namespace: 'default',
        name: 'orders',
        uid: 'uid-of-orders',
      },
      state: 'Completed',
      type: 'savepoint',
      trigger: 'manual',
      flinkJobId: apacheJobId,
      triggerId: id,
      requestedAt: '2026-11-22T14:41:23.657Z',
      completedAt: '2026-11-22T14:41:25.800Z',
      durationMillis: 2_143,
      location,
      restartPoint: false,
      origin: false,
      sources: ['snapshots'],
    })
  })

  it('says in it where to, in what format and by what name', () => {
    const order = { name: 'before-v2', directory: 's3://elsewhere', format: 'NATIVE' } as const
    const { writes, result } = take(
      {
        sees: [
          [0.3, running],
          [2.2, completed],
        ],
      },
      order,
    )
    assert.deepEqual(writes, [
      [
        'ask',
        {
          ...created,
          metadata: {
            ...created.metadata,
            labels: { ...created.metadata.labels, 'flinksp/name': 'before-v2' },
          },
          spec: {
            ...created.spec,
            savepoint: { disposeOnDelete: false, formatType: 'NATIVE', path: 's3://elsewhere' },
          },
        },
      ],
    ])
    assert.deepEqual([result.name, result.format], ['before-v2', 'NATIVE'])
  })

  it('goes by the state alone: error and resultTimestamp are there while it is retried', () => {
    const pending = snapshot({
      status: {
        state: 'TRIGGER_PENDING',
        error: ioProblem,
        resultTimestamp: '2026-11-22T14:41:24Z',
        failures: 1,
      },
    })
    const { exit } = take({
      sees: [
        [0.3, running],
        [2, pending],
        [12, running],
        [14, completed],
      ],
    })
    assert.equal(exit, 0)
  })

  it('fails with the cause that Flink knows, which the operator leaves out', () => {
    const flink = (): RestAnswer => ({
      answer: 'savepoint',
      savepoint: {
        state: 'FAILED',
        failure: {
          message: 'IO-problem detected.',
          rootCause: 'Failed to create savepoint directory at /sp',
        },
      },
    })
    const { exit, message, result, at } = take({
      sees: [
        [0.3, running],
        [2, failed('FAILED', ioProblem)],
      ],
      flink,
    })
    assert.deepEqual(
      [exit, message, at, result.failure],
      [
        3,
        'error: the savepoint of flinkdeployment/orders failed: Failed to create savepoint directory at /sp',
        2,
        {
          message: 'An Exception occurred while triggering the checkpoint. IO-problem detected.',
          rootCause: 'Failed to create savepoint directory at /sp',
        },
      ],
    )
  })

  it("fails with the operator's words where Flink cannot be reached", () => {
    const { exit, message, hints } = take({
      sees: [
        [0.3, running],
        [2, failed('FAILED', ioProblem)],
      ],
    })
    assert.deepEqual(
      [exit, message, hints],
      [
        3,
        'error: the savepoint of flinkdeployment/orders failed: An Exception occurred while triggering the checkpoint. IO-problem detected.',
        ['cause not available because connection refused'],
      ],
    )
  })

  it('is not told as failed where the wait is over before Flink has said what became of it', () => {
    const over: readonly [Partial<Story>, number][] = [
      [{ timeout: 5 }, 4],
      [{ interrupted: 5 }, 130],
      [{ sees: [[5, deleted]] }, 3],
    ]
    for (const [{ sees = [], ...end }, code] of over) {
      const { exit, result, at } = take({
        sees: [[0.3, running], [2, failed('ABANDONED', ioProblem)], ...sees],
        flink: () => ({ answer: 'savepoint', savepoint: { state: 'IN_PROGRESS' } }),
        ...end,
      })
      assert.deepEqual([exit, at, result.state, result.failure], [code, 5, 'InProgress', undefined])
    }
  })

  it('is ended by ABANDONED with plain text, of a job that has stopped', () => {
    const suspended = { status: { lifecycleState: 'SUSPENDED', jobStatus: { state: 'FINISHED' } } }
    const { exit, message, writes } = take({
      sees: [
        [0.1, job(suspended)],
        [0.3, failed('ABANDONED', notRunning)],
      ],
    })
    assert.deepEqual(
      [exit, message, writes.length],
      [3, `error: the savepoint of flinkdeployment/orders failed: ${notRunning}`, 1],
    )
  })

  it('is asked again where the job was not RUNNING for a moment, at most five times', () => {
    const flickers = take({
      sees: [
        [0.3, failed('ABANDONED', notRunning)],
        [4, running],
        [5, completed],
      ],
    })
    assert.deepEqual([flickers.exit, flickers.result.location], [0, location])
    assert.deepEqual(
      flickers.writes.map(([id, body]) => [id, (body as Fields)['metadata']]),
      [
        ['ask', created.metadata],
        ['again', { ...created.metadata, name: `${name}-2` }],
      ],
    )
    const attempts = [0.3, 4, 8, 12, 16, 20, 24].map(at => [at, failed('ABANDONED', notRunning)] as const)
    const { exit, writes } = take({ sees: attempts })
    assert.deepEqual([exit, writes.length], [3, 6])
  })

  it('is asked again where not all tasks were running yet', () => {
    const tooEarly =
      'Checkpoint triggering task Source of job x is not being executed. Not all required tasks are currently running.'
    const { exit, told } = take({
      sees: [
        [0.3, running],
        [1, failed('FAILED', tooEarly)],
        [5, running],
        [6, completed],
      ],
    })
    assert.deepEqual(
      [exit, told],
      [0, ['flinkdeployment/orders is not ready for a savepoint yet; asking again in 3 s']],
    )
  })

  it('is complete as Flink says where its snapshot is deleted meanwhile', () => {
    const flink = (): RestAnswer => ({ answer: 'savepoint', savepoint: { state: 'COMPLETED', location } })
    const { exit, result } = take({
      sees: [
        [0.3, running],
        [1, snapshotDeleted],
      ],
      flink,
    })
    assert.deepEqual([exit, result.location, result.sources], [0, location, ['rest']])
  })

  it('fails where its snapshot is deleted before anything was triggered', () => {
    const { exit, message } = take({
      sees: [
        [0.1, touched],
        [1, snapshotDeleted],
      ],
    })
    assert.deepEqual(
      [exit, message],
      [
        3,
        `error: the savepoint of flinkdeployment/orders failed: flinkstatesnapshot/${name} -n default was deleted before it was complete`,
      ],
    )
  })

  it('leaves the snapshot in flight when time runs out', () => {
    const { exit, hints, removed, result } = take({ sees: [[0.3, running]], timeout: 60 })
    assert.deepEqual([exit, result.state, removed], [4, 'InProgress', []])
    assert.deepEqual(hints, [
      'to look: kubectl flinksp history flinkdeployment/orders -n default',
      `and: kubectl get flinkstatesnapshot/${name} -n default`,
    ])
  })

  it('ends as soon as it is asked with --wait=false', () => {
    const { exit, at, result } = take({ timeout: 1 }, { wait: false })
    assert.deepEqual([exit, at, result.state], [0, 0, 'Requested'])
  })

  it('is refused for a job that is not running: it would be ABANDONED', () => {
    const before = deployment15({ jobStatus: { state: 'FINISHED' } })
    assert.throws(() => take({ before }), {
      message: 'error: cannot take a savepoint of flinkdeployment/orders: its job is not running (FINISHED)',
    })
  })

  it('ends with a job that is deleted, and names the snapshot that stays', () => {
    const { exit, hints } = take({
      sees: [
        [0.3, running],
        [1, deleted],
      ],
    })
    assert.deepEqual([exit, hints.at(-1)], [3, `its snapshot stays: flinkstatesnapshot/${name} -n default`])
  })

  it('tells where the snapshot may not be watched', () => {
    const refuses = { 'snapshot-1': refusal(403, 'Forbidden', 'not you') }
    const { exit, message, hints } = take({ refuses })
    assert.deepEqual(
      [exit, message, hints],
      [
        1,
        'Error from server (Forbidden): not you',
        [
          'the savepoint of flinkdeployment/orders was asked for, and may complete unseen',
          'to look: kubectl flinksp history flinkdeployment/orders -n default',
          `and: kubectl get flinkstatesnapshot/${name} -n default`,
        ],
      ],
    )
  })
})

describe('where no operator looks at FlinkStateSnapshots', () => {
  const at = 1_795_357_072_481
  const byNonce = carriedOut({
    status: {
      jobStatus: {
        savepointInfo: { lastSavepoint: { location, timeStamp: at, triggerType: 'MANUAL', triggerNonce: 1 } },
      },
    },
  })

  it('the snapshot is deleted after 30 s, and a nonce asks instead', () => {
    const { exit, result, writes, removed, told } = take({ sees: [[32, byNonce]] })
    assert.deepEqual([exit, result.location, removed], [0, location, [name]])
    assert.deepEqual(writes, [
      ['ask', created],
      ['ask-nonce', { spec: { job: { savepointTriggerNonce: 1 } } }],
    ])
    assert.deepEqual(told, [
      'no reaction from the operator for 15 s: it may be down (kubectl get pods -A -l app.kubernetes.io/name=flink-kubernetes-operator)',
      `flinkstatesnapshot/${name} -n default was deleted again: the operator does not look at FlinkStateSnapshots (kubernetes.operator.snapshot.resource.enabled may be false): asking by savepointTriggerNonce instead`,
    ])
  })

  it('the nonce is taken back too when time runs out', () => {
    const { exit, writes, message } = take({ timeout: 60 })
    assert.deepEqual(writes.slice(1), [
      ['ask-nonce', { spec: { job: { savepointTriggerNonce: 1 } } }],
      ['take-back', { spec: { job: { savepointTriggerNonce: null } } }],
    ])
    assert.deepEqual(
      [exit, message],
      [
        4,
        'error: timed out waiting for the operator to look at the request for a savepoint of flinkdeployment/orders, which is taken back',
      ],
    )
  })

  it('nothing is left behind when time runs out, or by Ctrl-C, before that', () => {
    for (const [more, exit] of [
      [{ timeout: 20 }, 4],
      [{ interrupted: 20 }, 130],
    ] as const) {
      const ended = take(more)
      assert.deepEqual([ended.exit, ended.removed, ended.writes.length], [exit, [name], 1])
    }
  })

  it('the snapshot is waited for where the operator touches it in that moment', () => {
    const refuses = { unserved: refusal(409, 'Conflict', 'the object has been modified') }
    const { exit, removed } = take({
      refuses,
      sees: [
        [31, running],
        [33, completed],
      ],
    })
    assert.deepEqual([exit, removed], [0, []])
  })

  it('the snapshot counts that failed in that moment', () => {
    for (const code of [409, 403]) {
      const { exit, at, message } = take({
        refuses: { unserved: refusal(code, 'Conflict', 'no') },
        sees: [[30.2, failed('FAILED', ioProblem)]],
        timeout: 60,
      })
      assert.deepEqual([exit, at, /^error: the savepoint of .* failed: /.test(`${message}`)], [3, 30.5, true])
    }
  })

  it('says so where the snapshot cannot be deleted, and asks no nonce beside it', () => {
    const refuses = { unserved: refusal(403, 'Forbidden', 'not you') }
    const { exit, writes, told } = take({ refuses, timeout: 60 })
    assert.deepEqual([exit, writes.length], [4, 1])
    assert.match(
      told.join('\n'),
      /could not be deleted: an operator that looks at it takes the savepoint then/,
    )
  })

  it('ends where the nonce may not be written', () => {
    const refuses = { 'ask-nonce': refusal(403, 'Forbidden', 'not you') }
    const { exit, message } = take({ refuses })
    assert.deepEqual([exit, message], [1, 'Error from server (Forbidden): not you'])
  })

  it('ends where somebody else has asked by nonce meanwhile', () => {
    const { exit, message } = take({ sees: [[10, job({ spec: { job: { savepointTriggerNonce: 9 } } })]] })
    assert.equal(exit, 1)
    assert.match(message ?? '', /another one is asked for \(savepointTriggerNonce 9\)/)
  })
})
