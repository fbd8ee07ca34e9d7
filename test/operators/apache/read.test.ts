import assert from 'node:assert/strict'
import { flinkDuration } from '../../../src/operators/apache/configuration.ts'
import { operatorOfObject, operatorOfSchema } from '../../../src/operators/apache/detect.ts'
import { diagnosing } from '../../../src/operators/apache/diagnosing.ts'
import type { OperatorName } from '../../../src/operators/apache/operator.ts'
import { readJob } from '../../../src/operators/apache/read.ts'
import { chooseTake } from '../../../src/operators/apache/take/choose-take.ts'
import { traces } from '../../../src/operators/apache/traces.ts'
import type { TakeWish } from '../../../src/operators/job-operator.ts'
import { type DeploymentParts, deployment15, deployment17 } from '../../support/flink-deployments.ts'
import { resource } from './story.ts'

const location = 's3://bucket/orders/savepoint-1'
const read15 = (parts: DeploymentParts = {}) => readJob(resource(deployment15(parts)))
const read17 = (parts: DeploymentParts = {}) => readJob(resource(deployment17(parts)))

describe('a job of the Apache operator', () => {
  it('is read in neutral words', () => {
    const { savepoints: _, listed, nonce, redeploy, wish, initialPath, ...facts } = read15()
    assert.deepEqual(facts, {
      job: {
        apiVersion: 'flink.apache.org/v1beta1',
        kind: 'FlinkDeployment',
        namespace: 'default',
        name: 'orders',
        uid: 'uid-of-orders',
      },
      shown: 'flinkdeployment/orders',
      state: 'RUNNING',
      running: true,
      stopped: false,
      session: false,
      restartsAfterFailure: false,
      misspelled: [],
      flinkJobId: 'fd0f0feac0c2e081ecc9f4c08fc893ff',
      startTime: '2026-11-22T14:16:52.529Z',
      startedMs: 1_795_357_012_529,
      directory: 's3://bucket/orders',
      specGeneration: 0,
      statusGeneration: 0,
      allowNonRestoredState: false,
      restartCount: 0,
      lifecycle: 'STABLE',
      jobManager: 'READY',
      upgradeMode: 'savepoint',
      caughtUp: true,
      annotated: false,
      lastState: false,
      setByStop: [],
      rest: {
        namespace: 'default',
        service: 'orders-rest',
        port: 'rest',
        tls: false,
        podLabels: { app: 'orders', component: 'jobmanager' },
        podPort: 8081,
      },
    })
    assert.deepEqual([listed, nonce, redeploy, initialPath], [[], {}, {}, {}])
    assert.deepEqual(wish, { wanted: 'running', reconciled: 'running' })
  })

  it('has its directory, port and TLS under flat and nested keys, new names before old', () => {
    const directory = (configuration: DeploymentParts['configuration']) =>
      read15({ configuration: { 'state.savepoints.dir': null, ...configuration } }).directory
    assert.deepEqual(
      [
        directory({}),
        directory({ 'state.savepoints.dir': 's3://old' }),
        directory({ state: { savepoints: { dir: 's3://nested' } } }),
        directory({
          'state.savepoints.dir': 's3://old',
          execution: { 'checkpointing.savepoint-dir': 's3://new' },
        }),
      ],
      [undefined, 's3://old', 's3://nested', 's3://new'],
    )
    const { rest } = read15({
      configuration: { rest: { port: 18_081 }, security: { ssl: { rest: { enabled: true } } } },
    })
    assert.deepEqual([rest.podPort, rest.tls], [18_081, true])
  })

  it('of a session cluster is found through that', () => {
    const { rest, shown, session, jobManager } = read15({ kind: 'FlinkSessionJob' })
    assert.deepEqual(
      [rest.service, rest.podLabels, shown, session, jobManager],
      [
        'session-rest',
        { app: 'session', component: 'jobmanager' },
        'flinksessionjob/orders',
        false,
        undefined,
      ],
    )
    assert.deepEqual([read15({ job: null }).session, read15().session], [true, false])
  })

  it('would be started again from upgradeSavepointPath, up to 1.9 from the last savepoint; a mark is no path', () => {
    const lastSavepoint = { location, timeStamp: 1_795_357_072_481, triggerType: 'MANUAL', triggerNonce: 1 }
    const other = 's3://bucket/orders/savepoint-2'
    assert.deepEqual(
      [
        read17({ info: { lastSavepoint } }).restartPoint,
        read15({ info: { lastSavepoint } }).restartPoint,
        read15({ info: { lastSavepoint }, jobStatus: { upgradeSavepointPath: other } }).restartPoint,
        read15({ jobStatus: { upgradeSavepointPath: 'KUBERNETES_OPERATOR_LAST_STATE' } }).restartPoint,
      ],
      [location, undefined, other, undefined],
    )
  })

  it('goes on from its last state where it was suspended with that, whatever savepoint stands in its status', () => {
    const parts = {
      job: { state: 'suspended', upgradeMode: 'last-state' },
      jobStatus: { state: 'FINISHED', upgradeSavepointPath: location },
      status: { lifecycleState: 'SUSPENDED' },
    }
    const lastSavepoint = { location, timeStamp: 1_795_357_072_481, triggerType: 'UPGRADE' }
    const older = { ...parts, jobStatus: { state: 'FINISHED' }, info: { lastSavepoint } }
    for (const facts of [read15(parts), read17(older)]) {
      assert.deepEqual(
        [facts.lastState, facts.restartPoint, facts.savepointLocation],
        [true, undefined, undefined],
      )
      assert.deepEqual(diagnosing.problems(facts, undefined), [
        'it was suspended with its last state (upgradeMode last-state), which no savepoint has: it goes on from there once spec.job.state is running, and a restore gives it up',
      ])
    }
    assert.deepEqual(
      read15(parts).listed?.map(({ origin, trigger }) => [origin, trigger]),
      [[true, undefined]],
    )
    // What is wanted from now on changes nothing of how it was suspended.
    const changed = read15({
      ...parts,
      reconciled: { upgradeMode: 'last-state' },
      job: { ...parts.job, upgradeMode: 'savepoint' },
    })
    assert.equal(changed.lastState, true)
  })

  it('lists no savepoint as taken that it was only started from', () => {
    const unknown = { location, timeStamp: 1_795_357_072_481, triggerType: 'UNKNOWN', formatType: 'UNKNOWN' }
    const { listed, statusFromSavepoint, job } = read17({ info: { lastSavepoint: unknown } })
    const bare = { job, state: 'Completed', type: 'savepoint', restartPoint: false, sources: ['status'] }
    assert.deepEqual(listed, [{ ...bare, location, origin: true }])
    assert.equal(statusFromSavepoint, location)
    const checkpoint = read15({ jobStatus: { upgradeSavepointPath: 's3://bucket/cp/ff/chk-28' } })
    assert.deepEqual(
      checkpoint.listed?.map(({ type, origin }) => [type, origin]),
      [['checkpoint', true]],
    )
  })

  it('lists its history, each once, and the one in flight', () => {
    const kept = (n: number, triggerType: string) => ({
      location: `${location}${n}`,
      timeStamp: 1_795_357_072_000 + n * 1_000,
      triggerType,
      formatType: 'CANONICAL',
    })
    const savepointHistory = [kept(1, 'PERIODIC'), kept(2, 'MANUAL'), kept(3, 'UPGRADE')]
    const inFlight = {
      triggerId: 'a'.repeat(32),
      triggerTimestamp: 1_795_357_080_000,
      triggerType: 'PERIODIC',
    }
    const { listed = [] } = read17({
      info: { savepointHistory, lastSavepoint: kept(3, 'UPGRADE'), ...inFlight },
    })
    assert.deepEqual(
      listed.map(({ state, trigger, requestedAt, completedAt }) => [
        state,
        trigger,
        requestedAt,
        completedAt,
      ]),
      [
        ['InProgress', 'scheduled', '2026-11-22T14:18:00Z', undefined],
        ['Completed', 'scheduled', '2026-11-22T14:17:53Z', undefined],
        ['Completed', 'manual', '2026-11-22T14:17:54Z', undefined],
        ['Completed', 'update', undefined, '2026-11-22T14:17:55Z'],
      ],
    )
  })

  it('is not stopped by the FINISHED between two deployments', () => {
    const between = {
      jobStatus: { state: 'FINISHED' },
      metadata: { generation: 2 },
      status: { observedGeneration: 1 },
    }
    assert.deepEqual(
      [
        read15(between).stopped,
        read15({ jobStatus: { state: 'FINISHED' } }).stopped,
        read15({ job: { state: 'suspended' }, status: { lifecycleState: 'SUSPENDED' } }).stopped,
      ],
      [false, true, true],
    )
  })

  it('says when its next periodic savepoint is due, where the object tells', () => {
    const configuration = { 'kubernetes.operator.periodic.savepoint.interval': '10 min' }
    const metadata = { creationTimestamp: '2026-11-22T14:00:00Z' }
    const info = { lastPeriodicSavepointTimestamp: 1_795_357_072_000 }
    assert.deepEqual(
      [
        read17({ configuration, metadata: { ...metadata, generation: 1 } }).automatic,
        read17({ configuration, metadata: { ...metadata, generation: 1 }, info }).automatic,
        read15({ configuration, metadata }).automatic,
        read17({ configuration, jobStatus: { state: 'FAILED' } }).automatic,
        read17({ configuration: { 'kubernetes.operator.periodic.savepoint.interval': '0' } }).automatic,
      ],
      [
        { everySeconds: 600, nextAt: '2026-11-22T14:10:00Z' },
        { everySeconds: 600, nextAt: '2026-11-22T14:27:52Z' },
        { everySeconds: 600, fromSnapshots: true },
        { everySeconds: 600 },
        undefined,
      ],
    )
  })

  it('is read, whatever nonsense stands in it', () => {
    const nonsense = [
      { status: { error: '{"type":7,"message":[]}', reconciliationStatus: { lastReconciledSpec: '[1' } } },
      { status: { error: 'x'.repeat(100_000), reconciliationStatus: { lastReconciledSpec: '"text"' } } },
      { jobStatus: { startTime: 'soon', savepointInfo: 7, upgradeSavepointPath: {} } },
      { info: { savepointHistory: [7, { location: 5 }, null], lastSavepoint: 'x', triggerTimestamp: -1 } },
      { configuration: { a: { b: { c: [1, 2] } }, 'rest.port': 'http' } },
    ]
    for (const parts of nonsense) assert.equal(read15(parts).shown, 'flinkdeployment/orders')
  })
})

describe('the release of the Apache operator', () => {
  it('is told by what it writes into lastReconciledSpec', () => {
    const of = (body = deployment15()) => operatorOfObject(resource(body))
    const eight = { savepointRedeployNonce: null }
    assert.deepEqual(
      [
        of(deployment17()),
        of(),
        of(deployment17({ reconciled: eight })),
        of({ ...deployment17(), status: {} }),
      ],
      ['apache-1.7', 'apache-1.10', undefined, undefined],
    )
  })

  it('is told by the schema otherwise', () => {
    const properties = (spec: object, status: object) => ({
      properties: {
        spec: { properties: { job: { properties: { jarURI: {}, ...spec } } } },
        status: { properties: { jobStatus: { properties: { state: {}, ...status } } } },
      },
    })
    assert.deepEqual(
      [
        operatorOfSchema(properties({}, {})),
        operatorOfSchema(properties({ savepointRedeployNonce: {} }, {})),
        operatorOfSchema(properties({ savepointRedeployNonce: {} }, { upgradeSavepointPath: {} })),
        operatorOfSchema({}),
      ],
      ['apache-1.7', 'apache-1.8', 'apache-1.10', undefined],
    )
  })
})

describe('the way of a take of the Apache operator', () => {
  async function way(
    wish: Partial<TakeWish>,
    parts: DeploymentParts = {},
    operator: OperatorName | undefined = 'apache-1.10',
    serves = true,
  ): Promise<string> {
    const inquiries = { mayPatchStatus: async () => false, serves: async () => serves }
    const found = await chooseTake(
      read15(parts),
      operator,
      { via: 'auto', forFlink: false, ...wish },
      inquiries,
    )
    return 'failure' in found
      ? `${found.way}: ${found.failure.message.replace(/^.*?orders: /, '')}`
      : found.way
  }
  const nowhere = { configuration: { 'state.savepoints.dir': null } }
  const invalid = { status: { error: JSON.stringify({ type: 'x.ValidationException', message: 'no' }) } }
  const pending = { job: { savepointTriggerNonce: 2 }, reconciled: { savepointTriggerNonce: 1 } }

  it('is a snapshot where there are any, else a nonce', async () => {
    assert.deepEqual(
      [
        await way({}),
        await way({}, {}, 'apache-1.10', false),
        await way({}, {}, 'apache-1.8'),
        await way({}, {}, 'apache-1.7'),
        await way({ via: 'nonce' }),
        await way({ via: 'rest' }),
      ],
      ['snapshot', 'nonce', 'nonce', 'nonce', 'nonce', 'rest'],
    )
  })

  it('is a snapshot with a directory or format, which no nonce can say', async () => {
    assert.deepEqual(
      [
        await way({ forFlink: true }),
        await way({ forFlink: true }, {}, 'apache-1.7'),
        await way({ forFlink: true, flinkJob: true }),
        await way({ via: 'nonce', forFlink: true }),
      ],
      ['snapshot', 'rest', 'rest', 'refused: a nonce says neither directory nor format'],
    )
  })

  it('is Flink itself where the operator has no directory, but for session jobs, whose cluster has it', async () => {
    const session = { ...nowhere, kind: 'FlinkSessionJob' } as const
    assert.deepEqual(
      [await way({}, nowhere), await way({}, session), await way({ via: 'snapshot' }, nowhere)],
      ['rest', 'snapshot', 'refused: state.savepoints.dir is not set in spec.flinkConfiguration'],
    )
  })

  it('is refused where it cannot work', async () => {
    assert.deepEqual(
      [
        await way({}, { jobStatus: { state: 'RESTARTING' } }),
        await way({ via: 'snapshot' }, {}, 'apache-1.8'),
        await way({ via: 'generation' }),
        await way({ via: 'snapshot' }, { job: null }),
        await way({ via: 'nonce' }, invalid),
        await way({}, invalid),
        await way({ via: 'nonce' }, pending),
        await way({}, pending),
      ],
      [
        'refused: its job is not running (RESTARTING)',
        'refused: this cluster has no FlinkStateSnapshots (operator >= 1.10)',
        'refused: --via generation is of the operators of FlinkCluster',
        'refused: it is a session cluster; its jobs are FlinkSessionJobs',
        'refused: its spec is not valid: no',
        'snapshot',
        'busy: another one is asked for (savepointTriggerNonce 2), and not taken yet',
        'snapshot',
      ],
    )
  })
})

describe('what else is told of the Apache operator', () => {
  it('what will not go as one would think', () => {
    const problems = (parts: DeploymentParts) => diagnosing.problems(read15(parts), 'apache-1.10')
    assert.deepEqual(
      [
        problems({}),
        problems({ status: { error: 'Job Not Found' } }),
        problems({ status: { error: 'disk full', jobManagerDeploymentStatus: 'ERROR' } }),
        problems({
          job: { state: 'suspended', savepointTriggerNonce: 5 },
          reconciled: { savepointTriggerNonce: 4 },
          jobStatus: { state: 'FINISHED' },
        }),
        problems({ job: { state: 'suspended' }, reconciled: { state: 'running' } }),
      ],
      [
        [],
        [],
        ['the operator reports: disk full', 'the JobManager does not start: kubectl logs shows why'],
        [
          'savepointTriggerNonce 5 waits: as soon as orders runs a savepoint is taken; to take the request back set it to 4',
        ],
        [
          'spec.job.state is suspended and the job still runs: the operator tries again while its savepoint fails',
        ],
      ],
    )
  })

  it('which savepoints failed, by its Events', () => {
    const moment = (at: number) => ({ from: at, to: at + 1_000 })
    const event = (reason: string, message: string, count = 1) => ({
      reason,
      message,
      count,
      first: moment(1_000),
      last: moment(9_000),
    })
    const checkpointing = 'org.apache.flink.runtime.checkpoint.CheckpointException: IO-problem detected.'
    assert.deepEqual(
      traces.failures([
        event('SavepointError', 'Savepoint failed for savepointTriggerNonce: 3', 68),
        event('SavepointError', 'Periodic savepoint failed'),
        event(
          'SavepointError',
          `Savepoint Error -> java.util.concurrent.CompletionException: ${checkpointing}`,
        ),
        event('ClusterDeploymentException', checkpointing),
        event('ClusterDeploymentException', 'something else'),
        event('Missing', 'Job Not Found'),
      ]),
      [
        { at: 1_000, message: 'Savepoint failed for savepointTriggerNonce: 3', trigger: 'manual' },
        { at: 9_000, message: 'Savepoint failed for savepointTriggerNonce: 3', trigger: 'manual' },
        { at: 1_000, message: 'Periodic savepoint failed', trigger: 'scheduled' },
        { at: 1_000, message: 'IO-problem detected.', trigger: 'update' },
        { at: 1_000, message: 'IO-problem detected.', trigger: 'update' },
      ],
    )
  })

  it('how long its durations are', () => {
    const written = [
      '10 s',
      '10s',
      '5min',
      '1 h',
      '2 d',
      '90000',
      'PT1M30S',
      'P1D',
      '0',
      'soon',
      '5 moons',
      'P',
      '',
    ]
    assert.deepEqual(written.map(flinkDuration), [
      10_000,
      10_000,
      300_000,
      3_600_000,
      172_800_000,
      90_000,
      90_000,
      86_400_000,
      0,
      undefined,
      undefined,
      undefined,
      undefined,
    ])
  })
})
