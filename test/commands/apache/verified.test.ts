import assert from 'node:assert/strict'
import { type Fields, fieldsAt } from '../../../src/domain/fields.ts'
import type { Resource } from '../../../src/domain/resource.ts'
import { merge } from '../../operators/apache/story.ts'
import { until } from '../../support/fakes.ts'
import { type DeploymentParts, deployment15, deployment17 } from '../../support/flink-deployments.ts'
import { program } from '../../support/program.ts'
import { awake } from '../restore/recreations.ts'
import { type ApacheScene, apacheScene, jobOf, operated, ordersRef, snapshot, sp } from './scene.ts'

const created = { metadata: { creationTimestamp: '2026-02-01T00:00:00Z' } }
const writes = ({ fake }: ApacheScene) => fake.requests.filter(each => /^(create|patch|delete)/.test(each))

/** Changes the newest snapshot, once there is one. */
async function snapshotBecomes({ fake }: ApacheScene, status: Fields): Promise<void> {
  const made = (): Resource | undefined => fake.all('FlinkStateSnapshot').at(-1)
  await until(() => made() !== undefined && fake.requests.some(each => each.startsWith('watch FlinkState')))
  fake.put(merge(made()?.body ?? {}, { status }))
}

/** What was seen on the real operators and is not as their documents say. */
describe('on what the real Apache operators do', () => {
  // Such an object cannot be deleted: its finalizer never comes off (seen on 1.15.0).
  for (const [what, line, parts] of [
    ['there is not', 'take flinkdep/nobody', {}],
    ['is a session cluster', 'take flinkdep/orders --via snapshot', { job: null }],
    ['is suspended', 'take flinkdep/orders --via snapshot', { jobStatus: { state: 'FINISHED' } }],
  ] as [string, string, DeploymentParts][])
    it(`no FlinkStateSnapshot is made of a job that ${what}: the operator could not let go of it`, async () => {
      const there = apacheScene([deployment15(parts)])
      assert.deepEqual([(await program(there.world, line)).exit, writes(there)], [1, []])
    })

  it('a snapshot of a job that stops meanwhile is FAILED, not ABANDONED: both end the take', async () => {
    for (const [state, error] of [
      ['FAILED', 'Checkpoint Coordinator is suspending.'],
      ['ABANDONED', 'Secondary resource orders (FlinkDeployment) for savepoint x is not running'],
    ] as const) {
      const there = apacheScene([deployment15()])
      const ended = program(there.world, 'take flinkdep/orders')
      await snapshotBecomes(there, { state: 'IN_PROGRESS', triggerId: 'a'.repeat(32) })
      there.fake.put(
        merge(there.fake.object(ordersRef)?.body ?? {}, { status: { jobStatus: { state: 'FINISHED' } } }),
      )
      await snapshotBecomes(there, { state, error })
      const { exit, stderr } = await awake(there.world, ended)
      assert.deepEqual([exit, stderr.includes(error)], [3, true], stderr)
    }
  })

  it('a snapshot in flight is never deleted: with dispose it would hang for ever, without it the savepoint is lost', async () => {
    const there = apacheScene([deployment15()])
    const ended = program(there.world, 'take flinkdep/orders --timeout 1m')
    await snapshotBecomes(there, { state: 'IN_PROGRESS', triggerId: 'a'.repeat(32) })
    const { exit } = await awake(there.world, ended)
    assert.deepEqual([exit, writes(there).filter(each => each.startsWith('delete'))], [4, []])
  })

  it('upgradeMode is what the spec says: what was carried out reads stateless until the first upgrade', async () => {
    const there = apacheScene([deployment15({ ...created, reconciled: { upgradeMode: 'stateless' } })])
    const { stdout } = await program(there.world, 'auto flinkdep/orders -o json')
    assert.deepEqual((JSON.parse(stdout) as Fields)['problems'], [])
    const { exit } = await operated(there, 'stop flinkdep/orders --yes')
    assert.deepEqual([exit, jobOf(there.fake)], [0, { state: 'suspended', upgradeMode: 'savepoint' }])
  })

  it('a nonce that was left pending is told before the resume that fires it', async () => {
    const suspended = {
      job: { state: 'suspended', savepointTriggerNonce: 7 },
      reconciled: { savepointTriggerNonce: 3 },
      jobStatus: { state: 'FINISHED', upgradeSavepointPath: sp(1) },
      status: { lifecycleState: 'SUSPENDED' },
    }
    const there = apacheScene([deployment15({ ...created, ...suspended })])
    const told = (text: string) => text.split('\n').filter(line => /nonce 7/i.test(line)).length
    const status = await program(there.world, 'status flinkdep/orders')
    const plan = await program(there.world, 'resume flinkdep/orders --dry-run=client')
    assert.deepEqual([told(status.stdout), told(plan.stdout)], [1, 1], plan.stdout)
  })

  it('an origin that 1.7 gives the time of the creation is no savepoint taken now', async () => {
    const lastSavepoint = {
      location: sp(1),
      triggerType: 'UNKNOWN',
      formatType: 'UNKNOWN',
      timeStamp: Date.parse('2026-03-01T11:59:59Z'),
    }
    const there = apacheScene([deployment17({ info: { lastSavepoint } })])
    const { stdout } = await program(there.world, 'history flinkdep/orders -o json')
    const { items } = JSON.parse(stdout) as { items: Fields[] }
    assert.deepEqual(
      items.map(({ location, origin, trigger, completedAt, requestedAt }) => [
        location,
        origin,
        trigger,
        completedAt ?? requestedAt,
      ]),
      [[sp(1), true, undefined, undefined]],
    )
    const { exit, stderr } = await program(there.world, 'restore flinkdep/orders latest --recreate --yes')
    assert.equal(exit, 1, stderr)
  })

  it('a restart with new settings that does not come up is a time-out, whatever lifecycleState says', async () => {
    const there = apacheScene([deployment15(created)])
    const { fake } = there
    const ended = program(there.world, 'auto flinkdep/orders --directory s3://new --yes --timeout 2m')
    await until(() => fake.requests.some(each => each.startsWith('watch FlinkDeployment')))
    const jobStatus = { state: 'INITIALIZING', upgradeSavepointPath: sp('upgrade') }
    const status = { jobStatus, lifecycleState: 'STABLE', error: 'java.util.concurrent.TimeoutException' }
    fake.put(merge(fake.object(ordersRef)?.body ?? {}, { status }))
    const { exit, stderr } = await awake(there.world, ended)
    assert.deepEqual(
      [exit, stderr.includes(`the operator saved the state before: ${sp('upgrade')}`)],
      [4, true],
      stderr,
    )
  })

  it('manual snapshots are kept for ever, also those whose deletion takes the data along: both are said', async () => {
    const keeps = snapshot(1, { spec: { savepoint: { disposeOnDelete: false } } })
    const there = apacheScene([deployment15(created), keeps, snapshot(2, { at: 52 })])
    const { stdout } = await program(there.world, 'history flinkdep/orders -o json')
    const { items } = JSON.parse(stdout) as { items: Fields[] }
    assert.deepEqual(
      items.map(({ location, disposeOnDelete }) => [location, disposeOnDelete]),
      [
        [sp(2), true],
        [sp(1), false],
      ],
    )
    assert.deepEqual(fieldsAt(there.fake.all('FlinkStateSnapshot')[1]?.spec ?? {}, 'savepoint'), {})
  })
})
