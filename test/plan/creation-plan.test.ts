import assert from 'node:assert/strict'
import { Failure } from '../../src/domain/failure.ts'
import type { Fields } from '../../src/domain/fields.ts'
import { resourceOf } from '../../src/domain/resource.ts'
import type { RestoreTarget } from '../../src/domain/savepoint.ts'
import type { OperatorName } from '../../src/operators/flink-cluster/operator.ts'
import { readFlinkCluster } from '../../src/operators/flink-cluster/read.ts'
import { creating } from '../../src/operators/flink-cluster/restore/creating.ts'
import { restoring } from '../../src/operators/flink-cluster/restore/restoring.ts'
import type { RestoreWish } from '../../src/operators/job-operator.ts'
import { planRecreation } from '../../src/plan/creation-plan.ts'
import { gcpCluster, spotifyCluster } from '../support/flink-clusters.ts'

const location = 'gs://bucket/orders/savepoint-ef5f05-000000000001'
const newest = 'gs://bucket/orders/savepoint-ef5f05-000000000002'
const job = {
  apiVersion: 'flinkoperator.k8s.io/v1beta1',
  kind: 'FlinkCluster',
  namespace: 'default',
  name: 'orders',
  uid: 'uid-of-orders',
}
const target: RestoreTarget = {
  job,
  state: 'Completed',
  type: 'savepoint',
  location,
  completedAt: '2026-03-01T11:00:00Z',
  sources: ['record', 'status'],
}
const nobody = 'between its deletion and its creation there is no job'
const inPlace = 'it could be changed in place, without being deleted: leave --recreate out'
const sticky =
  'spec.job.fromSavepoint stays set: every later change of the spec starts the job from this savepoint again, until the field is changed or removed'
const status =
  'what only the status holds is lost with it: savepointLocation and the last failure; savepointGeneration begins at 0 again'

function planned(
  body: Fields,
  build: OperatorName | undefined,
  more: Partial<RestoreWish> = {},
  safe = 'annotation',
) {
  const resource = resourceOf(body)
  if (!resource) throw new Error('no object')
  const facts = readFlinkCluster(resource, build)
  const wish: RestoreWish = {
    resource,
    facts,
    build,
    target,
    allowNonRestoredState: false,
    nonce: 'n1',
    wait: true,
    safety: facts.running,
    allowUnknownLocation: false,
    now: Date.parse('2026-03-01T12:00:00Z'),
    ...more,
  }
  const manifest = creating.manifest(body, { target: wish.target, allowNonRestoredState: false })
  return planRecreation({ wish, creating, restoring, manifest, safe })
}

function planOf(...args: Parameters<typeof planned>) {
  const plan = planned(...args)
  if (plan instanceof Failure) throw plan
  return plan
}

function refusalOf(...args: Parameters<typeof planned>) {
  const plan = planned(...args)
  return plan instanceof Failure ? [plan.message, ...plan.hints] : 'a plan'
}

describe('the plan of a recreation', () => {
  it('of a running job on GCP tag -2 is this', () => {
    const object = gcpCluster({
      job: { savepointGeneration: 4, autoSavePointSeconds: 300 },
      jobStatus: { savepointLocation: newest, savepointGeneration: 4 },
    })
    assert.deepEqual(planOf(object, 'gcp-2', {}, 'rest'), {
      job,
      way: 'recreate',
      savepoint: target,
      changes: [
        { path: 'spec.job.savepointGeneration', from: 4 },
        { path: 'spec.job.autoSavePointSeconds', from: 300 },
        { path: 'spec.job.autoSavepointSeconds', to: 300 },
        { path: 'spec.job.fromSavepoint', to: location },
        { path: 'spec.job.allowNonRestoredState', to: false },
      ],
      steps: [
        'the job is Running; what it has done until then is kept in the safety savepoint',
        "take a safety savepoint of the running job by Flink's REST API, and wait for it",
        'write its manifest to a file, from which kubectl create can finish the restore whatever happens',
        'delete flinkcluster/orders, and wait until it and what its operator made for it are gone',
        `create it again: start from ${location}, 60m old, known from record, status`,
        'the operator creates the cluster and submits the job',
        "wait until the job runs, new, from this location, and Flink's latest.restored says so",
      ],
      risks: [
        nobody,
        sticky,
        status,
        'spec.job.autoSavePointSeconds is spelled as no operator reads it: it is written right in the manifest',
      ],
    })
  })

  it('says where the object could be changed in place', () => {
    assert.deepEqual(planOf(spotifyCluster(), 'spotify').risks, [nobody, inPlace, sticky, status])
    assert.deepEqual(planOf(spotifyCluster({ job: { savepointsDir: '' } }), 'spotify').risks, [
      nobody,
      sticky,
      status,
    ])
  })

  it('says what is lost without a safety savepoint', () => {
    assert.ok(
      planOf(gcpCluster(), 'gcp-2', { safety: false }).risks.includes(
        'no safety savepoint is taken: what the job did since its last savepoint is lost',
      ),
    )
  })

  for (const [who, metadata, risk] of [
    [
      'Argo CD',
      { annotations: { 'argocd.argoproj.io/tracking-id': 'x' } },
      'Argo CD owns this object, and may create it again before this does, without the savepoint: stop it first',
    ],
    [
      'a controller',
      {
        ownerReferences: [
          { kind: 'Team', name: 'a' },
          { kind: 'FlinkApp', name: 'orders', controller: true },
        ],
      },
      'its ownerReferences are kept: FlinkApp/orders owns it, and may create it again by itself',
    ],
    [
      'finalizers',
      { finalizers: ['a/b', 'c/d'] },
      'it is gone only once its finalizers are taken away by those who put them there: a/b, c/d',
    ],
  ] as const)
    it(`says that ${who} may be in the way`, () => {
      assert.deepEqual(planOf(gcpCluster({ metadata }), 'gcp-2').risks, [nobody, sticky, status, risk])
    })

  it('says that the metadata of high availability may win', () => {
    const { spec, ...rest } = gcpCluster()
    const flinkProperties = { 'high-availability': 'zookeeper' }
    assert.deepEqual(
      planOf({ ...rest, spec: { ...(spec as Fields), flinkProperties } }, 'gcp-2').risks.at(-1),
      'high availability is on: its metadata of the old job may win over the savepoint',
    )
  })
})

describe('a recreation that cannot be', () => {
  it('is one of a session cluster, which would become a job', () => {
    assert.deepEqual(refusalOf({ ...spotifyCluster(), spec: {} }, 'spotify'), [
      `error: cannot restore flinkcluster/orders from ${location}: it is a session cluster, whose jobs the operator does not know`,
    ])
  })

  it('is one of an object that is being deleted', () => {
    assert.deepEqual(
      refusalOf(gcpCluster({ metadata: { deletionTimestamp: '2026-03-01T11:59:00Z' } }), 'gcp-2'),
      [
        `error: cannot restore flinkcluster/orders from ${location}: it is being deleted`,
        'once it is gone: --filename MANIFEST creates it again',
      ],
    )
  })

  it('is one from a location that no source knows', () => {
    assert.deepEqual(refusalOf(gcpCluster(), 'gcp-2', { target: { location: 'gs://x/y' } }), [
      'error: cannot restore flinkcluster/orders from gs://x/y: no source knows this location',
      'if it is the right one: --allow-unknown-location',
    ])
  })
})
