import assert from 'node:assert/strict'
import { Failure } from '../../../src/domain/failure.ts'
import type { Fields } from '../../../src/domain/fields.ts'
import { automating } from '../../../src/operators/apache/auto/auto.ts'
import { readJob } from '../../../src/operators/apache/read.ts'
import type { AutomaticWish } from '../../../src/operators/job-operator.ts'
import { type DeploymentParts, deployment15 } from '../../support/flink-deployments.ts'
import { carriedOut, job, resource, type Story, tell } from './story.ts'

type Settings = Partial<
  Pick<
    AutomaticWish,
    'everySeconds' | 'checkpointsEverySeconds' | 'directory' | 'onFailure' | 'maxStateAgeSeconds'
  >
>

const interval = 'kubernetes.operator.periodic.savepoint.interval'
const checkpoints = 'kubernetes.operator.periodic.checkpoint.interval'
const restart = 'kubernetes.operator.job.restart.failed'

function wishOf(settings: Settings, parts: DeploymentParts = {}): AutomaticWish {
  const body = resource(deployment15(parts))
  return { resource: body, facts: readJob(body), build: 'apache-1.10', nonce: 'n', wait: true, ...settings }
}

function set(settings: Settings, parts: DeploymentParts = {}, story: Partial<Story> = {}) {
  const before = deployment15(parts)
  return tell(automating.protocol(wishOf(settings, parts)), { before, sees: [[0.1, carriedOut()]], ...story })
}

const configured = (flinkConfiguration: Fields) => [['ask', { spec: { flinkConfiguration } }]]

describe('automatic savepoints of the Apache operator', () => {
  it('are set, changed and switched off without a restart, and known once the operator has seen it', () => {
    const { exit, writes, at } = set({ everySeconds: 300 })
    assert.deepEqual([exit, at, writes], [0, 0.1, configured({ [interval]: '300 s' })])
    assert.deepEqual(set({ everySeconds: 'off' }, { configuration: { [interval]: '5 min' } }).writes, [
      ...configured({ [interval]: null }),
    ])
  })

  it('are written where the keys stand, however they are nested', () => {
    const configuration = {
      kubernetes: {
        operator: { 'periodic.savepoint': { interval: '1 h' }, job: { 'restart.failed': false } },
      },
    }
    assert.deepEqual(
      set({ everySeconds: 600, onFailure: 'restore' }, { configuration }).writes,
      configured({
        kubernetes: {
          operator: { 'periodic.savepoint': { interval: '600 s' }, job: { 'restart.failed': 'true' } },
        },
      }),
    )
  })

  it('take the place of a schedule, and are ended where there was one', () => {
    const configuration = { [interval]: '0 0 * * * ?' }
    assert.deepEqual(
      [set({ everySeconds: 300 }, { configuration }), set({ everySeconds: 'off' }, { configuration })].map(
        ({ writes }) => writes,
      ),
      [configured({ [interval]: '300 s' }), configured({ [interval]: null })],
    )
  })

  it('have checkpoints beside them, which are set and ended alike', () => {
    const { exit, writes } = set({ checkpointsEverySeconds: 7_200 })
    assert.deepEqual([exit, writes], [0, configured({ [checkpoints]: '7200 s' })])
    const nested = { kubernetes: { operator: { periodic: { 'checkpoint.interval': '2 h' } } } }
    assert.deepEqual(
      set({ checkpointsEverySeconds: 'off' }, { configuration: nested }).writes,
      configured({ kubernetes: { operator: { periodic: { 'checkpoint.interval': null } } } }),
    )
    assert.equal(
      automating.plan(wishOf({ checkpointsEverySeconds: 7_200 }, { configuration: nested })),
      'none',
    )
  })

  it('are nothing to change where they are so already, however that is written', () => {
    for (const written of ['5 min', '300s', '300000', 'PT5M'])
      assert.equal(
        automating.plan(wishOf({ everySeconds: 300 }, { configuration: { [interval]: written } })),
        'none',
      )
    assert.equal(automating.plan(wishOf({ onFailure: 'stop' })), 'none')
    assert.equal(automating.plan(wishOf({ directory: 's3://bucket/orders' })), 'none')
  })

  it('are changed with a restart where the directory is, from a savepoint that the operator takes', () => {
    const location = 's3://elsewhere/savepoint-1'
    const { exit, result, writes } = set(
      { directory: 's3://elsewhere' },
      {},
      {
        sees: [
          [1, job({ status: { jobStatus: { state: 'FINISHED', upgradeSavepointPath: location } } })],
          [2, carriedOut({ status: { jobStatus: { state: 'RECONCILING' } } })],
          [20, job({ status: { jobStatus: { state: 'RUNNING', startTime: '1795358736501' } } })],
        ],
      },
    )
    assert.deepEqual([exit, result?.location], [0, location])
    assert.deepEqual(writes, configured({ 'state.savepoints.dir': 's3://elsewhere' }))
  })

  it('are written under the newer name of the directory where that is used', () => {
    const configuration = {
      'state.savepoints.dir': null,
      execution: { checkpointing: { 'savepoint-dir': 's3://a' } },
    }
    assert.deepEqual(
      set({ directory: 's3://b' }, { configuration }, { timeout: 1 }).writes,
      configured({ execution: { checkpointing: { 'savepoint-dir': 's3://b' } } }),
    )
  })

  it('are told to be refused by the operator', () => {
    const error = JSON.stringify({ type: 'x.ValidationException', message: 'no such interval' })
    const { exit, message } = set({ everySeconds: 300 }, {}, { sees: [[0.1, job({ status: { error } })]] })
    assert.deepEqual(
      [exit, message],
      [
        3,
        'error: the operator refuses the new settings of flinkdeployment/orders, and goes on with those before: no such interval',
      ],
    )
  })

  it('are set, though no operator has looked at them within 5 s', () => {
    assert.deepEqual(
      [set({ everySeconds: 300 }, {}, { sees: [] }).exit, set({ everySeconds: 300 }, {}, { sees: [] }).at],
      [0, 5],
    )
  })

  it('are refused where they would have no effect, or cost the state', () => {
    const refusal = (settings: Settings, parts: DeploymentParts = {}) => {
      const plan = automating.plan(wishOf(settings, parts))
      return plan instanceof Failure ? plan.message : plan
    }
    const prefix = 'error: cannot change the automatic savepoints of flinkdeployment/orders: '
    assert.deepEqual(
      [
        refusal({ everySeconds: 300 }, { configuration: { 'state.savepoints.dir': null } }),
        refusal({ directory: 's3://x' }, { job: { upgradeMode: 'stateless' } }),
        refusal({ maxStateAgeSeconds: 5 }),
        refusal({ everySeconds: 300 }, { job: null }),
        refusal({ directory: 's3://x' }, { status: { jobStatus: { state: 'FAILED' } } }),
      ],
      [
        `${prefix}state.savepoints.dir is not set`,
        `${prefix}the change restarts the job, and its upgradeMode is stateless: it would start empty`,
        `${prefix}its operator knows no age of a state: that is Spotify's`,
        `${prefix}it is a session cluster; its jobs are FlinkSessionJobs`,
        `${prefix}its job is not running (FAILED): the change would start it`,
      ],
    )
  })

  it('are not waited for in silence while the savepoint for the restart fails', () => {
    const error = (message: string) => job({ status: { error: JSON.stringify({ type: 'x.Y', message }) } })
    const { exit, told, hints } = set(
      { directory: 's3://x' },
      {},
      {
        sees: [
          [1, error('disk full.')],
          [2, job({ status: { error: null } })],
          [3, error('disk full.')],
          [4, error('no such bucket')],
        ],
        timeout: 10,
      },
    )
    const blocked = (cause: string) =>
      `flinkdeployment/orders could not be stopped for the change: ${cause}; the operator tries again by itself`
    assert.deepEqual(
      [exit, told, hints[0]],
      [4, [blocked('disk full'), blocked('no such bucket')], blocked('no such bucket')],
    )
  })

  it('have problems told that one would not see', () => {
    const problems = (parts: DeploymentParts) => {
      const { resource: body, facts } = wishOf({}, parts)
      return automating.problems(body, facts, 'apache-1.10', 0)
    }
    assert.deepEqual(
      [
        problems({ configuration: { [interval]: '0 0 * * * ?' } }),
        problems({ configuration: { [interval]: 'five minutes' } }),
        problems({ configuration: { [checkpoints]: '0 0 * * *' } }),
        problems({ configuration: { [interval]: '5 min', 'state.savepoints.dir': null } }),
        problems({ configuration: { [interval]: '5 min' }, job: { upgradeMode: 'stateless' } }),
        problems({ configuration: { [interval]: '5 min', [restart]: 'true' } }),
      ],
      [
        [],
        ['periodic savepoints are set to "five minutes", which is no duration and no schedule of Quartz'],
        ['periodic checkpoints are set to "0 0 * * *", which is no duration and no schedule of Quartz'],
        ['periodic savepoints are set, but state.savepoints.dir is not: the operator refuses such a spec'],
        [
          'upgradeMode is stateless: a change of the spec starts the job empty, whatever savepoints there are',
        ],
        [],
      ],
    )
  })
})
