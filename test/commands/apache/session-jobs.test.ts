import assert from 'node:assert/strict'
import { type Fields, fieldsAt, textAt } from '../../../src/domain/fields.ts'
import { deployment15 } from '../../support/flink-deployments.ts'
import { program } from '../../support/program.ts'
import { type ApacheScene, apacheScene, asked, jobOf, operated, snapshot, sp } from './scene.ts'

const kind = 'FlinkSessionJob'
const created = { metadata: { creationTimestamp: '2026-02-01T00:00:00Z' } }
const printed = 'flinksessionjob.flink.apache.org/orders'
const clicks = (parts: object = {}) => deployment15({ kind, ...created, ...parts })

/** What every patch of spec.job said. */
function patched(there: ApacheScene): Fields[] {
  const { fake } = there
  const jobs: Fields[] = []
  const write = fake.write.bind(fake)
  fake.write = async (wanted, options) => {
    if (wanted.ref.kind === kind) jobs.push(fieldsAt(wanted.body as Fields, 'spec', 'job'))
    return await write(wanted, options)
  }
  return jobs
}

describe('a FlinkSessionJob', () => {
  it('is taken by a snapshot that names its kind, and the directory that is its own', async () => {
    const there = apacheScene([clicks()])
    const { exit, stdout } = await operated(there, 'take sessionjob/orders -o name')
    assert.deepEqual([exit, stdout], [0, `${sp('taken-1')}\n`])
    const [made] = there.fake.all('FlinkStateSnapshot')
    assert.deepEqual(fieldsAt(made?.spec ?? {}, 'jobReference'), { kind, name: 'orders' })
    assert.equal(fieldsAt(made?.spec ?? {}, 'savepoint')['path'], 's3://bucket/orders')
    const elsewhere = apacheScene([clicks({ configuration: { 'state.savepoints.dir': null } })])
    await operated(elsewhere, 'take sessionjob/orders -o name')
    const [its] = elsewhere.fake.all('FlinkStateSnapshot')
    assert.deepEqual(fieldsAt(its?.spec ?? {}, 'savepoint'), { disposeOnDelete: false })
  })

  it('is restored with the path and the nonce in one patch: a nonce without a path would start it empty', async () => {
    const there = apacheScene([clicks(), snapshot(1, { kind }), snapshot(9, { at: 59 })])
    const jobs = patched(there)
    const restored = await operated(there, 'restore sessionjob/orders latest --yes')
    const undone = await operated(there, 'restore sessionjob/orders --undo --yes')
    assert.deepEqual(
      [restored.exit, restored.stdout, undone.exit, undone.stdout],
      [0, `${printed} restored from ${sp(1)}\n`, 0, `${printed} restored from ${sp('taken-1')}\n`],
    )
    assert.deepEqual(
      jobs.map(({ initialSavepointPath, savepointRedeployNonce }) => [
        initialSavepointPath,
        savepointRedeployNonce,
      ]),
      [
        [sp(1), 1],
        [sp('taken-1'), 2],
      ],
    )
  })

  it('has lost its state where somebody took the path away: the operator starts it empty, which is told at once', async () => {
    const there = apacheScene([clicks(), snapshot(1, { kind })])
    const { fake } = there
    const write = fake.write.bind(fake)
    // Somebody takes the path away before the operator looks: DefaultValidator.java lets a session job through so.
    fake.write = async (wanted, options) => {
      const after = await write(wanted, options)
      const { body, spec } = after.object
      if (wanted.ref.kind !== kind) return after
      const { initialSavepointPath: _, ...job } = fieldsAt(spec, 'job')
      fake.put({ ...body, spec: { ...spec, job } })
      return after
    }
    const { exit, stdout, stderr } = await operated(there, 'restore sessionjob/orders latest --yes')
    assert.deepEqual(
      [exit, stdout, stderr.filter(line => line.startsWith('error: '))],
      [
        3,
        '',
        [
          `error: flinksessionjob/orders was not restored from ${sp(1)}: the operator has started it without any savepoint: spec.job.initialSavepointPath was changed by somebody else meanwhile`,
        ],
      ],
    )
  })

  it('is stopped and resumed with its session cluster left alone', async () => {
    const there = apacheScene([clicks({ job: { upgradeMode: 'last-state' } })])
    const plan = JSON.parse(
      (await program(there.world, 'stop sessionjob/orders --dry-run=client -o json')).stdout,
    ) as { steps: string[] }
    assert.equal(plan.steps[2], 'the session cluster goes on')
    const stopped = await operated(there, 'stop sessionjob/orders --yes')
    const resumed = await operated(there, 'resume sessionjob/orders --yes')
    assert.deepEqual(
      [stopped.stdout, resumed.stdout],
      [
        `${printed} stopped with savepoint: ${sp('upgrade-1')}\n`,
        `${printed} resumed from ${sp('upgrade-1')}\n`,
      ],
    )
    assert.deepEqual(jobOf(there.fake, 'orders', kind), {
      state: 'running',
      upgradeMode: 'last-state',
      allowNonRestoredState: false,
    })
    assert.deepEqual(
      asked(there.fake).filter(each => /FlinkDeployment/.test(each)),
      [],
    )
  })

  it('is stopped without a directory of its own: its session cluster may have one', async () => {
    const there = apacheScene([clicks({ configuration: { 'state.savepoints.dir': null } })])
    const { exit, stdout } = await operated(there, 'stop sessionjob/orders --yes')
    assert.deepEqual([exit, stdout], [0, `${printed} stopped with savepoint: ${sp('upgrade-1')}\n`])
  })

  it('is created again in the same session cluster, and waited for nothing that is not its own', async () => {
    const there = apacheScene([clicks(), snapshot(1, { kind })])
    const { exit, stdout } = await operated(there, 'restore sessionjob/orders latest --recreate --yes')
    assert.deepEqual([exit, stdout], [0, `${printed} restored from ${sp(1)}\n`])
    const after = there.fake.all(kind)[0]
    assert.deepEqual(
      [textAt(after?.spec ?? {}, 'deploymentName'), textAt(after?.spec ?? {}, 'job', 'initialSavepointPath')],
      ['session', sp(1)],
    )
    assert.deepEqual(
      asked(there.fake).filter(each => /Pod|Service|Deployment\//.test(each)),
      [],
    )
  })

  it('is one of two of a name with a FlinkDeployment, each with savepoints of its own', async () => {
    const there = apacheScene([
      deployment15(created),
      clicks({ uid: 'uid-of-session-orders' }),
      snapshot(1),
      { ...snapshot(2, { kind }), metadata: { ...snapshot(2).metadata, name: 'orders-session-2' } },
    ])
    const both = await program(there.world, 'history orders -o name')
    assert.deepEqual(
      [both.exit, (await program(there.world, 'history sessionjob/orders -o name')).stdout],
      [1, `${sp(2)}\n`],
    )
    assert.equal((await program(there.world, 'history flinkdep/orders -o name')).stdout, `${sp(1)}\n`)
  })
})
