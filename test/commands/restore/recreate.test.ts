import assert from 'node:assert/strict'
import type { Fields } from '../../../src/domain/fields.ts'
import { refusal } from '../../support/fake-cluster.ts'
import { flinkJobId, spotifyCluster } from '../../support/flink-clusters.ts'
import { program } from '../../support/program.ts'
import { configMap, entries, key, scene, sp, taken } from '../take/samples.ts'
import {
  awake,
  file,
  flinkAt,
  line,
  oldCluster,
  orders,
  recreated,
  states,
  sticky,
  stopped,
  writes,
} from './recreations.ts'

const restored = `flinkcluster.flinkoperator.k8s.io/orders restored from ${sp(1)}\n`
const check = 'FlinkCluster/default/flinksp-check-000000000000'
describe('restore --recreate', () => {
  it('checks with the server, records, keeps the manifest, deletes, waits until all is gone, creates, and proves', async () => {
    const { exit, stdout, stderr, fake, world } = await recreated(line)
    assert.deepEqual(
      { exit, stdout, stderr, requests: fake.requests },
      {
        exit: 0,
        stdout: restored,
        stderr: [`manifest: ${file}`, sticky(1)],
        requests: [
          ...[`get ${key}`, `get ${configMap}`],
          ...[`create ${check} (dry run)`, `delete ${key} (dry run)`],
          'may watch',
          ...[`get ${configMap}`, `create ${configMap}`],
          ...[`delete ${key}`, `watch ${key}`],
          ...['list Pod/default', 'list Service/default'],
          ...[`create ${key}`, `watch ${key}`],
          ...[`get ${configMap}`, `update ${configMap}`],
        ],
      },
    )
    const created = fake.object(orders)
    assert.deepEqual(created?.spec, {
      job: { savepointsDir: 'gs://bucket/orders', fromSavepoint: sp(1), allowNonRestoredState: false },
    })
    assert.deepEqual(world.manifests.files.get(file), {
      apiVersion: orders.apiVersion,
      kind: orders.kind,
      metadata: { name: 'orders', namespace: 'default' },
      spec: created?.spec,
    })
    const known = {
      action: 'restore',
      state: 'Restored',
      target: sp(1),
      requestedAt: '2026-03-01T12:00:00Z',
      completedAt: '2026-03-01T12:00:00Z',
      flinkJobId,
      restartPoint: sp(1),
      changes: [
        { path: 'spec.job.fromSavepoint', to: sp(1) },
        { path: 'spec.job.allowNonRestoredState', to: false },
      ],
    }
    assert.deepEqual(entries(fake), [
      { ...known, uid: 'uid-of-orders' },
      { ...known, uid: created?.metadata.uid },
    ])
  })

  it('lets Flink itself take the safety savepoint where the operator knows only generations, and leaves the object alone meanwhile', async () => {
    const { exit, stderr, fake, rest } = await recreated(
      `${line} --operator gcp-2`,
      { objects: [taken(oldCluster)] },
      oldCluster,
    )
    assert.deepEqual(
      [exit, stderr, writes(fake.requests)],
      [
        0,
        [`safety savepoint: ${sp(2)}`, `manifest: ${file}`, sticky(1)],
        [
          `create ${check} (dry run)`,
          `delete ${key} (dry run)`,
          `create ${configMap}`,
          `update ${configMap}`,
          `delete ${key}`,
          `create ${key}`,
          `update ${configMap}`,
        ],
      ],
    )
    assert.equal(rest.questions.filter(({ ask }) => ask === 'take').length, 1)
    const safe = entries(fake).map(entry => (entry as Fields)['safety'])
    assert.deepEqual(safe, [undefined, sp(2), sp(2)])
  })

  it('is the way where spec.job.cancelRequested is true, and for fields that are misspelled', async () => {
    const job = { cancelRequested: true, savepointGeneration: 3, fromSavePoint: sp(9) }
    const { exit, fake } = await recreated(line, { objects: [stopped(spotifyCluster, { job })] })
    assert.deepEqual(
      [exit, fake.object(orders)?.spec],
      [
        0,
        { job: { savepointsDir: 'gs://bucket/orders', fromSavepoint: sp(1), allowNonRestoredState: false } },
      ],
    )
  })

  it('shows what it will do with --dry-run=client, and asks the server nothing', async () => {
    const { exit, stdout, stderr, fake } = await recreated(
      'restore orders latest --recreate --dry-run=client --verify=false',
    )
    assert.deepEqual(
      { exit, stdout, stderr, requests: fake.requests },
      {
        exit: 0,
        stdout: `\
flinkcluster.flinkoperator.k8s.io/orders would be deleted, and created again from ${sp(1)}
  known from status

Steps:
  1. the job is Failed; its restart point is ${sp(1)}
  2. write its manifest to a file, from which kubectl create can finish the restore whatever happens
  3. delete flinkcluster/orders, and wait until it and what its operator made for it are gone
  4. create it again: start from ${sp(1)}, of unknown age, known from status
  5. the operator creates the cluster and submits the job
  6. wait until the job runs, new, from this location, and Flink's latest.restored says so

Changes:
  FIELD                            FROM     TO
  spec.job.fromSavepoint           <none>   ${sp(1)}
  spec.job.allowNonRestoredState   <none>   false

Risks:
  - between its deletion and its creation there is no job
  - it could be changed in place, without being deleted: leave --recreate out
  - spec.job.fromSavepoint stays set: every later change of the spec starts the job from this savepoint again, until the field is changed or removed
  - what only the status holds is lost with it: savepointLocation and the last failure; savepointGeneration begins at 0 again
`,
        stderr: [],
        requests: [`get ${key}`, `get ${configMap}`],
      },
    )
  })

  for (const dry of [
    refusal(400, 'BadRequest', 'admission webhook "x" does not support dry run'),
    refusal(403, 'Forbidden', 'exceeded quota: one, requested: 1, used: 1, limited: 1'),
  ])
    it(`says that the server could not check beforehand because ${dry.status?.message}`, async () => {
      const { exit, stdout } = await recreated(
        'restore orders latest --recreate --dry-run=server --verify=false',
        {
          prepare: cluster => cluster.fail('create FlinkCluster/default/flinksp-check', dry),
        },
      )
      assert.deepEqual(
        [exit, stdout.split('\n').at(-2)],
        [0, `  - the server could not check the creation beforehand: ${dry.message}`],
      )
    })

  it('needs no nonce where the savepoint stands in the object already', async () => {
    const there = stopped(spotifyCluster, { job: { fromSavepoint: sp(1) } })
    const { exit, fake } = await recreated(line, { objects: [there] })
    const { stdout } = await recreated('restore orders latest --recreate --manifest -o json --verify=false', {
      objects: [there],
    })
    const spec = {
      job: { savepointsDir: 'gs://bucket/orders', fromSavepoint: sp(1), allowNonRestoredState: false },
    }
    assert.deepEqual([exit, fake.object(orders)?.spec, JSON.parse(stdout).spec], [0, spec, spec])
  })

  it('ends once the object is created with --wait=false', async () => {
    const there = scene({ objects: [stopped()], flink: flinkAt(1) })
    const { exit, stdout } = await awake(there.world, program(there.world, `${line} --wait=false`))
    assert.deepEqual(
      [exit, stdout, states(there.fake).map(([, state]) => state)],
      [
        0,
        `flinkcluster.flinkoperator.k8s.io/orders restore from ${sp(1)} requested\n`,
        ['InProgress', 'InProgress'],
      ],
    )
  })

  it('waits until the pods of the old cluster are gone too', async () => {
    const pod = (name: string, labels: Fields): Fields => ({
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { name, namespace: 'default', labels },
    })
    const mine = pod('orders-jobmanager-0', { cluster: 'orders', app: 'flink' })
    const other = pod('payments-jobmanager-0', { cluster: 'payments', app: 'flink' })
    let looks = 0
    const { exit, stderr, fake } = await recreated(line, {
      objects: [stopped(), mine, other],
      prepare: cluster => {
        const look = () => {
          looks += 1
          if (looks === 3)
            cluster.vanish({ ...orders, apiVersion: 'v1', kind: 'Pod', name: 'orders-jobmanager-0' })
          cluster.before('list Pod', look)
        }
        cluster.before('list Pod', look)
      },
    })
    assert.deepEqual(
      [
        exit,
        stderr[1],
        looks >= 3,
        fake.requests.lastIndexOf('list Pod/default') < fake.requests.indexOf(`create ${key}`),
      ],
      [0, 'waiting until what its operator had made is gone: pods/orders-jobmanager-0', true, true],
    )
  })

  it('waits 60 s instead where one may not look at pods', async () => {
    const denied = refusal(403, 'Forbidden', 'pods is forbidden')
    const { exit, stderr, world } = await recreated(line, {
      prepare: cluster => cluster.fail('list Pod', denied),
    })
    assert.deepEqual(
      [exit, stderr[1], world.clock.now() - Date.parse('2026-03-01T12:00:00Z') >= 60_000],
      [
        0,
        `Warning: whether the old cluster is gone cannot be seen, so 60 s are waited: ${denied.message}`,
        true,
      ],
    )
  })
})

describe('restore --recreate of an object that somebody else changes meanwhile', () => {
  const status = { lastUpdateTime: '2026-03-01T12:00:03Z' }

  it('deletes the newer version where only the status is newer', async () => {
    const { exit, fake } = await recreated(line, {
      prepare: cluster =>
        cluster.before(`create ${configMap}`, () => void cluster.put(stopped(spotifyCluster, { status }))),
    })
    assert.deepEqual([exit, fake.requests.filter(one => one === `delete ${key}`).length], [0, 2])
  })

  it('deletes nothing where the spec is another one', async () => {
    const { exit, stderr, fake } = await recreated(line, {
      prepare: cluster =>
        cluster.before(
          `create ${configMap}`,
          () => void cluster.put(stopped(spotifyCluster, { job: { parallelism: 4 } })),
        ),
    })
    assert.deepEqual(
      [exit, stderr, fake.object(orders)?.metadata.uid, states(fake)],
      [
        1,
        [
          `manifest: ${file}`,
          'error: nothing was changed: flinkcluster/orders was changed by somebody else meanwhile; nothing was deleted',
        ],
        'uid-of-orders',
        [['uid-of-orders', 'Unchanged']],
      ],
    )
  })

  it('says who else has created it where that was faster', async () => {
    const { exit, stderr, fake } = await recreated(line, {
      prepare: cluster =>
        cluster.before(`create ${key}`, () => void cluster.put(spotifyCluster({ uid: 'uid-of-argo' }))),
    })
    assert.deepEqual(
      [exit, stderr[1], fake.object(orders)?.metadata.uid],
      [
        3,
        `error: flinkcluster/orders is deleted, and somebody else has created it again meanwhile: Error from server (AlreadyExists): flinkclusters.flinkoperator.k8s.io "orders" already exists; start that one from there: kubectl flinksp restore flinkcluster/orders ${sp(1)} -n default`,
        'uid-of-argo',
      ],
    )
  })
})
