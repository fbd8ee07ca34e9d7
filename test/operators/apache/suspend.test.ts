import assert from 'node:assert/strict'
import { Failure } from '../../../src/domain/failure.ts'
import { readJob } from '../../../src/operators/apache/read.ts'
import { stopping } from '../../../src/operators/apache/stop/stop.ts'
import { type DeploymentParts, deployment15, deployment17 } from '../../support/flink-deployments.ts'
import { carriedOut, deleted, job, resource, type Story, tell } from './story.ts'

const location = 's3://bucket/orders/savepoint-53bc2f-f09d77a51c52'
const suspended = carriedOut({
  status: {
    lifecycleState: 'SUSPENDED',
    jobManagerDeploymentStatus: 'MISSING',
    jobStatus: { state: 'FINISHED', upgradeSavepointPath: location },
  },
})
const savepointError = JSON.stringify({
  type: 'org.apache.flink.kubernetes.operator.exception.UpgradeFailureException',
  message: 'Savepoint Error',
  throwableList: [
    { message: 'org.apache.flink.runtime.checkpoint.CheckpointException: IO-problem detected.' },
  ],
})

function wishOf(body = deployment15(), more: object = {}) {
  const facts = readJob(resource(body))
  const wish = {
    resource: resource(body),
    facts,
    build: 'apache-1.10',
    drain: false,
    triggerId: '',
    wait: true,
  }
  return { ...wish, ...more }
}

function stop(story: Partial<Story>, parts: DeploymentParts = {}) {
  const before = deployment15(parts)
  return tell(stopping.protocol(wishOf(before)), { before, sees: [], ...story })
}

function refusal(parts: DeploymentParts, more: object = {}): string | undefined {
  const plan = stopping.plan(wishOf(deployment15(parts), more))
  return plan instanceof Failure ? plan.message : undefined
}

describe('a stop of the Apache operator', () => {
  it('is one patch, and ends with the savepoint that the object was suspended with', () => {
    const { exit, writes, result } = stop({ sees: [[0.8, suspended]] })
    assert.deepEqual([exit, writes], [0, [['ask', { spec: { job: { state: 'suspended' } } }]]])
    assert.deepEqual(
      [result.state, result.location, result.trigger, result.restartPoint],
      ['Completed', location, 'update', true],
    )
  })

  it('asks for upgradeMode savepoint and keeps the one that was there for resume', () => {
    const { writes } = stop({ sees: [[0.8, suspended]] }, { job: { upgradeMode: 'stateless' } })
    assert.deepEqual(writes, [
      [
        'ask',
        {
          metadata: { annotations: { 'flinksp/upgrade-mode': 'stateless' } },
          spec: { job: { state: 'suspended', upgradeMode: 'savepoint' } },
        },
      ],
    ])
  })

  it('waits while the operator tries again by itself, and tells each failure once', () => {
    const blink = (error: string | null) => job({ status: { error } })
    const { exit, told } = stop({
      sees: [
        [0.2, blink(savepointError)],
        [2, blink(null)],
        [2.1, blink(savepointError)],
        [4, blink(null)],
        [25, suspended],
      ],
    })
    assert.deepEqual(
      [exit, told],
      [
        0,
        [
          'flinkdeployment/orders could not be suspended: IO-problem detected; the operator tries again by itself',
        ],
      ],
    )
  })

  it('says at its time-out what failed, and how to take the request back', () => {
    const { exit, hints } = stop({ sees: [[0.2, job({ status: { error: savepointError } })]], timeout: 60 })
    assert.deepEqual(
      [exit, hints],
      [
        4,
        [
          'its last savepoint failed: IO-problem detected.',
          'to look: kubectl flinksp history flinkdeployment/orders -n default',
          `to take the request back: kubectl patch flinkdeployment/orders -n default --type=merge -p '{"spec":{"job":{"state":"running"}}}'`,
        ],
      ],
    )
  })

  it('has failed where the operator refuses the spec with it, and says how to take back all of it', () => {
    const message = 'Checkpoint directory[state.checkpoints.dir] must be defined'
    const error = JSON.stringify({ type: 'x.ValidationException', message })
    const { exit, hints, ...ended } = stop(
      { sees: [[0.2, job({ status: { error } })]] },
      { job: { upgradeMode: 'stateless' } },
    )
    assert.deepEqual(
      [exit, ended.message, hints],
      [
        3,
        `error: flinkdeployment/orders was not stopped: its operator refuses the spec: ${message}`,
        [
          'the job goes on; it stops by itself once the spec is mended',
          'to take the request back: kubectl patch flinkdeployment/orders -n default --type=merge -p ' +
            `'{"metadata":{"annotations":{"flinksp/upgrade-mode":null}},"spec":{"job":{"state":"running","upgradeMode":"stateless"}}}'`,
        ],
      ],
    )
  })

  it('has failed where the operator kept the last state in place of a savepoint', () => {
    const lastState = carriedOut({
      status: {
        lifecycleState: 'SUSPENDED',
        jobStatus: { state: 'FINISHED', upgradeSavepointPath: 'KUBERNETES_OPERATOR_LAST_STATE' },
      },
    })
    const { exit, message, result } = stop({ sees: [[1, lastState]] })
    assert.deepEqual(
      [exit, message, result.state, result.location],
      [
        3,
        'error: flinkdeployment/orders is suspended, and the operator shows no savepoint of it',
        'Failed',
        undefined,
      ],
    )
  })

  it('does not take the savepoint of an earlier suspension for its own', () => {
    const { exit } = stop({ sees: [[1, suspended]] }, { jobStatus: { upgradeSavepointPath: location } })
    assert.equal(exit, 3)
  })

  it('ends where somebody else wants the job to run, or deletes it', () => {
    const running = job({ spec: { job: { state: 'running' } } })
    assert.deepEqual(
      [stop({ sees: [[5, running]] }).message, stop({ sees: [[5, deleted]] }).message],
      [
        'error: flinkdeployment/orders was not stopped: spec.job.state was set to running again',
        'error: flinkdeployment/orders was deleted while it was being stopped',
      ],
    )
  })

  it('joins a suspension that is under way', () => {
    const { exit, writes } = stop(
      { sees: [[0.8, suspended]] },
      {
        job: { state: 'suspended' },
        reconciled: { state: 'running' },
        metadata: { generation: 2 },
        status: { observedGeneration: 1 },
      },
    )
    assert.deepEqual([exit, writes], [0, []])
  })

  it('ends with the savepoint of type UPGRADE up to 1.9, which have no upgradeSavepointPath', () => {
    const before = deployment17()
    const last = { location, triggerType: 'UPGRADE', formatType: 'UNKNOWN', timeStamp: 1_795_357_557_000 }
    const sees: Story['sees'] = [
      [
        1,
        carriedOut({
          status: {
            lifecycleState: 'SUSPENDED',
            jobStatus: { state: 'FINISHED', savepointInfo: { lastSavepoint: last } },
          },
        }),
      ],
    ]
    const { exit, result } = tell(stopping.protocol(wishOf(before, { build: 'apache-1.7' })), {
      before,
      sees,
    })
    assert.deepEqual(
      [exit, result.location, result.completedAt, result.format],
      [0, location, '2026-11-22T14:25:57Z', undefined],
    )
  })

  it('is refused where there would be no savepoint, or where the operator cannot do it so', () => {
    const prefix = 'error: cannot stop flinkdeployment/orders with a savepoint: '
    assert.deepEqual(
      [
        refusal({ job: null }),
        refusal({ jobStatus: { state: 'FAILED' } }),
        refusal({ configuration: { 'state.savepoints.dir': null } }),
        refusal({}, { drain: true }),
        refusal({}, { directory: 's3://x' }),
        refusal({ status: { error: JSON.stringify({ type: 'x.ValidationException', message: 'no' }) } }),
        refusal({}),
      ],
      [
        `${prefix}it is a session cluster; its jobs are FlinkSessionJobs`,
        `${prefix}its job is not running (FAILED)`,
        `${prefix}state.savepoints.dir is not set in spec.flinkConfiguration`,
        `${prefix}its operator suspends without draining`,
        `${prefix}its operator decides where to and in what format`,
        `${prefix}its spec is not valid: no`,
        undefined,
      ],
    )
  })

  it('plans what it changes, and what may surprise', () => {
    const body = deployment15({
      job: { upgradeMode: 'last-state' },
      configuration: { high: { availability: 'ignored' }, 'high-availability.type': 'kubernetes' },
    })
    assert.deepEqual(stopping.plan(wishOf(body)), {
      job: wishOf(body).facts.job,
      changes: [
        { path: 'spec.job.state', from: 'running', to: 'suspended' },
        { path: 'spec.job.upgradeMode', from: 'last-state', to: 'savepoint' },
        { path: "metadata.annotations['flinksp/upgrade-mode']", to: 'last-state' },
      ],
      steps: [
        'patch the object',
        'the operator stops the job with a savepoint into s3://bucket/orders, and tries again by itself while that fails',
        'the operator deletes the cluster of the job; the object stays',
        'wait until the operator shows the savepoint and the end of the job, and record the location',
      ],
      risks: [
        'upgradeMode stays savepoint until the job runs again, since last-state would not start it from this savepoint: kubectl flinksp resume puts it back',
        'where the job is not healthy the operator may keep its last state in place of a savepoint (kubernetes.operator.job.upgrade.last-state-fallback.enabled)',
      ],
    })
  })

  it('knows what it left', () => {
    const left = deployment15({
      job: { state: 'suspended' },
      jobStatus: { state: 'FINISHED', upgradeSavepointPath: location },
      status: { lifecycleState: 'SUSPENDED' },
    })
    const facts = (body = deployment15()) => stopping.left?.(readJob(resource(body)))
    assert.deepEqual([facts(left), facts()], [location, undefined])
  })
})
