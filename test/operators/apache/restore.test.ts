import assert from 'node:assert/strict'
import { type Fields, fieldsAt } from '../../../src/domain/fields.ts'
import type { RestAnswer, RestQuestion } from '../../../src/domain/rest.ts'
import { readJob } from '../../../src/operators/apache/read.ts'
import { restoreCreated, restoreInPlace } from '../../../src/operators/apache/restore/restore.ts'
import { restoring } from '../../../src/operators/apache/restore/restoring.ts'
import { refusal } from '../../support/fake-cluster.ts'
import { type DeploymentParts, deployment15, deployment17 } from '../../support/flink-deployments.ts'
import { carriedOut, deleted, type Happening, job, resource, type Story, tell } from './story.ts'

const target = 's3://bucket/orders/savepoint-16b3f8-08930e39d229'
const other = 's3://bucket/orders/savepoint-53bc2f-f09d77a51c52'
const newId = 'a222c2d1aa4d4b0e8b6de7a1a7a1a7a1'
const order = {
  build: 'apache-1.10',
  target: { location: target },
  allowNonRestoredState: false,
  nonce: 'n',
  wait: true,
} as const

const jobStatus = (fields: Fields, status: Fields = {}) => ({ status: { ...status, jobStatus: fields } })
/** What operator 1.15 shows after the patch, in order (seen). */
const torn = job(
  jobStatus(
    { state: 'FINISHED', jobId: newId, upgradeSavepointPath: target },
    { jobManagerDeploymentStatus: 'MISSING' },
  ),
)
const deploying = carriedOut(jobStatus({ state: 'RECONCILING' }, { jobManagerDeploymentStatus: 'DEPLOYING' }))
const ready = job(jobStatus({}, { jobManagerDeploymentStatus: 'READY' }))
const running = job(
  jobStatus({ state: 'RUNNING', startTime: '1795358736501' }, { jobManagerDeploymentStatus: 'READY' }),
)
const redeployed: Story['sees'] = [
  [0.3, torn],
  [1.3, deploying],
  [12, ready],
  [20, running],
]
const crashLoop = JSON.stringify({
  type: 'org.apache.flink.kubernetes.operator.exception.DeploymentFailedException',
  message:
    '[flink-main-container] back-off 5s restarting failed container=flink-main-container pod=orders-1_default',
  additionalMetadata: { reason: 'CrashLoopBackOff' },
})

function restore(story: Partial<Story>, parts: DeploymentParts = {}, more: Partial<typeof order> = {}) {
  const before = deployment15(parts)
  return tell(restoreInPlace({ ...order, ...more }), { before, sees: [], ...story })
}

function flinkSays(location: string, restoredCount = 1) {
  return (question: RestQuestion): RestAnswer | undefined =>
    question.ask === 'checkpoints'
      ? {
          answer: 'checkpoints',
          checkpoints: { restoredCount, restored: { isSavepoint: true, location }, history: [] },
        }
      : undefined
}

const wishOf = (body: Fields, build = 'apache-1.10', location = target) => ({
  ...order,
  resource: resource(body),
  facts: readJob(resource(body), build as 'apache-1.10'),
  build,
  target: { location },
  safety: false,
  allowUnknownLocation: false,
  now: 0,
})

describe('a restore of the Apache operator', () => {
  it('is one patch, and proven by the operator and by Flink', () => {
    const { exit, result, writes, at } = restore({ sees: redeployed, flink: flinkSays(target) })
    assert.deepEqual([exit, at], [0, 20])
    assert.deepEqual(result, { state: 'Restored', proof: { operator: true, rest: true } })
    assert.deepEqual(writes, [
      [
        'ask',
        {
          spec: {
            job: {
              initialSavepointPath: target,
              savepointRedeployNonce: 1,
              state: 'running',
              allowNonRestoredState: false,
            },
          },
        },
      ],
    ])
  })

  it('asks by a nonce above the one wanted and the one carried out', () => {
    const { writes } = restore(
      { timeout: 1 },
      { job: { savepointRedeployNonce: 2 }, reconciled: { savepointRedeployNonce: 6 } },
    )
    assert.equal(fieldsAt(writes[0]?.[1] as Fields, 'spec', 'job')['savepointRedeployNonce'], 7)
  })

  it("is the operator's word alone where Flink gives no proof, and says so", () => {
    const { exit, result, told, at } = restore({ sees: redeployed })
    assert.deepEqual([exit, result.proof, at], [0, { operator: true, rest: false }, 25])
    assert.deepEqual(told, [
      "Flink's REST API gave no proof within 5 s: that the job was restored is the operator's word alone",
    ])
  })

  it('has failed where Flink restored from elsewhere, unless the job failed over since', () => {
    const wrong = restore({ sees: redeployed, flink: flinkSays(other) })
    assert.deepEqual(
      [wrong.exit, wrong.message],
      [
        3,
        `error: flinkdeployment/orders was not restored from ${target}: Flink restored the job from ${other} instead`,
      ],
    )
    const failedOver = restore({ sees: redeployed, flink: flinkSays('s3://bucket/cp/chk-7', 2) })
    assert.deepEqual([failedOver.exit, failedOver.result.proof], [0, { operator: true, rest: false }])
  })

  it('is not proven by the old job, by STABLE, or by the path and a jobId that come before it is carried out', () => {
    const early = job(jobStatus({ state: 'RUNNING', jobId: newId, upgradeSavepointPath: target }))
    const { exit, result } = restore({ sees: [[0.3, early]], timeout: 60 })
    assert.deepEqual([exit, result.state], [4, 'InProgress'])
  })

  it('takes no first new jobId for its own: it may change twice', () => {
    const second = job(jobStatus({ jobId: 'b'.repeat(32) }))
    const { exit } = restore({
      sees: [
        [0.3, torn],
        [1.3, deploying],
        [5, second],
        [20, running],
      ],
      flink: flinkSays(target),
    })
    assert.equal(exit, 0)
  })

  it('goes on over what status.error says during healthy starts, and what blinks there', () => {
    const reconciliation = JSON.stringify({ type: 'x.ReconciliationException', message: 'not yet' })
    const { exit, told } = restore({
      sees: [
        [0.3, torn],
        [1.3, deploying],
        [2, job({ status: { error: 'Job Not Found' } })],
        [3, job({ status: { error: reconciliation } })],
        [4, job({ status: { error: null } })],
        [20, running],
      ],
      flink: flinkSays(target),
    })
    assert.deepEqual([exit, told], [0, []])
  })

  it('fails with a JobManager that is seen in ERROR once, with what Flink knows of the cause', () => {
    const blink = job({ status: { jobManagerDeploymentStatus: 'ERROR', error: crashLoop } })
    const flink = (question: RestQuestion): RestAnswer | undefined =>
      question.ask === 'exceptions'
        ? { answer: 'exceptions', rootCause: 'Cannot find checkpoint or savepoint file/directory' }
        : undefined
    const { exit, message, result, hints } = restore({
      sees: [
        [0.3, torn],
        [1.3, deploying],
        [24, blink],
      ],
      flink,
    })
    assert.deepEqual(
      [exit, message, result],
      [
        3,
        `error: flinkdeployment/orders was not restored from ${target}: Cannot find checkpoint or savepoint file/directory`,
        {
          state: 'Failed',
          proof: { operator: false, rest: false },
          failure: {
            message:
              '[flink-main-container] back-off 5s restarting failed container=flink-main-container pod=orders-1_default',
            rootCause: 'Cannot find checkpoint or savepoint file/directory',
          },
        },
      ],
    )
    assert.deepEqual(hints, [
      "its JobManager's log may say more: kubectl logs -n default deployment/orders",
      `changed: spec.job.initialSavepointPath is ${target}, savepointRedeployNonce 1, allowNonRestoredState false, state running`,
      'to look: kubectl get flinkdeployment/orders -n default -o yaml',
    ])
  })

  it('is not the crash of the job before it', () => {
    const { exit } = restore(
      {
        sees: [
          [8, torn],
          [9, deploying],
          [12, ready],
          [20, running],
        ],
        flink: flinkSays(target),
      },
      {
        status: { jobManagerDeploymentStatus: 'ERROR', error: crashLoop },
        jobStatus: { state: 'RECONCILING' },
      },
    )
    assert.equal(exit, 0)
  })

  it('fails in the end where only Flink, now and then, says why nothing runs', () => {
    let asked = 0
    const flink = (question: RestQuestion): RestAnswer | undefined =>
      question.ask === 'exceptions' && ++asked === 2
        ? { answer: 'exceptions', rootCause: 'Cannot map checkpoint/savepoint state' }
        : undefined
    const sees: Story['sees'] = [
      [0.3, torn],
      [1.3, deploying],
      [12, ready],
    ]
    const { exit, message, at } = restore({ sees, flink, timeout: 100 })
    assert.deepEqual(
      [exit, message, at],
      [
        3,
        `error: flinkdeployment/orders was not restored from ${target}: Cannot map checkpoint/savepoint state`,
        100,
      ],
    )
  })

  it('is not known to have failed where nobody says anything: time runs out', () => {
    const { exit, message } = restore({
      sees: [
        [0.3, torn],
        [1.3, deploying],
        [12, ready],
      ],
      timeout: 100,
    })
    assert.deepEqual(
      [exit, message],
      [
        4,
        `error: timed out waiting for flinkdeployment/orders to be restored from ${target} (its job is RECONCILING); it may still complete`,
      ],
    )
  })

  it('fails where the operator refuses the spec', () => {
    const message = 'InitialSavepointPath must not be empty for savepoint redeployment'
    const error = JSON.stringify({ type: 'x.ValidationException', message })
    const ended = restore({ sees: [[0.2, job({ status: { error } })]] })
    assert.deepEqual(
      [ended.exit, ended.message],
      [3, `error: flinkdeployment/orders was not restored from ${target}: ${message}`],
    )
  })

  it('does not know how it would have ended once another restore took its place', () => {
    const { exit, message } = restore({
      sees: [
        [0.3, torn],
        [5, job({ spec: { job: { savepointRedeployNonce: 9 } } })],
      ],
    })
    assert.deepEqual(
      [exit, message],
      [
        4,
        `error: savepointRedeployNonce 9 took the place of ours (1) before flinkdeployment/orders was seen to run from ${target}`,
      ],
    )
  })

  it('fails with an object that is deleted, or deleted and made again', () => {
    for (const happening of [deleted, job({ metadata: { uid: 'another' } })])
      assert.equal(restore({ sees: [[1, happening]] }).exit, 3)
  })

  it('finds out that the nonce was pruned, and puts the path back', () => {
    const { exit, message, writes, result } = pruning({})
    assert.deepEqual(
      [exit, message, result.state],
      [
        1,
        'error: cannot restore flinkdeployment/orders: its operator (up to 1.7) knows no savepointRedeployNonce, and nothing was restarted',
        'Unchanged',
      ],
    )
    assert.deepEqual(writes[1], [
      'put-back',
      { spec: { job: { initialSavepointPath: null, allowNonRestoredState: false, state: 'running' } } },
    ])
  })

  it('says so where the path cannot be put back', () => {
    const { exit, told } = pruning({ refuses: { 'put-back': refusal(403, 'Forbidden', 'not you') } })
    assert.deepEqual(
      [exit, told],
      [
        1,
        [
          `spec.job.initialSavepointPath stays ${target} (Error from server (Forbidden): not you); nothing reads it`,
        ],
      ],
    )
  })

  it('ends as soon as the patch is written with --wait=false', () => {
    const { exit, at, result } = restore({ timeout: 1 }, {}, { wait: false } as never)
    assert.deepEqual([exit, at, result.state], [0, 0, 'InProgress'])
  })
})

/** A CRD that does not know the field: the API server leaves it out of what is stored, with code 200 (seen on 1.7.0). */
function pruning(story: Partial<Story>) {
  const { build: _, ...unknown } = order
  const protocol = restoreInPlace({ ...unknown, build: undefined })
  const prune = (body: Fields) => {
    const { savepointRedeployNonce: __, ...kept } = fieldsAt(body, 'spec', 'job')
    return { ...body, spec: { job: kept } }
  }
  const pruned: typeof protocol = {
    ...protocol,
    ask: before => {
      const asked = protocol.ask(before)
      if (!('write' in asked) || asked.write.verb !== 'patch') return asked
      return { write: { ...asked.write, body: prune(asked.write.body as Fields) } }
    },
  }
  return tell(pruned, { before: deployment17(), sees: [], ...story })
}

describe('a job that its operator has suspended', () => {
  const suspended = (parts: DeploymentParts = {}) =>
    deployment15({
      ...parts,
      job: { state: 'suspended', ...parts.job },
      jobStatus: { state: 'FINISHED', upgradeSavepointPath: target },
      status: { lifecycleState: 'SUSPENDED', jobManagerDeploymentStatus: 'MISSING' },
    })
  const resumed: readonly (readonly [number, Happening])[] = [
    [0.5, carriedOut(jobStatus({ state: 'RECONCILING' }, { lifecycleState: 'DEPLOYED' }))],
    [14, running],
  ]
  const start = (before: Fields, story: Partial<Story> = {}) =>
    tell(restoreInPlace(order), { before, sees: resumed, flink: flinkSays(target), ...story })

  it('only has to run again where the target is what it was suspended with', () => {
    const { exit, writes, result } = start(suspended())
    assert.deepEqual(
      [exit, result, writes],
      [
        0,
        { state: 'Restored', proof: { operator: true, rest: true } },
        [['ask', { spec: { job: { state: 'running', allowNonRestoredState: false } } }]],
      ],
    )
  })

  it('is never started empty: stateless becomes savepoint', () => {
    const { writes } = start(suspended({ job: { upgradeMode: 'stateless' } }))
    assert.deepEqual(writes[0]?.[1], {
      spec: { job: { state: 'running', allowNonRestoredState: false, upgradeMode: 'savepoint' } },
    })
  })

  it('gets the upgradeMode back that stop found, once it is proven to run', () => {
    const { exit, writes } = start(
      suspended({ metadata: { annotations: { 'flinksp/upgrade-mode': 'last-state' } } }),
    )
    assert.deepEqual(
      [exit, writes[1]],
      [
        0,
        [
          'tidy',
          {
            metadata: { annotations: { 'flinksp/upgrade-mode': null } },
            spec: { job: { upgradeMode: 'last-state' } },
          },
        ],
      ],
    )
  })

  it('is restored all the same where the upgradeMode cannot be put back', () => {
    const { exit, told } = start(
      suspended({ metadata: { annotations: { 'flinksp/upgrade-mode': 'last-state' } } }),
      {
        refuses: { tidy: refusal(403, 'Forbidden', 'not you') },
      },
    )
    assert.deepEqual(
      [exit, told],
      [
        0,
        [
          'spec.job.upgradeMode could not be put back (Error from server (Forbidden): not you) and stays savepoint',
        ],
      ],
    )
  })

  it('is redeployed from any other savepoint', () => {
    const { changes } = { changes: restoring.changes(wishOf(suspended(), 'apache-1.10', other)) }
    assert.deepEqual(changes, [
      { path: 'spec.job.initialSavepointPath', to: other },
      { path: 'spec.job.savepointRedeployNonce', to: 1 },
      { path: 'spec.job.state', from: 'suspended', to: 'running' },
      { path: 'spec.job.allowNonRestoredState', from: false, to: false },
    ])
  })

  it('keeps its jobId on 1.7, where the start time tells that it is new', () => {
    const before = deployment17({
      job: { state: 'suspended' },
      jobStatus: { state: 'FINISHED' },
      info: { lastSavepoint: { location: target, triggerType: 'UPGRADE', timeStamp: 1 } },
      status: { lifecycleState: 'SUSPENDED', jobManagerDeploymentStatus: 'MISSING' },
    })
    const { exit } = tell(restoreInPlace({ ...order, build: 'apache-1.7' }), {
      before,
      sees: resumed,
      flink: flinkSays(target),
    })
    assert.equal(exit, 0)
  })
})

describe('the plan of a restore of the Apache operator', () => {
  it('is refused up to 1.7, where an object starts from another savepoint only when it is created', () => {
    assert.equal(
      restoring.refusal(wishOf(deployment17(), 'apache-1.7')),
      'its operator (up to 1.7) starts no job that exists from another savepoint: it has to be deleted and created again',
    )
    assert.equal(restoring.refusal(wishOf(deployment15(), 'apache-1.8')), undefined)
  })

  it('says what the operator does, of which Flink, and what may surprise', () => {
    const wish = wishOf(
      deployment15({
        job: { upgradeMode: 'stateless', savepointTriggerNonce: 2 },
        reconciled: { savepointTriggerNonce: 1 },
      }),
    )
    assert.deepEqual(restoring.steps(wish), [
      'the operator cancels the job without a savepoint, deletes its cluster and high-availability metadata, and deploys it again (flinkVersion v1_18)',
    ])
    assert.deepEqual(restoring.risks(wish), [
      'no safety savepoint is taken: what the job did since its last savepoint is lost, and there is no way back',
      'upgradeMode is stateless: the next change of the spec starts the job empty',
      'without high availability a JobManager that dies is started from this savepoint again, whatever was taken since',
      'savepointTriggerNonce 2 is pending: it will take a savepoint of the restored job',
    ])
  })
})

describe('an object that was created with a savepoint in it', () => {
  const path = { initialSavepointPath: target }
  const fresh = { ...deployment17({ job: path }), status: {} }
  const unknown = { lastSavepoint: { location: target, triggerType: 'UNKNOWN', timeStamp: 1 } }
  const deployed = deployment17({ job: path, info: unknown, jobStatus: { state: 'RECONCILING' } })
  const create = (sees: Story['sees'], more: Partial<Story> = {}) =>
    tell(restoreCreated({ ...order, build: 'apache-1.7' }), {
      before: fresh,
      sees,
      flink: flinkSays(target),
      ...more,
    })

  it('is proven once it runs with that path carried out', () => {
    const { exit, writes, result } = create([
      [0.5, job({ status: deployed['status'] as Fields })],
      [30, running],
    ])
    assert.deepEqual([exit, writes, result.state], [0, [], 'Restored'])
  })

  it('has failed with FAILED, though the JobManager is restarted for ever, with the innermost of what is said', () => {
    const error = JSON.stringify({
      type: 'org.apache.flink.util.SerializedThrowable',
      message: 'org.apache.flink.runtime.client.JobInitializationException: Could not start the JobMaster.',
      throwableList: [
        {
          message: `java.util.concurrent.CompletionException: java.io.FileNotFoundException: Cannot find '${target}'.`,
        },
      ],
    })
    const { exit, message } = create(
      [
        [0.5, job({ status: deployed['status'] as Fields })],
        [35, job(jobStatus({ state: 'FAILED' }, { lifecycleState: 'FAILED', error }))],
      ],
      { flink: () => undefined },
    )
    assert.deepEqual(
      [exit, message],
      [3, `error: flinkdeployment/orders was not restored from ${target}: Cannot find '${target}'.`],
    )
  })

  it('is not there yet while its operator says nothing', () => {
    const { exit, told } = create([], { timeout: 60 })
    assert.deepEqual([exit, told.length], [4, 1])
  })
})
