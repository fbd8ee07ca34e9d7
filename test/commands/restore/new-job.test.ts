import assert from 'node:assert/strict'
import { Failure } from '../../../src/domain/failure.ts'
import { type Fields, fieldsAt } from '../../../src/domain/fields.ts'
import { refusal } from '../../support/fake-cluster.ts'
import { spotifyCluster } from '../../support/flink-clusters.ts'
import { program } from '../../support/program.ts'
import { recordOf } from '../history/samples.ts'
import { configMap, entries, key, scene, sp, taken } from '../take/samples.ts'
import { created, flinkAt, orders, refusalOf, refused, restored, sticky, writes } from './recreations.ts'

const other = 'FlinkCluster/default/orders-2'
const otherMap = 'ConfigMap/default/flinksp-flinkcluster-orders-2'
function withProperties(flinkProperties: Fields): Fields {
  const { spec, ...rest } = taken()
  return { ...rest, spec: { ...(spec as Fields), flinkProperties } }
}

describe('restore --to-new', () => {
  it('creates a job like this one under another name, leaves this one alone, and proves where the new one came from', async () => {
    const { exit, stdout, stderr, fake } = await created(
      'restore orders latest --to-new orders-2 --yes --verify=false',
    )
    assert.deepEqual(
      { exit, stdout, stderr, requests: fake.requests },
      {
        exit: 0,
        stdout: restored(),
        stderr: [sticky(1, 'orders-2')],
        requests: [
          ...[`get ${key}`, `get ${configMap}`],
          `get ${other}`,
          ...[`create ${other}`, `get ${otherMap}`, `create ${otherMap}`],
          `watch ${other}`,
          ...[`get ${otherMap}`, `update ${otherMap}`],
        ],
      },
    )
    assert.deepEqual(fake.object({ ...orders, name: 'orders-2' })?.spec, {
      job: { savepointsDir: 'gs://bucket/orders', fromSavepoint: sp(1), allowNonRestoredState: false },
    })
    assert.deepEqual(fake.object(orders)?.body['spec'], taken()['spec'])
    assert.deepEqual(entries(fake), [])
  })

  it('prints the new job with json, whose uid it is, and how it went', async () => {
    const { stdout, fake } = await created(
      'restore orders latest --to-new orders-2 --yes -o json --verify=false',
    )
    const { kind, way, job, state, proof } = JSON.parse(stdout)
    assert.deepEqual(
      { kind, way, job, state, proof },
      {
        kind: 'Restore',
        way: 'create',
        job: {
          ...orders,
          name: 'orders-2',
          uid: fake.object({ ...orders, name: 'orders-2' })?.metadata.uid,
        },
        state: 'Restored',
        proof: { operator: true, rest: true },
      },
    )
  })

  it('is recorded for the new job', async () => {
    const { fake } = await created('restore orders latest --to-new orders-2 --yes --verify=false')
    const record = fake.object({
      apiVersion: 'v1',
      kind: 'ConfigMap',
      namespace: 'default',
      name: 'flinksp-flinkcluster-orders-2',
    })
    const [entry, ...more] = String(fieldsAt(record?.body ?? {}, 'data')['entries'])
      .trim()
      .split('\n')
    const { uid, state, target, changes } = JSON.parse(entry ?? '')
    assert.deepEqual(
      { uid, state, target, more, name: changes[0] },
      {
        uid: fake.object({ ...orders, name: 'orders-2' })?.metadata.uid,
        state: 'Restored',
        target: sp(1),
        more: [],
        name: { path: 'metadata.name', from: 'orders', to: 'orders-2' },
      },
    )
  })

  it('makes a copy that belongs to nobody: not to an owner, nor to Argo CD, Flux or Helm', async () => {
    const metadata = {
      ownerReferences: [{ apiVersion: 'v1', kind: 'ConfigMap', name: 'team', uid: 'u', controller: true }],
      finalizers: ['team.example.com/keep'],
      labels: { team: 'a', 'argocd.argoproj.io/instance': 'x', 'kustomize.toolkit.fluxcd.io/name': 'y' },
      annotations: { pager: 'b', 'meta.helm.sh/release-name': 'z', 'argocd.argoproj.io/tracking-id': 't' },
    }
    const { exit, stdout } = await created(
      'restore orders latest --to-new orders-2 --manifest -o json --verify=false',
      {
        objects: [taken(spotifyCluster, { metadata })],
      },
    )
    assert.deepEqual(
      [exit, JSON.parse(stdout).metadata],
      [0, { name: 'orders-2', namespace: 'default', labels: { team: 'a' }, annotations: { pager: 'b' } }],
    )
  })

  for (const [name, why] of [
    [
      '2nd',
      'it has to consist of lower case letters, digits and -, begin with a letter, and end with a letter or digit',
    ],
    [
      'Orders',
      'it has to consist of lower case letters, digits and -, begin with a letter, and end with a letter or digit',
    ],
    [
      '../secrets',
      'it has to consist of lower case letters, digits and -, begin with a letter, and end with a letter or digit',
    ],
    ['o'.repeat(49), 'it is longer than 48 characters'],
  ] as const)
    it(`refuses the name ${name}`, async () => {
      assert.deepEqual(
        await refusalOf(`restore orders latest --to-new ${name} --yes --verify=false`),
        refused(`error: "${name}" is no name for a job: ${why}`),
      )
    })

  it('refuses a name that is taken, by itself too', async () => {
    for (const [name, object] of [
      ['orders-2', taken()],
      ['orders', withProperties({ 'state.checkpoints.dir': 's3://b/c' })],
    ] as const)
      assert.deepEqual(
        await refusalOf(`restore orders latest --to-new ${name} --yes --verify=false`, {
          objects: [object, spotifyCluster({ name: 'orders-2' })],
        }),
        refused(
          `error: flinkcluster/${name} already exists`,
          `to start it from there: kubectl flinksp restore flinkcluster/${name} ${sp(1)} -n default`,
        ),
      )
  })

  it('refuses a copy that would share the checkpoints or the leader of the original', async () => {
    const flinkProperties = {
      'state.checkpoints.dir': 's3://b/checkpoints',
      'high-availability.type': 'kubernetes',
      'kubernetes.cluster-id': 'orders',
    }
    const object = withProperties(flinkProperties)
    assert.deepEqual(
      await refusalOf('restore orders latest --to-new orders-2 --yes --verify=false', { objects: [object] }),
      refused(
        'error: flinkcluster/orders-2 would share the high-availability cluster id orders and the checkpoint directory s3://b/checkpoints with flinkcluster/orders',
        'write its manifest with --manifest > orders-2.yaml, give it its own there, and create it with --filename orders-2.yaml',
      ),
    )
  })

  it('refuses a location that only the record knows, outside of savepointsDir', async () => {
    const planted = recordOf([
      {
        action: 'take',
        uid: 'uid-of-orders',
        state: 'Completed',
        location: 'gs://evil/x',
        completedAt: '2026-03-01T11:59:00Z',
      },
    ])
    const { exit, stderr } = await refusalOf(
      'restore orders gs://evil/x --to-new orders-2 --yes --verify=false',
      {
        objects: [taken(), planted],
      },
    )
    assert.deepEqual([exit, stderr.at(-1)], [1, 'if it is the right one: --allow-unknown-location'])
  })

  it('tells of a creation that is refused that nothing was changed, and of a lost one that it may be there', async () => {
    const denied = refusal(403, 'Forbidden', 'no')
    const lost = new Failure('not-asked', 'Unable to connect to the server: EOF', { cause: new Error('EOF') })
    for (const [error, hint] of [
      [denied, 'nothing was changed'],
      [lost, 'it may have been created all the same'],
    ] as const) {
      const { exit, stderr } = await created('restore orders latest --to-new orders-2 --yes --verify=false', {
        prepare: fake => fake.fail(`create ${other}`, error),
      })
      assert.deepEqual([exit, stderr.slice(-2)], [1, [error.message, hint]])
    }
  })

  it('asks on a terminal, and creates nothing without a yes', async () => {
    const there = scene({ objects: [taken()], flink: flinkAt(1) })
    const terminal = { stdin: true, stderr: true }
    const { exit, stderr } = await program(
      there.world,
      'restore orders latest --to-new orders-2 -q --verify=false',
      {
        terminal,
        answers: ['n'],
      },
    )
    assert.deepEqual([exit, writes(there.fake.requests)], [1, []])
    assert.match(
      stderr,
      /sources are read and sinks are written twice: by flinkcluster\/orders and flinkcluster\/orders-2/,
    )
  })
})
