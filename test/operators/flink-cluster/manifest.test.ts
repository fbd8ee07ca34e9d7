import assert from 'node:assert/strict'
import { creating } from '../../../src/operators/flink-cluster/restore/creating.ts'
import { gcpCluster, spotifyCluster } from '../../support/flink-clusters.ts'

const location = 'gs://bucket/orders/savepoint-ef5f05-000000000001'
const wish = { target: { location }, allowNonRestoredState: false }
const control = 'flinkclusters.flinkoperator.k8s.io/user-control'

describe('the manifest of a FlinkCluster to be created', () => {
  it('has the savepoint, and nothing that only the server writes or that would take an unasked savepoint', () => {
    const owner = { apiVersion: 'v1', kind: 'ConfigMap', name: 'team', uid: 'u', controller: true }
    const object = gcpCluster({
      metadata: {
        resourceVersion: '812',
        generation: 4,
        creationTimestamp: '2026-03-01T08:00:00Z',
        deletionTimestamp: '2026-03-01T09:00:00Z',
        deletionGracePeriodSeconds: 0,
        managedFields: [{ manager: 'kubectl' }],
        selfLink: '/apis/x',
        generateName: 'orders-',
        finalizers: ['foregroundDeletion', 'team.example.com/keep'],
        ownerReferences: [owner],
        labels: { team: 'a' },
        annotations: {
          'kubectl.kubernetes.io/last-applied-configuration': '{}',
          [control]: 'job-cancel',
          'team.example.com/pager': 'b',
        },
      },
      job: { savepointGeneration: 7, cancelRequested: true, parallelism: 2, allowNonRestoredState: true },
    })
    assert.deepEqual(creating.manifest(object, wish), {
      apiVersion: 'flinkoperator.k8s.io/v1beta1',
      kind: 'FlinkCluster',
      metadata: {
        name: 'orders',
        namespace: 'default',
        finalizers: ['team.example.com/keep'],
        ownerReferences: [owner],
        labels: { team: 'a' },
        annotations: { 'team.example.com/pager': 'b' },
      },
      spec: {
        job: {
          savepointsDir: 'gs://bucket/orders',
          parallelism: 2,
          fromSavepoint: location,
          allowNonRestoredState: false,
        },
      },
    })
  })

  it('leaves no empty annotations behind', () => {
    const object = spotifyCluster({ metadata: { annotations: { [control]: 'savepoint' } } })
    assert.deepEqual(creating.manifest(object, wish)['metadata'], { name: 'orders', namespace: 'default' })
  })

  it('writes misspelled fields right, unless the right ones are there too', () => {
    const job = {
      fromSavePoint: 'gs://bucket/old',
      autoSavePointSeconds: 300,
      SavepointsDir: 'gs://other',
      savepointgeneration: 3,
    }
    assert.deepEqual(creating.manifest(spotifyCluster({ job }), wish)['spec'], {
      job: {
        savepointsDir: 'gs://bucket/orders',
        autoSavepointSeconds: 300,
        fromSavepoint: location,
        allowNonRestoredState: false,
      },
    })
  })

  it('is a change even where the savepoint stands there already, if it is to be applied', () => {
    const object = spotifyCluster({ job: { fromSavepoint: location, podAnnotations: { a: 'b' } } })
    const nonced = creating.manifest(object, { ...wish, nonce: 'n1' })
    assert.deepEqual(nonced['spec'], {
      job: {
        savepointsDir: 'gs://bucket/orders',
        fromSavepoint: location,
        podAnnotations: { a: 'b', 'flinksp/restore': 'n1' },
        allowNonRestoredState: false,
      },
    })
    assert.deepEqual(
      creating.manifest(spotifyCluster(), { ...wish, nonce: 'n1' }),
      creating.manifest(spotifyCluster(), wish),
    )
  })

  it('does not change the object it is made from', () => {
    const object = spotifyCluster({ job: { savepointGeneration: 1, podAnnotations: { a: 'b' } } })
    const before = structuredClone(object)
    creating.manifest(object, { ...wish, nonce: 'n1' })
    assert.deepEqual(object, before)
  })
})

describe('the name of a FlinkCluster', () => {
  for (const [name, build, reason] of [
    ['orders-2', 'spotify', undefined],
    ['o'.repeat(48), 'spotify', undefined],
    ['o'.repeat(49), 'spotify', 'it is longer than 48 characters'],
    ['o'.repeat(49), 'gcp-9', undefined],
    ['o'.repeat(50), 'gcp-9', 'it is longer than 49 characters'],
    ['o'.repeat(49), undefined, 'it is longer than 48 characters'],
  ] as const)
    it(`${name} on ${build} is ${reason ?? 'good'}`, () =>
      assert.equal(creating.badName(name, build), reason))

  for (const name of ['2nd', '-a', 'a-', 'Orders', 'a.b', 'a_b', 'a/b', 'ä', '..', ''])
    it(`is never ${JSON.stringify(name)}`, () =>
      assert.equal(
        creating.badName(name, 'gcp-9'),
        'it has to consist of lower case letters, digits and -, begin with a letter, and end with a letter or digit',
      ))
})

describe('what two FlinkClusters share', () => {
  const properties = (flinkProperties: object) => ({ spec: { flinkProperties } })
  const zookeeper = { 'high-availability': 'zookeeper' }
  const kubernetes = { 'high-availability.type': 'KUBERNETES' }
  for (const [what, one, other, shared] of [
    ['nothing', {}, {}, []],
    [
      'an HA id that stands for itself',
      { ...zookeeper, 'high-availability.cluster-id': '/a' },
      { ...zookeeper, 'high-availability.cluster-id': '/b' },
      [],
    ],
    [
      'an HA id',
      { ...kubernetes, 'kubernetes.cluster-id': 'a' },
      { ...kubernetes, 'kubernetes.cluster-id': 'a' },
      ['the high-availability cluster id a'],
    ],
    ["ZooKeeper's own id", zookeeper, zookeeper, ['the high-availability cluster id /default']],
    [
      'an id without HA',
      { 'kubernetes.cluster-id': 'a', 'high-availability': 'NONE' },
      { 'kubernetes.cluster-id': 'a' },
      [],
    ],
    [
      'a checkpoint directory, spelled in two ways',
      { 'state.checkpoints.dir': 's3://b/c/' },
      { 'execution.checkpointing.dir': 's3a://b/c' },
      ['the checkpoint directory s3://b/c/'],
    ],
    [
      'two checkpoint directories',
      { 'state.checkpoints.dir': 's3://b/c' },
      { 'state.checkpoints.dir': 's3://b/d' },
      [],
    ],
    [
      'a job id',
      { '$internal.pipeline.job-id': 'f' },
      { '$internal.pipeline.job-id': 'f' },
      ['the job id f'],
    ],
    [
      'values that are no text',
      { 'state.checkpoints.dir': { a: 1 } },
      { 'state.checkpoints.dir': { a: 1 } },
      [],
    ],
  ] as const)
    it(`is ${what}`, () => assert.deepEqual(creating.shared(properties(one), properties(other)), shared))
})
