import assert from 'node:assert/strict'
import { type Fields, fieldsAt } from '../../../src/domain/fields.ts'
import { refusal } from '../../support/fake-cluster.ts'
import { gcpCluster } from '../../support/flink-clusters.ts'
import { type DeploymentParts, deployment15, deployment17 } from '../../support/flink-deployments.ts'
import { program } from '../../support/program.ts'
import { type ApacheScene, apacheScene, flinkClusters, operated, ordersRef, snapshot, sp } from './scene.ts'

const savepoints = 'kubernetes.operator.periodic.savepoint.interval'
const checkpoints = 'kubernetes.operator.periodic.checkpoint.interval'

const oneJob = (parts: DeploymentParts = {}, make = deployment15) => apacheScene([make(parts)])
const configuration = ({ fake }: ApacheScene, kind = 'FlinkDeployment') =>
  fieldsAt(fake.object({ ...ordersRef, kind })?.spec ?? {}, 'flinkConfiguration')
const lines = (text: string) =>
  text
    .split('\n')
    .filter(Boolean)
    .map(line => line.split(/:? {2,}/))

describe('auto of the Apache operator', () => {
  it('shows a schedule, when it is due next, and the checkpoints beside it', async () => {
    const nested = { kubernetes: { operator: { periodic: { 'checkpoint.interval': '2 h' } } } }
    const { world } = oneJob({ configuration: { [savepoints]: '0 0/15 * * * ?', ...nested } })
    assert.deepEqual(lines((await program(world, 'auto flinkdep/orders')).stdout), [
      ['Name', 'orders'],
      ['Namespace', 'default'],
      ['Schedule', "0 0/15 * * * ? (in its operator's time zone)"],
      ['Checkpoints', '120m'],
      ['Directory', 's3://bucket/orders'],
      ['Next', 'in 15m, if that zone is UTC'],
      ['On Failure', 'not restarted'],
      ['Problems', '<none>'],
    ])
    const {
      kind,
      job: _,
      ...value
    } = JSON.parse((await program(world, 'auto flinkdep/orders -o json')).stdout) as Fields
    assert.deepEqual(value, {
      apiVersion: 'flinksp/v1',
      schedule: '0 0/15 * * * ?',
      checkpoints: { everySeconds: 7_200 },
      directory: 's3://bucket/orders',
      onFailure: 'stop',
      nextAt: '2026-03-01T12:15:00Z',
      problems: [],
    })
    assert.equal(kind, 'Automatic')
  })

  it('counts a schedule up to 1.9 from the last periodic savepoint, so that a late one shows', async () => {
    const { world } = oneJob(
      {
        metadata: { creationTimestamp: '2026-02-01T00:00:00Z' },
        configuration: { [savepoints]: '0 0 * * * ?' },
        info: { lastPeriodicSavepointTimestamp: Date.parse('2026-03-01T09:00:00Z') },
      },
      deployment17,
    )
    const { stdout } = await program(world, 'auto flinkdep/orders -o jsonpath={.nextAt}')
    assert.equal(stdout, '2026-03-01T10:00:00Z')
  })

  it('counts from the newest snapshot that the operator made by itself, from 1.10 on', async () => {
    const periodic = { 'snapshot.trigger-type': 'PERIODIC' }
    const there = apacheScene([
      deployment15({
        metadata: { creationTimestamp: '2026-02-01T00:00:00Z' },
        configuration: { [savepoints]: '15 min' },
      }),
      snapshot(1, { at: 40, labels: periodic }),
      snapshot(2, { at: 55, labels: periodic }),
      snapshot(3, { at: 59 }),
      snapshot(4, { at: 58, of: 'payments', labels: periodic }),
    ])
    const auto = await program(there.world, 'auto flinkdep/orders -o jsonpath={.nextAt}')
    const one = await program(there.world, 'status flinkdep/orders -o jsonpath={.automatic}')
    const many = await program(there.world, 'status -o wide')
    const automatic = {
      everySeconds: 900,
      nextAt: '2026-03-01T12:10:00Z',
      directory: 's3://bucket/orders',
    }
    assert.deepEqual([auto.stdout, JSON.parse(one.stdout)], ['2026-03-01T12:10:00Z', automatic])
    assert.match(many.stdout, / in 10m /)
  })

  it('does not tell when the next is due where the snapshots may not be listed', async () => {
    const there = oneJob({ configuration: { [savepoints]: '15 min' } })
    there.fake.fail('list FlinkStateSnapshot', refusal(403, 'Forbidden', 'not you'))
    const { exit, stdout } = await program(there.world, 'auto flinkdep/orders')
    assert.deepEqual([exit, /^Next: +<unknown>$/m.test(stdout)], [0, true])
  })

  it('says why it cannot tell when a schedule is due next', async () => {
    const problem =
      'when savepoints by the schedule "0 0 22-4 * * ?" are due next is not told: it is never due again, or says it in a way that is not read here'
    const { world } = oneJob({ configuration: { [savepoints]: '0 0 22-4 * * ?' } })
    const auto = await program(world, 'auto flinkdep/orders')
    const status = await program(world, 'status flinkdep/orders -o json')
    assert.match(auto.stdout, /^Next: +<unknown>$/m)
    assert.ok(auto.stdout.includes(problem))
    assert.ok((JSON.parse(status.stdout) as { problems: string[] }).problems.includes(problem))
  })

  it('is in status with its schedule, of one job and of many', async () => {
    const there = oneJob({ configuration: { [savepoints]: '0 0 * * * ?' } })
    const one = await program(there.world, 'status flinkdep/orders')
    const many = await program(there.world, 'status -o wide')
    assert.match(
      one.stdout,
      /^Automatic: +by the schedule 0 0 \* \* \* \? in its operator's time zone, next in 60m, if that zone is UTC$/m,
    )
    const [head = [], row = []] = many.stdout.split('\n').map(line => line.split(/ {2,}/))
    const told = Object.fromEntries(head.map((name, at) => [name, row[at]]))
    assert.deepEqual([told['AUTO'], told['NEXT']], ['scheduled', 'in 60m'])
  })

  it('sets both rhythms in one patch, without a restart, of a session job too', async () => {
    for (const kind of ['FlinkDeployment', 'FlinkSessionJob'] as const) {
      const there = oneJob({ kind })
      const { exit, stdout } = await operated(
        there,
        `auto ${kind}/orders --every 15m --checkpoint-every 2h --yes -o json`,
      )
      const { everySeconds, checkpoints: beside } = JSON.parse(stdout) as Fields
      assert.deepEqual([exit, everySeconds, beside], [0, 900, { everySeconds: 7_200 }])
      assert.deepEqual(configuration(there, kind), {
        'state.savepoints.dir': 's3://bucket/orders',
        [savepoints]: '900 s',
        [checkpoints]: '7200 s',
      })
      assert.deepEqual(
        there.fake.requests.filter(each => /^(create|patch)/.test(each)),
        [`patch ${kind}/default/orders`],
      )
    }
  })

  it('moves the directory of a session job with a savepoint of its operator, and keeps that in the record', async () => {
    const there = oneJob({ kind: 'FlinkSessionJob', metadata: { creationTimestamp: '2026-02-01T00:00:00Z' } })
    const plan = JSON.parse(
      (await program(there.world, 'auto sessionjob/orders --directory s3://new --dry-run=client -o json'))
        .stdout,
    ) as Fields
    assert.deepEqual(plan['risks'], [
      'this change restarts the job: it does not run for half a minute or more',
      'the savepoints below s3://bucket/orders stay where they are',
      'FlinkStateSnapshots of a session job that name no directory go where its session cluster says, up to operator 1.15; those of kubectl flinksp take name this one',
    ])
    assert.equal((await operated(there, 'auto sessionjob/orders --directory s3://new --yes')).exit, 0)
    // Its session cluster may have used either name, and the newer one wins over the older.
    const now = configuration(there, 'FlinkSessionJob')
    assert.deepEqual(
      [now['state.savepoints.dir'], now['execution.checkpointing.savepoint-dir']],
      ['s3://new', 's3://new'],
    )
    const { stdout } = await program(there.world, 'history sessionjob/orders --sources record -o name')
    assert.equal(stdout, `${sp('upgrade-1')}\n`)
  })

  it('refuses checkpoints where the operator takes none', async () => {
    const { world } = apacheScene([gcpCluster({ name: 'payments' })], { kinds: [flinkClusters] })
    const { exit, stderr } = await program(world, 'auto payments --checkpoint-every 5m --yes')
    assert.deepEqual(
      [exit, stderr.split('\n').slice(0, 2)],
      [
        1,
        [
          'error: cannot change the automatic savepoints of flinkcluster/payments: its operator takes no checkpoints by itself: Flink does',
          'set execution.checkpointing.interval in spec.flinkProperties',
        ],
      ],
    )
  })
})
