import assert from 'node:assert/strict'
import { type Fields, fieldsAt } from '../../../src/domain/fields.ts'
import { deployment15, deployment17 } from '../../support/flink-deployments.ts'
import { program } from '../../support/program.ts'
import { apacheScene, asked, jobOf, operated, ordersRef, snapshot, sp } from './scene.ts'

const created = { metadata: { creationTimestamp: '2026-02-01T00:00:00Z' } }
const orders = deployment15(created)
const restored = (n: number | string, name = 'orders') =>
  `flinkdeployment.flink.apache.org/${name} restored from ${sp(n)}\n`
const safety = (n: number) => `safety savepoint: ${sp(`taken-${n}`)}`

describe('a FlinkDeployment is started from a savepoint', () => {
  it('that is a FlinkStateSnapshot, the newest of this object', async () => {
    const earlier = snapshot(3, { at: 55 })
    const old = { ...earlier, metadata: { ...earlier.metadata, creationTimestamp: '2026-01-01T00:00:00Z' } }
    const there = apacheScene([
      orders,
      snapshot(1),
      snapshot(2, { at: 52 }),
      old,
      snapshot(9, { of: 'payments', at: 59 }),
    ])
    assert.deepEqual(await operated(there, 'restore orders latest --yes --verify=false'), {
      exit: 0,
      stdout: restored(2),
      stderr: [safety(1)],
    })
    assert.deepEqual(asked(there.fake), [
      'get FlinkDeployment/default/orders',
      'get FlinkSessionJob/default/orders',
      'list FlinkStateSnapshot/default',
      'create FlinkStateSnapshot/default/orders-flinksp-…',
      'watch FlinkStateSnapshot/default',
      'watch FlinkDeployment/default/orders',
      'patch FlinkDeployment/default/orders',
      'watch FlinkDeployment/default/orders',
    ])
  })

  it('by the name that take gave its FlinkStateSnapshot, without any record', async () => {
    const there = apacheScene([
      orders,
      snapshot(1, { labels: { 'flinksp/name': 'before-v2' } }),
      snapshot(2, { at: 52 }),
    ])
    const { stdout } = await operated(
      there,
      'restore orders before-v2 --yes --safety-savepoint=false --verify=false',
    )
    assert.equal(stdout, restored(1))
  })

  it('and --undo goes back to its safety savepoint, with allowNonRestoredState as it was', async () => {
    const there = apacheScene([orders, snapshot(1)])
    await operated(there, 'restore orders latest --yes --allow-non-restored-state --verify=false')
    const { exit, stdout, stderr } = await operated(there, 'restore orders --undo --yes --verify=false')
    assert.deepEqual(
      [exit, stdout, stderr.slice(1), jobOf(there.fake)],
      [
        0,
        restored('taken-1'),
        [safety(3)],
        {
          state: 'running',
          upgradeMode: 'savepoint',
          initialSavepointPath: sp('taken-1'),
          savepointRedeployNonce: 2,
          allowNonRestoredState: false,
        },
      ],
    )
  })

  it('by --to-new beside the first, which stays as it is; below a common directory each keeps its own checkpoints', async () => {
    const configuration = { 'state.checkpoints.dir': 's3://bucket/checkpoints' }
    const there = apacheScene([deployment15({ ...created, configuration }), snapshot(1)])
    const { exit, stdout } = await operated(
      there,
      'restore orders latest --to-new orders-2 --yes --verify=false',
    )
    assert.deepEqual(
      [exit, stdout, jobOf(there.fake), jobOf(there.fake, 'orders-2')],
      [
        0,
        restored(1, 'orders-2'),
        { state: 'running', upgradeMode: 'savepoint' },
        {
          state: 'running',
          upgradeMode: 'savepoint',
          initialSavepointPath: sp(1),
          allowNonRestoredState: false,
        },
      ],
    )
  })

  for (const [what, configuration] of [
    [
      'the checkpoint directory s3://bucket/c',
      { 'state.checkpoints.dir': 's3://bucket/c', 'state.checkpoints.create-subdir': false },
    ],
    [
      'the high-availability cluster id shop',
      { 'high-availability.type': 'kubernetes', 'high-availability.cluster-id': 'shop' },
    ],
  ] as const)
    it(`by --to-new, unless both would share ${what}`, async () => {
      const there = apacheScene([deployment15({ ...created, configuration }), snapshot(1)])
      const { exit, stderr } = await operated(
        there,
        'restore orders latest --to-new orders-2 --yes --verify=false',
      )
      assert.deepEqual(
        [exit, stderr[0]],
        [1, `error: flinkdeployment/orders-2 would share ${what} with flinkdeployment/orders`],
      )
    })

  it('by --filename, out of a manifest with nonces that would act unasked', async () => {
    const job = { savepointTriggerNonce: 7, savepointRedeployNonce: 3, upgradeMode: 'savepoint' }
    const { status: _, ...manifest } = deployment15({ name: 'orders-v2', job })
    const there = apacheScene([orders, snapshot(1)], { files: { 'v2.yaml': manifest } })
    const { exit, stdout } = await operated(
      there,
      'restore orders latest --filename v2.yaml --yes --verify=false',
    )
    assert.deepEqual(
      [exit, stdout, jobOf(there.fake, 'orders-v2')],
      [
        0,
        restored(1, 'orders-v2'),
        {
          state: 'running',
          upgradeMode: 'savepoint',
          initialSavepointPath: sp(1),
          allowNonRestoredState: false,
        },
      ],
    )
  })

  it('by --recreate: its manifest is kept, and what was made for it is gone before it is created again', async () => {
    const there = apacheScene([orders, snapshot(1)])
    assert.deepEqual(await operated(there, 'restore orders latest --recreate --yes --verify=false'), {
      exit: 0,
      stdout: restored(1),
      stderr: [safety(1), 'manifest: /here/orders-restore.yaml'],
    })
    assert.deepEqual(asked(there.fake).slice(5), [
      'create FlinkStateSnapshot/default/orders-flinksp-…',
      'watch FlinkStateSnapshot/default',
      'watch FlinkDeployment/default/orders',
      'delete FlinkDeployment/default/orders',
      'watch FlinkDeployment/default/orders',
      'list Deployment/default',
      'list Pod/default',
      'list Service/default',
      'create FlinkDeployment/default/orders',
      'watch FlinkDeployment/default/orders',
    ])
    const kept = there.world.manifests.files.get('/here/orders-restore.yaml')
    assert.deepEqual(fieldsAt(kept ?? {}, 'spec', 'job'), jobOf(there.fake))
  })

  it('by --recreate, whose plan names only the finalizers that the operator does not take away by itself', async () => {
    const finalizers = ['flinkdeployments.flink.apache.org/finalizer', 'shop.example.com/billing']
    const job = deployment15({ metadata: { ...created.metadata, finalizers } })
    const { world } = apacheScene([job, snapshot(1)])
    const { stdout } = await program(world, 'restore orders latest --recreate --dry-run=client')
    assert.deepEqual(stdout.match(/it is gone only once.*/g), [
      'it is gone only once its finalizers are taken away by those who put them there: shop.example.com/billing',
    ])
  })

  it('of operator 1.7 only by --recreate, whose command is named', async () => {
    const info = { lastSavepoint: { location: sp(1), timeStamp: 1_772_362_800_000, triggerType: 'MANUAL' } }
    const there = apacheScene([deployment17({ info })])
    const { exit, stderr } = await operated(there, 'restore orders latest --yes --verify=false')
    assert.deepEqual(
      [exit, stderr, there.fake.requests.filter(each => /^(patch|create|delete)/.test(each))],
      [
        1,
        [
          `error: cannot restore flinkdeployment/orders from ${sp(1)}: its operator (up to 1.7) starts no job that exists from another savepoint: it has to be deleted and created again`,
          `delete it and create it again: kubectl flinksp restore flinkdeployment/orders ${sp(1)} -n default --recreate`,
        ],
        [],
      ],
    )
  })
})

describe('a FlinkDeployment is stopped and resumed', () => {
  for (const upgradeMode of ['savepoint', 'last-state', 'stateless'])
    it(`with upgradeMode ${upgradeMode}, which it has again afterwards`, async () => {
      const there = apacheScene([deployment15({ ...created, job: { upgradeMode } })])
      const stopped = await operated(there, 'stop orders --yes -q')
      const status = JSON.parse((await program(there.world, 'status orders -o json')).stdout) as Fields
      const resumed = await operated(there, 'resume orders --yes -q')
      assert.deepEqual(
        [
          stopped.exit,
          stopped.stdout,
          status['restartPoint'] !== undefined,
          status['origin'],
          resumed.exit,
          resumed.stdout,
        ],
        [
          0,
          `flinkdeployment.flink.apache.org/orders stopped with savepoint: ${sp('upgrade-1')}\n`,
          true,
          undefined,
          0,
          `flinkdeployment.flink.apache.org/orders resumed from ${sp('upgrade-1')}\n`,
        ],
      )
      assert.deepEqual(jobOf(there.fake), { state: 'running', upgradeMode, allowNonRestoredState: false })
      assert.deepEqual(there.fake.object(ordersRef)?.metadata.annotations, {})
    })
})

describe('a FlinkDeployment that somebody has suspended with its last state', () => {
  const suspended = deployment15({
    ...created,
    job: { state: 'suspended', upgradeMode: 'last-state' },
    jobStatus: { state: 'FINISHED', upgradeSavepointPath: sp(1) },
    status: { lifecycleState: 'SUSPENDED', jobManagerDeploymentStatus: 'MISSING' },
  })

  it('is not resumed from the savepoint of before, and it is said how it goes on', async () => {
    const there = apacheScene([suspended, snapshot(1)])
    const { exit, stdout, stderr } = await program(there.world, 'resume orders --yes')
    assert.deepEqual(
      [exit, stdout, stderr.split('\n')],
      [
        1,
        '',
        [
          'error: cannot resume flinkdeployment/orders: it was suspended with its last state (upgradeMode last-state), which is no savepoint',
          `to go on from there: kubectl patch flinkdeployment/orders -n default --type=merge -p '{"spec":{"job":{"state":"running"}}}'`,
          'to give it up for a savepoint: kubectl flinksp restore flinkdeployment/orders SAVEPOINT -n default',
          '',
        ],
      ],
    )
  })

  it('is restored by a redeployment, whose plan says that the last state is given up', async () => {
    const there = apacheScene([suspended, snapshot(1)])
    const { exit, stdout } = await program(there.world, 'restore orders latest --dry-run=client -o json')
    const { changes, risks } = JSON.parse(stdout) as { changes: Fields[]; risks: string[] }
    assert.deepEqual(
      [exit, changes.map(({ path }) => path)],
      [
        0,
        [
          'spec.job.initialSavepointPath',
          'spec.job.savepointRedeployNonce',
          'spec.job.state',
          'spec.job.allowNonRestoredState',
        ],
      ],
    )
    assert.ok(
      risks.includes(
        'the job was suspended with its last state, which no savepoint has: the restore deletes it, and there is no way back to it',
      ),
      String(risks),
    )
  })
})

describe('many FlinkDeployments', () => {
  const jobs = [orders, deployment15({ name: 'payments', ...created })]

  it('are taken by --all, each by a snapshot of its own', async () => {
    const there = apacheScene([...jobs, deployment15({ name: 'session', job: null })])
    const { exit, stdout, stderr } = await operated(there, 'take --all --yes -o name')
    assert.deepEqual(
      [exit, stdout, stderr],
      [
        0,
        `${sp('taken-1')}\n${sp('taken-2', 'payments')}\n`,
        ['flinkdeployment/session is skipped: it is a session cluster'],
      ],
    )
    assert.deepEqual(asked(there.fake).toSorted(), [
      'create FlinkStateSnapshot/default/orders-flinksp-…',
      'create FlinkStateSnapshot/default/payments-flinksp-…',
      'get FlinkDeployment/default/orders',
      'get FlinkDeployment/default/payments',
      'list FlinkDeployment/default',
      'list FlinkSessionJob/default',
      'watch FlinkDeployment/default',
      'watch FlinkStateSnapshot/default',
    ])
  })

  it('are looked at with the snapshots of all in one list', async () => {
    const there = apacheScene([...jobs, snapshot(1), snapshot(2, { of: 'payments', at: 55 })])
    const { stdout } = await program(there.world, 'history -o name')
    assert.equal(stdout, `${sp(1)}\n${sp(2, 'payments')}\n`)
    assert.deepEqual(there.fake.requests.toSorted(), [
      'list ConfigMap/default',
      'list FlinkDeployment/default',
      'list FlinkSessionJob/default',
      'list FlinkStateSnapshot/default',
    ])
  })
})
