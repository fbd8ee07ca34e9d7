import assert from 'node:assert/strict'
import type { Fields } from '../../../src/domain/fields.ts'
import { refusal } from '../../support/fake-cluster.ts'
import { until } from '../../support/fakes.ts'
import { gcpCluster } from '../../support/flink-clusters.ts'
import { deployment15 } from '../../support/flink-deployments.ts'
import { type Printed, program } from '../../support/program.ts'
import {
  apacheScene,
  asked,
  deployments,
  flinkClusters,
  operated,
  sessionJobs,
  snapshot,
  snapshots,
  sp,
} from './scene.ts'

const everyKind = [flinkClusters, deployments, sessionJobs, snapshots]
const created = { metadata: { creationTimestamp: '2026-02-01T00:00:00Z' } }
const orders = deployment15({ ...created, jobStatus: { upgradeSavepointPath: sp(1) } })
const clicks = deployment15({ ...created, kind: 'FlinkSessionJob', name: 'clicks', uid: 'uid-of-clicks' })
const kept = { savepoint: { disposeOnDelete: false } }
const earlier = (n: number) => {
  const old = snapshot(n, { at: 10 })
  return { ...old, metadata: { ...old.metadata, creationTimestamp: '2026-01-01T00:00:00Z' } }
}
const taken = [
  snapshot(1, { spec: kept, labels: { 'flinksp/name': 'before-v2' } }),
  snapshot(2, { at: 55, of: 'clicks', kind: 'FlinkSessionJob' }),
  earlier(3),
]

describe('jobs of several kinds at once', () => {
  it('are listed with their snapshots, of which it is said whether deleting them deletes the data', async () => {
    const { world } = apacheScene([orders, clicks, gcpCluster({ name: 'payments' }), ...taken], {
      kinds: everyKind,
    })
    const { stdout } = await program(world, 'history -o wide')
    assert.deepEqual(
      stdout.split('\n').map(line => line.split(/ {2,}/)),
      [
        [
          'JOB',
          'NAME',
          'STATE',
          'TRIGGER',
          'AGE',
          'DURATION',
          'LOCATION',
          'GENERATION',
          'FORMAT',
          'SIZE',
          'CHECKPOINT',
          'SOURCE',
          'ON-DELETE',
        ],
        [
          'flinksessionjob/clicks',
          '-',
          'Completed',
          'manual',
          '4m58s',
          '2s',
          sp(2, 'clicks'),
          '-',
          '-',
          '-',
          '-',
          'snapshots',
          'dispose',
        ],
        [
          'flinkdeployment/orders',
          '*before-v2',
          'Completed',
          'manual',
          '9m58s',
          '2s',
          sp(1),
          '-',
          '-',
          '-',
          '-',
          'status,snapshots',
          'keep',
        ],
        [
          'flinkdeployment/orders',
          '-',
          'Completed',
          'manual',
          '49m',
          '2s',
          sp(3),
          '-',
          '-',
          '-',
          '-',
          'snapshots',
          'dispose',
        ],
        [''],
      ],
    )
  })

  it('have the savepoints of their snapshots in status, those of an earlier object left out', async () => {
    const { world, fake } = apacheScene([
      orders,
      clicks,
      earlier(3),
      snapshot(2, { at: 55, of: 'clicks', kind: 'FlinkSessionJob' }),
    ])
    const many = JSON.parse((await program(world, 'status -o json')).stdout) as { items: Fields[] }
    const requests = fake.requests.splice(0)
    const one = JSON.parse((await program(world, 'status clicks -o json')).stdout) as Fields
    const last = ({ lastSavepoint }: Fields) => (lastSavepoint as Fields | undefined)?.['location']
    assert.deepEqual([many.items.map(last), last(one)], [[sp(2, 'clicks'), undefined], sp(2, 'clicks')])
    assert.deepEqual(requests.toSorted(), [
      'list ConfigMap/default',
      'list FlinkDeployment/default',
      'list FlinkSessionJob/default',
      'list FlinkStateSnapshot/default',
    ])
  })

  it('are listed without the kind that one may not list, after a warning', async () => {
    for (const [line, first] of [
      ['history -o name', sp(1)],
      ['status', 'NAME'],
      ['take --all --dry-run=client', 'flinkdeployment.flink.apache.org/orders'],
    ] as const) {
      const { world, fake } = apacheScene([orders, ...taken], { kinds: everyKind })
      fake.fail('list FlinkCluster', refusal(403, 'Forbidden', 'flinkclusters is forbidden'))
      const { exit, stdout, stderr } = await program(world, line)
      assert.deepEqual(
        [exit, stdout.startsWith(first), stderr],
        [
          0,
          true,
          'Warning: flinkclusters are not in this list: Error from server (Forbidden): flinkclusters is forbidden\n',
        ],
      )
    }
  })

  it('are not listed at all where the kind was named, or none may be listed', async () => {
    for (const line of ['history fc', 'status fc', 'take fc --all --yes']) {
      const { world, fake } = apacheScene([orders], { kinds: everyKind })
      fake.fail('list FlinkCluster', refusal(403, 'Forbidden', 'no'))
      const { exit, stderr } = await program(world, line)
      assert.deepEqual([exit, stderr], [1, 'Error from server (Forbidden): no\n'])
    }
  })

  it('are shown without their snapshots where those may not be listed, which is said', async () => {
    const { world, fake } = apacheScene([orders, ...taken])
    fake.fail('list FlinkStateSnapshot', refusal(403, 'Forbidden', 'no'))
    const history = await program(world, 'history -o name')
    const status = JSON.parse((await program(world, 'status orders -o json')).stdout) as { unknown: Fields[] }
    assert.deepEqual(
      [history.exit, history.stdout, history.stderr, status.unknown[0]],
      [
        0,
        `${sp(1)}\n`,
        'Warning: what FlinkStateSnapshots say is not in this list: Error from server (Forbidden): no\n',
        {
          field: 'lastSavepoint',
          reason: 'Forbidden',
          message: 'what the snapshots of the job say is not known: Error from server (Forbidden): no',
        },
      ],
    )
  })

  it('give no warning where the server has only one of the kinds', async () => {
    for (const line of [
      'history',
      'status',
      'take --all --dry-run=client',
      'history payments',
      'status payments',
    ]) {
      const { world } = apacheScene(
        [gcpCluster({ name: 'payments', jobStatus: { savepointLocation: 'gs://b/sp' } })],
        {
          kinds: [flinkClusters],
        },
      )
      const { exit, stderr } = await program(world, `${line} -q`)
      assert.deepEqual([exit, stderr], [0, ''])
    }
  })

  it('take --operator for the kind that it is of', async () => {
    const { world } = apacheScene([orders, gcpCluster({ name: 'payments' })], { kinds: everyKind })
    assert.equal((await program(world, 'status --operator gcp-9 -q')).exit, 0)
    assert.equal((await program(world, 'history --operator gcp-9 -q')).exit, 0)
    const { exit, stderr } = await program(world, 'history orders --operator gcp-9')
    assert.deepEqual([exit, stderr.split('\n')[0]], [2, 'error: --operator: gcp-9 serves no FlinkDeployment'])
  })
})

describe('status of one FlinkDeployment', () => {
  it('has the failure that its Events alone tell of, and how far the operator is', async () => {
    const job = deployment15({ ...created, uid: 'uid-of-orders', status: { lifecycleState: 'UPGRADING' } })
    const event = {
      apiVersion: 'v1',
      kind: 'Event',
      metadata: { name: 'orders.1', namespace: 'default' },
      involvedObject: { kind: 'FlinkDeployment', name: 'orders', uid: 'uid-of-orders' },
      type: 'Warning',
      reason: 'SavepointError',
      message: 'Savepoint failed for savepointTriggerNonce: 3',
      firstTimestamp: '2026-03-01T11:59:00Z',
      lastTimestamp: '2026-03-01T11:59:00Z',
      count: 1,
    }
    const { world } = apacheScene([job, event])
    const { problems } = JSON.parse((await program(world, 'status orders -o json')).stdout) as Fields
    assert.deepEqual(problems, [
      'the last savepoint failed 60s ago: Savepoint failed for savepointTriggerNonce: 3',
      'the operator knows no savepoint to start from: a failure that Flink cannot mend by itself would cost all state; kubectl flinksp take orders',
      'lifecycleState is UPGRADING: the operator is not done with the last change',
    ])
  })
})

describe('--watch', () => {
  async function watched(
    line: string,
    act: (scene: ReturnType<typeof apacheScene>, printed: Printed) => Promise<void>,
  ) {
    const scene = apacheScene([orders, clicks, snapshot(1)])
    const printed = { stdout: '', stderr: '' }
    const ended = program(scene.world, line, { printed })
    await until(() => scene.fake.requests.filter(each => each.startsWith('watch ')).length > 1)
    await act(scene, printed)
    scene.world.interrupt()
    await ended
    return scene.fake.requests.filter(each => each.startsWith('watch '))
  }
  const running = ({ status: _, ...rest }: Fields) => ({ ...rest, status: { state: 'IN_PROGRESS' } })

  it('of history tells of each snapshot once, as it completes, in one watch for all', async () => {
    const watches = await watched('history -q -o name --watch', async ({ fake }, printed) => {
      assert.equal(printed.stdout, `${sp(1)}\n`)
      fake.put(running(snapshot(5, { at: 58 })))
      fake.put(snapshot(5, { at: 58 }))
      fake.put(snapshot(5, { at: 58, labels: { seen: 'again' } }))
      fake.put(snapshot(6, { of: 'gone', at: 58 }))
      fake.put(snapshot(7, { of: 'clicks', kind: 'FlinkSessionJob', at: 59 }))
      await until(() => printed.stdout.includes(sp(7, 'clicks')))
      assert.equal(printed.stdout, `${sp(1)}\n${sp(5)}\n${sp(7, 'clicks')}\n`)
    })
    assert.deepEqual(watches.toSorted(), [
      'watch FlinkDeployment/default',
      'watch FlinkSessionJob/default',
      'watch FlinkStateSnapshot/default',
    ])
  })

  it('of one job follows its snapshots alone', async () => {
    await watched('history flinkdep/orders -q -o name --watch', async ({ fake }, printed) => {
      fake.put(snapshot(7, { of: 'clicks', kind: 'FlinkSessionJob', at: 59 }))
      fake.put(snapshot(8, { at: 59 }))
      await until(() => printed.stdout.includes(sp(8)))
      assert.equal(printed.stdout, `${sp(1)}\n${sp(8)}\n`)
    })
  })

  it('of history keeps them in the record with --record', async () => {
    await watched('history -q -o name --watch --record', async ({ fake }, printed) => {
      fake.put(snapshot(5, { at: 58 }))
      await until(() => printed.stdout.includes(sp(5)))
      const name = 'flinksp-flinkdeployment-orders'
      const record = { apiVersion: 'v1', kind: 'ConfigMap', namespace: 'default', name }
      await until(() => JSON.stringify(fake.object(record)?.body).includes(sp(5)))
    })
  })

  it('of status shows a job again when a snapshot of it is complete', async () => {
    const shown = ({ stdout }: Printed) =>
      stdout
        .split('\n')
        .filter(line => line.includes('/orders'))
        .map(line => line.split(/ {2,}/))
    await watched('status -q --watch', async ({ fake }, printed) => {
      fake.put(running(snapshot(5, { at: 58 })))
      fake.put(snapshot(5, { at: 58 }))
      await until(() => shown(printed).length > 1)
      assert.deepEqual(
        shown(printed).map(([, , savepoint]) => savepoint),
        ['9m58s', '118s'],
      )
    })
  })
})

describe('take --via nonce', () => {
  it('is rehearsed with the server on every release', async () => {
    const there = apacheScene([orders])
    const { exit } = await operated(there, 'take flinkdep/orders --via nonce --dry-run=server')
    assert.deepEqual(
      [exit, asked(there.fake)],
      [0, ['get FlinkDeployment/default/orders', 'patch FlinkDeployment/default/orders (dry run)']],
    )
  })
})
