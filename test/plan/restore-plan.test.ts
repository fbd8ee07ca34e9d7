import assert from 'node:assert/strict'
import { Failure } from '../../src/domain/failure.ts'
import type { Fields } from '../../src/domain/fields.ts'
import { resourceOf } from '../../src/domain/resource.ts'
import type { RestoreTarget } from '../../src/domain/savepoint.ts'
import type { OperatorName } from '../../src/operators/flink-cluster/operator.ts'
import { readFlinkCluster } from '../../src/operators/flink-cluster/read.ts'
import { restoring } from '../../src/operators/flink-cluster/restore/restoring.ts'
import type { RestoreWish } from '../../src/operators/job-operator.ts'
import { planRestore } from '../../src/plan/restore-plan.ts'
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
  sources: ['record', 'rest'],
}
const sticky =
  'spec.job.fromSavepoint stays set: every later change of the spec starts the job from this savepoint again, until the field is changed or removed'
const blocking =
  'the operator waits for a savepoint that succeeds before it restarts the job; while they fail the restore is blocked, and goes on by itself after a repair'

function wish(
  body: Fields,
  operator: OperatorName | undefined,
  more: Partial<Omit<RestoreWish, 'resource' | 'facts' | 'build'>> = {},
): RestoreWish {
  const resource = resourceOf(body)
  if (!resource) throw new Error('no object')
  const facts = readFlinkCluster(resource, operator)
  return {
    resource,
    facts,
    build: operator,
    target,
    allowNonRestoredState: false,
    nonce: 'n1',
    wait: true,
    safety: facts.running,
    allowUnknownLocation: false,
    now: Date.parse('2026-03-01T12:00:00Z'),
    ...more,
  }
}

function planOf(...args: Parameters<typeof wish>) {
  const plan = planRestore(wish(...args), restoring, 'annotation')
  if (plan instanceof Failure) throw plan
  return plan
}

function refusalOf(...args: Parameters<typeof wish>) {
  const plan = planRestore(wish(...args), restoring, 'annotation')
  return plan instanceof Failure ? { code: plan.code, message: plan.message, hints: plan.hints } : 'a plan'
}

const withSavepoint = { jobStatus: { savepointLocation: newest } }

describe('the plan of a restore', () => {
  it('of a running job on Spotify is this', () => {
    assert.deepEqual(planOf(spotifyCluster(withSavepoint), 'spotify'), {
      job,
      savepoint: target,
      changes: [
        { path: 'spec.job.fromSavepoint', to: location },
        { path: 'spec.job.allowNonRestoredState', from: false, to: false },
      ],
      steps: [
        'the job is Running; what it has done until then is kept in the safety savepoint',
        'take a safety savepoint of the running job by annotation, and wait for it',
        `patch the object: start from ${location}, 60m old, known from record, rest`,
        'the operator deletes the JobManager without a savepoint of its own, creates the cluster again and submits the job',
        "wait until the job runs, new, from this location, and Flink's latest.restored says so",
      ],
      risks: [sticky],
    })
  })

  it('of a running job on GCP tag -9 without a safety savepoint is this', () => {
    assert.deepEqual(planOf(gcpCluster(withSavepoint), 'gcp-9', { safety: false }), {
      job,
      savepoint: target,
      changes: [
        { path: 'spec.job.fromSavepoint', to: location },
        { path: 'spec.job.allowNonRestoredState', from: false, to: false },
      ],
      steps: [
        `the job is Running; what it has done until then is given up, as far as it is newer than ${newest}`,
        `patch the object: start from ${location}, 60m old, known from record, rest`,
        'the operator takes a savepoint of its own unless one is younger than 300 s, cancels the job, replaces the cluster and submits the job',
        "wait until the job runs, new, from this location, and Flink's latest.restored says so",
      ],
      risks: [
        sticky,
        'no safety savepoint is taken: what the job did since its last savepoint is lost',
        blocking,
        'a savepoint younger than 300 s is fresh enough for the operator: up to 5 minutes of work may be lost',
      ],
    })
  })

  it('of a job on Spotify that was cancelled by annotation clears its control first', () => {
    const body = spotifyCluster({
      job: { fromSavepoint: location },
      jobStatus: { state: 'Cancelled', savepointLocation: newest },
      status: { control: { name: 'job-cancel', state: 'Succeeded', updateTime: '2026-03-01T11:30:00Z' } },
    })
    assert.deepEqual(planOf(body, 'spotify'), {
      job,
      savepoint: target,
      changes: [
        {
          path: 'status.control',
          from: { name: 'job-cancel', state: 'Succeeded', updateTime: '2026-03-01T11:30:00Z' },
        },
        { path: 'spec.job.fromSavepoint', from: location, to: location },
        { path: 'spec.job.allowNonRestoredState', from: false, to: false },
        { path: "spec.job.podAnnotations['flinksp/restore']", to: 'n1' },
      ],
      steps: [
        `the job is Cancelled; its restart point is ${newest}`,
        'clear status.control, whose job-cancel would cancel the restored job again',
        `patch the object: start from ${location}, 60m old, known from record, rest`,
        'the operator deletes the JobManager without a savepoint of its own, creates the cluster again and submits the job',
        "wait until the job runs, new, from this location, and Flink's latest.restored says so",
      ],
      risks: [
        sticky,
        'spec.job.fromSavepoint has this value already, which alone is no change: a nonce in podAnnotations makes it one',
        'the job was cancelled by annotation: status.control is cleared first, which needs the right to patch flinkclusters/status',
      ],
    })
  })

  it('of a job that never started, under an operator that cannot be told, is this', () => {
    const unknown: RestoreTarget = { location }
    const body = gcpCluster({ jobStatus: { state: '' } })
    assert.deepEqual(planOf(body, undefined, { target: unknown, allowUnknownLocation: true }), {
      job,
      savepoint: unknown,
      changes: [
        { path: 'spec.job.fromSavepoint', to: location },
        { path: 'spec.job.allowNonRestoredState', from: false, to: false },
      ],
      steps: [
        'the job is not started; its restart point is no savepoint',
        `patch the object: start from ${location}, of unknown age, known to no source`,
        'the operator stops the job, replaces the cluster and submits the job',
        "wait until the job runs, new, from this location, and Flink's latest.restored says so",
      ],
      risks: [
        'it cannot be told which operator serves this job: GCP up to v1beta1-5 refuses the change (--operator names it)',
        sticky,
        'nothing is known of this location: whether it is a savepoint shows when Flink reads it',
      ],
    })
  })

  it('of a stopped job on GCP does not speak of a savepoint of the operator', () => {
    const { steps, risks } = planOf(gcpCluster({ jobStatus: { state: 'Failed' } }), 'gcp-9')
    assert.equal(steps[2], 'the operator creates the cluster again and submits the job')
    assert.deepEqual(risks, [sticky])
  })
})

describe('a risk of a restore', () => {
  const spotify = (parts: Parameters<typeof spotifyCluster>[0], more = {}) =>
    planOf(spotifyCluster(parts), 'spotify', more).risks.filter(risk => risk !== sticky)
  const withProperties = (flinkProperties: Fields) => {
    const body = spotifyCluster()
    return planOf({ ...body, spec: { ...(body['spec'] as Fields), flinkProperties } }, 'spotify').risks
  }

  for (const [what, more, risk] of [
    [
      'a savepoint of an earlier object',
      { target: { ...target, job: { ...job, uid: 'another' } } },
      'this savepoint was taken by an earlier object of the same name',
    ],
    [
      'a savepoint that is not complete',
      { target: { ...target, state: 'InProgress' } },
      'its state is InProgress',
    ],
    [
      'a checkpoint',
      { target: { ...target, type: 'checkpoint' } },
      'this is a checkpoint: Flink may delete it while the job runs',
    ],
  ] as const) {
    it(`is ${what}`, () => assert.deepEqual(spotify({}, more), [risk]))
  }

  it('is a pending generation', () => {
    assert.deepEqual(spotify({ job: { savepointGeneration: 3 } }), [
      'savepointGeneration 3 is pending: it will fire in the restored job',
    ])
  })

  it('is high availability, by either of its names, unless it is NONE', () => {
    const risk = 'high availability is on: its metadata of the old job may win over the savepoint'
    assert.deepEqual(
      [
        { 'high-availability': 'zookeeper' },
        { 'high-availability.type': 'kubernetes' },
        { 'high-availability': 'none' },
        { 'high-availability': 'NONE' },
      ].map(properties => withProperties(properties).includes(risk)),
      [true, true, false, false],
    )
  })

  it('is a savepoint in flight, where none is taken first', () => {
    const busy = { status: { savepoint: { state: 'InProgress', triggerID: 'a'.repeat(32) } } }
    assert.deepEqual(spotify(busy), [])
    assert.deepEqual(spotify(busy, { safety: false }), [
      'no safety savepoint is taken: what the job did since its last savepoint is lost',
      'a savepoint is in flight, and may be lost',
    ])
  })

  it('is FromSavepointOnFailure on GCP tag -9 alone, which restarts a job that fails without end', () => {
    const risks = (operator: OperatorName) =>
      planOf(gcpCluster({ job: { restartPolicy: 'FromSavepointOnFailure' } }), operator).risks
    const risk =
      'under FromSavepointOnFailure this operator restarts a job that fails without end, and never submits it'
    assert.deepEqual(
      (['gcp-6', 'gcp-8', 'gcp-9', 'gcp-master', 'spotify'] as const).filter(name =>
        risks(name).includes(risk),
      ),
      ['gcp-9'],
    )
  })

  it("is the crash of GCP's master, unless takeSavepointOnUpgrade is set", () => {
    const risk =
      'this operator crashes on an update of a running job where spec.job.takeSavepointOnUpgrade is not set: set it first'
    const risks = (fields: Fields) => planOf(gcpCluster({ job: fields }), 'gcp-master').risks
    assert.deepEqual(
      [{}, { takeSavepointOnUpgrade: false }, { takeSavepointOnUpgrade: true }].map(fields =>
        risks(fields).includes(risk),
      ),
      [true, false, false],
    )
    assert.ok(!planOf(gcpCluster(), 'gcp-9').risks.includes(risk))
  })

  for (const [who, metadata] of [
    ['Argo CD', { annotations: { 'argocd.argoproj.io/tracking-id': 'x' } }],
    ['Argo CD', { labels: { 'argocd.argoproj.io/instance': 'x' } }],
    ['Flux', { labels: { 'kustomize.toolkit.fluxcd.io/name': 'x' } }],
    ['Flux', { labels: { 'helm.toolkit.fluxcd.io/name': 'x' } }],
  ] as const) {
    it(`is ${who}, told by ${Object.keys(metadata)[0]} ${JSON.stringify(Object.values(metadata)[0])}`, () => {
      assert.deepEqual(spotify({ metadata }), [
        `${who} owns this object and may put the old values back: change them in its repository too`,
      ])
    })
  }
})

describe('a restore that cannot be', () => {
  const recreation = [
    `delete it and create it again: kubectl flinksp restore flinkcluster/orders ${location} -n default --recreate`,
  ]
  const refused = (why: string, hints: readonly string[]) => ({
    code: 'not-asked',
    message: `error: cannot restore flinkcluster/orders from ${location}: ${why}`,
    hints,
  })

  for (const operator of ['gcp-v1alpha1', 'gcp-1', 'gcp-2', 'gcp-3', 'gcp-4', 'gcp-5'] as const) {
    it(`is one under ${operator}, with the way that does it`, () => {
      assert.deepEqual(
        refusalOf(gcpCluster(), operator),
        refused(
          `its operator (${operator}) refuses every change of the spec: it has to be deleted and created again`,
          recreation,
        ),
      )
    })
  }

  it('is none under the operators that restore in place', () => {
    const operators: OperatorName[] = ['gcp-6', 'gcp-7', 'gcp-8', 'gcp-9', 'gcp-master', 'spotify']
    assert.deepEqual(
      operators.map(operator => refusalOf(gcpCluster(), operator)),
      operators.map(() => 'a plan'),
    )
  })

  it('is one after cancelRequested, and without savepointsDir', () => {
    assert.deepEqual(
      refusalOf(gcpCluster({ job: { cancelRequested: true } }), 'gcp-9'),
      refused(
        'spec.job.cancelRequested is true, after which no change of the object is let through',
        recreation,
      ),
    )
    assert.deepEqual(
      refusalOf(gcpCluster({ job: { savepointsDir: '' } }), 'gcp-9'),
      refused(
        'spec.job.savepointsDir is not set, and the operator lets no change through without it',
        recreation,
      ),
    )
  })

  it('is one of a session cluster', () => {
    assert.deepEqual(
      refusalOf({ ...spotifyCluster(), spec: {} }, 'spotify'),
      refused('it is a session cluster, whose jobs the operator does not know', []),
    )
  })
})

describe('the location of a restore', () => {
  const elsewhere = 'gs://elsewhere/savepoint-1'
  const unknown = 'no source knows this location'
  const planted = 'this location is known only from the record, and is not below gs://bucket/orders'
  for (const [where, sources, why] of [
    [location, ['record'], undefined],
    [elsewhere, ['status'], undefined],
    [elsewhere, ['record', 'rest'], undefined],
    [elsewhere, ['record'], planted],
    ['gs://bucket/orders-of-others/savepoint-1', ['record'], planted],
    ['gs://bucket/orders/../savepoint-1', ['record'], planted],
    ['gs://bucket/orders', ['record'], planted],
    [elsewhere, undefined, unknown],
    [location, undefined, unknown],
    [elsewhere, [], unknown],
  ] as const) {
    it(`${where}, known from ${sources?.join(' and ') || 'nowhere'}, ${why ? 'has to be allowed' : 'is fine'}`, () => {
      const aim: RestoreTarget = { location: where, ...(sources && { sources }) }
      const expected = why
        ? {
            code: 'not-asked',
            message: `error: cannot restore flinkcluster/orders from ${where}: ${why}`,
            hints: ['if it is the right one: --allow-unknown-location'],
          }
        : 'a plan'
      assert.deepEqual(refusalOf(spotifyCluster(), 'spotify', { target: aim }), expected)
      assert.equal(
        refusalOf(spotifyCluster(), 'spotify', { target: aim, allowUnknownLocation: true }),
        'a plan',
      )
    })
  }

  it('is fine where the object itself names it', () => {
    const aim = { location: 's3a://elsewhere/savepoint-1/' }
    const same = 's3://elsewhere/savepoint-1'
    for (const parts of [
      { job: { fromSavepoint: same } },
      { jobStatus: { fromSavepoint: same } },
      { jobStatus: { savepointLocation: same } },
    ])
      assert.equal(refusalOf(spotifyCluster(parts), 'spotify', { target: aim }), 'a plan')
  })
})
