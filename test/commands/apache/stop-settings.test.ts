import assert from 'node:assert/strict'
import type { Failure } from '../../../src/domain/failure.ts'
import { type Fields, fieldsAt } from '../../../src/domain/fields.ts'
import { refusal } from '../../support/fake-cluster.ts'
import { deployment15, deployment17 } from '../../support/flink-deployments.ts'
import { program } from '../../support/program.ts'
import { awake } from '../restore/recreations.ts'
import { type ApacheScene, apacheScene, asked, jobOf, operated, ordersRef, sp } from './scene.ts'

const drain = 'kubernetes.operator.job.drain-on-savepoint-deletion'
const format = 'kubernetes.operator.savepoint.format.type'
const annotation = 'flinksp/stop-settings'
const stopped = `flinkdeployment.flink.apache.org/orders stopped with savepoint: ${sp('upgrade-1')}\n`

const configuration = ({ fake }: ApacheScene) =>
  fieldsAt(fake.object(ordersRef)?.spec ?? {}, 'flinkConfiguration')
const annotations = ({ fake }: ApacheScene) => fake.object(ordersRef)?.metadata.annotations

/** One job, and what the patches of it say. The second of them may be refused. */
function oneJob(body: Fields, { refused }: { refused?: Failure } = {}) {
  const there = apacheScene([body])
  const { fake } = there
  const patches: Fields[] = []
  const write = fake.write.bind(fake)
  fake.write = async (wanted, options) => {
    if (wanted.ref.kind !== 'ConfigMap') patches.push(fieldsAt(wanted.body as Fields, 'spec'))
    if (refused && patches.length === 2) throw refused
    return await write(wanted, options)
  }
  return { ...there, patches }
}

describe('stop --drain, --target-directory and --format of the Apache operator', () => {
  it('are set in the patch that stops the job, and put back once it is stopped', async () => {
    const there = oneJob(deployment15())
    const line = 'stop orders --drain --format native --target-directory s3://elsewhere --yes'
    const { exit, stdout } = await operated(there, line)
    const [first, second] = there.patches
    assert.deepEqual(
      [exit, stdout, first, second],
      [
        0,
        stopped,
        {
          job: { state: 'suspended' },
          flinkConfiguration: {
            [drain]: 'true',
            [format]: 'NATIVE',
            'state.savepoints.dir': 's3://elsewhere',
          },
        },
        {
          flinkConfiguration: {
            [drain]: null,
            [format]: null,
            'state.savepoints.dir': 's3://bucket/orders',
          },
        },
      ],
    )
    assert.deepEqual(
      [configuration(there), annotations(there)],
      [{ 'state.savepoints.dir': 's3://bucket/orders' }, {}],
    )
    assert.deepEqual(asked(there.fake), [
      'get FlinkDeployment/default/orders',
      'get FlinkSessionJob/default/orders',
      'patch FlinkDeployment/default/orders',
      'watch FlinkDeployment/default/orders',
      'patch FlinkDeployment/default/orders',
      'watch FlinkDeployment/default/orders',
    ])
  })

  it('cost a stop without them nothing', async () => {
    const there = oneJob(deployment15())
    await operated(there, 'stop flinkdep/orders --yes')
    assert.deepEqual(asked(there.fake), [
      'get FlinkDeployment/default/orders',
      'patch FlinkDeployment/default/orders',
      'watch FlinkDeployment/default/orders',
    ])
  })

  it('are in the plan, with what draining means', async () => {
    const there = oneJob(deployment17())
    const { stdout } = await program(there.world, 'stop orders --drain --dry-run=client -o json')
    const { changes, steps, risks } = JSON.parse(stdout) as Record<'changes' | 'steps' | 'risks', unknown[]>
    assert.deepEqual(
      [changes, steps, risks],
      [
        [
          { path: 'spec.job.state', from: 'running', to: 'suspended' },
          { path: `spec.flinkConfiguration['${drain}']`, to: 'true' },
        ],
        [
          'patch the object',
          'the operator drains the job, stops it with a savepoint into s3://bucket/orders, and tries again by itself while that fails',
          'the operator deletes the cluster of the job; the object stays',
          'wait until the operator shows the savepoint and the end of the job, and record the location',
          'put spec.flinkConfiguration back, which starts nothing',
        ],
        [
          'drain fires all timers and windows: what is started from this savepoint does not go on where the job was',
          'an operator older than 1.7 does not know this setting: it would stop the job without draining',
        ],
      ],
    )
  })

  it('--target-directory stops a job that has no directory of its own', async () => {
    const there = oneJob(deployment15({ configuration: { 'state.savepoints.dir': null } }))
    const refused = await operated(there, 'stop orders --yes')
    assert.deepEqual(
      [refused.exit, refused.stderr],
      [
        1,
        [
          'error: cannot stop flinkdeployment/orders with a savepoint: state.savepoints.dir is not set in spec.flinkConfiguration',
          'say where to, for this stop alone: --target-directory DIR',
        ],
      ],
    )
    const { exit, stdout } = await operated(there, 'stop orders --yes --target-directory s3://elsewhere')
    assert.deepEqual([exit, stdout, configuration(there)], [0, stopped, {}])
  })

  it('are written where the keys stand, and are nothing to set where they are so already', async () => {
    const nested = {
      'state.savepoints.dir': null,
      execution: { checkpointing: { 'savepoint-dir': 's3://a' } },
      kubernetes: { operator: { 'savepoint.format.type': 'NATIVE' } },
    }
    const there = oneJob(deployment15({ configuration: nested }))
    await operated(there, 'stop orders --format native --target-directory s3://b --yes')
    assert.deepEqual(
      there.patches.map(spec => spec['flinkConfiguration']),
      [
        { execution: { checkpointing: { 'savepoint-dir': 's3://b' } } },
        { execution: { checkpointing: { 'savepoint-dir': 's3://a' } } },
      ],
    )
  })

  it('of a session job are said under both names of the directory: its cluster may have used either', async () => {
    const there = oneJob(
      deployment15({ kind: 'FlinkSessionJob', configuration: { 'state.savepoints.dir': null } }),
    )
    const { exit } = await operated(there, 'stop sessionjob/orders --target-directory s3://b --yes')
    assert.equal(exit, 0)
    assert.deepEqual(
      there.patches.map(spec => spec['flinkConfiguration']),
      [
        { 'execution.checkpointing.savepoint-dir': 's3://b', 'state.savepoints.dir': 's3://b' },
        { 'execution.checkpointing.savepoint-dir': null, 'state.savepoints.dir': null },
      ],
    )
  })

  it('are put back by resume where nobody waited for the stop', async () => {
    const there = oneJob(deployment15({ job: { upgradeMode: 'stateless' } }))
    const plan = JSON.parse(
      (await program(there.world, 'stop orders --drain --wait=false --dry-run=client -o json')).stdout,
    ) as { risks: string[] }
    assert.equal(
      plan.risks[1],
      'nobody waits to put spec.flinkConfiguration back once the job is stopped: resume does, and until then every start and stop counts with it',
    )
    assert.equal((await operated(there, 'stop orders --drain --yes --wait=false')).exit, 0)
    assert.equal(configuration(there)[drain], 'true')
    await operated(there, 'history orders')
    const { exit } = await operated(there, 'resume orders --yes')
    assert.deepEqual(
      [exit, configuration(there), annotations(there), jobOf(there.fake)['upgradeMode']],
      [0, { 'state.savepoints.dir': 's3://bucket/orders' }, {}, 'stateless'],
    )
  })

  it('are what resume knows of: that the job was drained, and where it was saved', async () => {
    const there = oneJob(deployment15())
    await operated(there, 'stop orders --drain --target-directory s3://elsewhere --yes')
    const { exit, stdout } = await program(there.world, 'resume orders --dry-run=client -o json')
    const { savepoint, risks } = JSON.parse(stdout) as { savepoint: Fields; risks: string[] }
    assert.deepEqual(
      [exit, savepoint['location'], risks.at(-1)],
      [
        0,
        sp('upgrade-1'),
        'the job was drained: its timers and windows have fired, and it does not go on where it was stopped',
      ],
    )
  })

  it('are left as somebody else has set them meanwhile', async () => {
    const kept = JSON.stringify([
      { key: 'state.savepoints.dir', from: 's3://old', to: 's3://stop' },
      { key: drain, to: 'true' },
    ])
    const there = oneJob(
      deployment15({
        metadata: { annotations: { [annotation]: kept } },
        job: { state: 'suspended' },
        configuration: { 'state.savepoints.dir': 's3://theirs', [drain]: true },
        jobStatus: { state: 'FINISHED', upgradeSavepointPath: sp(1) },
        status: { lifecycleState: 'SUSPENDED' },
      }),
    )
    const plan = await program(there.world, 'resume orders --dry-run=client -o json')
    assert.deepEqual((JSON.parse(plan.stdout) as Fields)['changes'], [
      { path: 'spec.job.state', from: 'suspended', to: 'running' },
      { path: 'spec.job.allowNonRestoredState', from: false, to: false },
      { path: `spec.flinkConfiguration['${drain}']`, from: true },
    ])
    const { exit } = await operated(there, 'resume orders --yes')
    assert.deepEqual([exit, annotations(there)], [0, {}])
    assert.equal(configuration(there)['state.savepoints.dir'], 's3://theirs')
  })

  it('of an earlier stop do not count for the next one, which did not ask for them', async () => {
    const kept = JSON.stringify([{ key: drain, to: 'true' }])
    const there = oneJob(
      deployment15({ metadata: { annotations: { [annotation]: kept } }, configuration: { [drain]: 'true' } }),
    )
    const problems = JSON.parse((await program(there.world, 'status orders -o json')).stdout) as Fields
    assert.deepEqual((problems['problems'] as string[]).slice(1), [
      `spec.flinkConfiguration still has what a stop has set for itself: ${drain}; each change of the spec drains the job now; annotation flinksp/stop-settings has the values from before`,
    ])
    const { exit } = await operated(there, 'stop orders --yes')
    assert.deepEqual([exit, there.patches[0]?.['flinkConfiguration']], [0, { [drain]: null }])
    assert.deepEqual([there.patches.length, annotations(there)], [1, {}])
  })

  it('are no way to have anything else set: the annotation is read as hostile', async () => {
    for (const kept of [
      'nonsense',
      '{}',
      '[null, 3, "x"]',
      JSON.stringify([{ key: 'high-availability.type', from: 'none', to: 'kubernetes' }]),
      JSON.stringify([{ key: drain, from: { evil: 1 }, to: ['true'] }]),
    ]) {
      const there = oneJob(
        deployment15({
          metadata: { annotations: { [annotation]: kept } },
          configuration: { 'high-availability.type': 'kubernetes', [drain]: 'true' },
        }),
      )
      assert.equal((await operated(there, 'stop orders --yes')).exit, 0)
      assert.deepEqual(
        [configuration(there)['high-availability.type'], configuration(there)[drain]],
        ['kubernetes', 'true'],
        kept,
      )
    }
  })

  it('stay where they cannot be put back, which is said with the command that does it', async () => {
    const refused = refusal(403, 'Forbidden', 'not you')
    const there = oneJob(deployment15(), { refused })
    const { exit, stderr } = await operated(there, 'stop orders --drain --yes')
    assert.deepEqual(
      [exit, stderr.slice(-4)],
      [
        1,
        [
          'Error from server (Forbidden): not you',
          'what was set for the stop stays in spec.flinkConfiguration of flinkdeployment/orders, until resume puts it back',
          `to put it back now: kubectl patch flinkdeployment/orders -n default --type=merge -p '{"metadata":{"annotations":{"flinksp/stop-settings":null}},"spec":{"flinkConfiguration":{"${drain}":null}}}'`,
          `the job was stopped with savepoint: ${sp('upgrade-1')}`,
        ],
      ],
    )
  })

  it('are not waited for with a suspension that somebody else has asked for', async () => {
    const there = oneJob(
      deployment15({
        job: { state: 'suspended' },
        reconciled: { state: 'running' },
        metadata: { generation: 2 },
        status: { observedGeneration: 1 },
      }),
    )
    const { exit, stderr } = await program(there.world, 'stop orders --drain --yes')
    assert.deepEqual(
      [exit, stderr.split('\n')[0]],
      [
        1,
        'error: cannot stop flinkdeployment/orders with a savepoint: it is being suspended already, in another way',
      ],
    )
  })

  it('are in the command that takes a stop back', async () => {
    const there = oneJob(deployment15({ job: { upgradeMode: 'last-state' } }))
    const ended = program(there.world, 'stop orders --drain --yes --timeout 1m')
    const { exit, stderr } = await awake(there.world, ended)
    assert.deepEqual(
      [exit, stderr.split('\n').filter(Boolean).at(-1)],
      [
        4,
        `to take the request back: kubectl patch flinkdeployment/orders -n default --type=merge -p '{"metadata":{"annotations":{"flinksp/upgrade-mode":null,"flinksp/stop-settings":null}},"spec":{"job":{"state":"running","upgradeMode":"last-state"},"flinkConfiguration":{"${drain}":null}}}'`,
      ],
    )
  })
})
