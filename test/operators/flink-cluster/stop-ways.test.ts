import assert from 'node:assert/strict'
import { Failure } from '../../../src/domain/failure.ts'
import { type OperatorName, operatorNames } from '../../../src/operators/flink-cluster/operator.ts'
import { readFlinkCluster } from '../../../src/operators/flink-cluster/read.ts'
import { stopping } from '../../../src/operators/flink-cluster/stop/stop.ts'
import type { StopWish } from '../../../src/operators/job-operator.ts'
import { type ClusterParts, flinkJobId, gcpCluster, spotifyCluster } from '../../support/flink-clusters.ts'
import { object } from './play.ts'

const noDirectory: ClusterParts = { job: { savepointsDir: undefined } }
const sp = 'gs://bucket/orders/savepoint-ef5f05-000000000001'

function wishOf(build: OperatorName | undefined, parts: ClusterParts = {}, more: Partial<StopWish> = {}) {
  const resource = object(build === 'spotify' ? spotifyCluster(parts) : gcpCluster(parts))
  const facts = readFlinkCluster(resource, build)
  return { resource, facts, build, drain: false, triggerId: 'c'.repeat(32), wait: true, ...more }
}

/** What the stop writes first, in one word; a refusal by its message. */
function wayOf(wish: StopWish): string {
  const busy = stopping.busy?.(wish)
  const plan = busy ?? stopping.plan(wish)
  if (plan instanceof Failure)
    return plan.message.replace(/^error: cannot stop flinkcluster\/orders with a savepoint: /, '')
  const ask = stopping.protocol(wish).ask(wish.resource)
  if ('join' in ask) return `join: ${ask.join}`
  if ('rest' in ask) return 'rest, nothing is written'
  assert.ok('write' in ask)
  assert.equal(plan.changes.length, 1)
  return `${stopping.asksFlink?.(wish) ? 'rest' : 'annotation'}, ${plan.changes[0]?.path} = ${plan.changes[0]?.to}`
}

const annotation =
  "annotation, metadata.annotations['flinkclusters.flinkoperator.k8s.io/user-control'] = job-cancel"
const keep = 'rest, spec.job.cleanupPolicy.afterJobSucceeds = KeepCluster'
const bare = 'rest, nothing is written'

describe('the way of a stop', () => {
  const cases: Record<string, { parts?: ClusterParts; more?: Partial<StopWish> }> = {
    'with savepointsDir': {},
    'without savepointsDir': { parts: noDirectory },
    'with an empty savepointsDir': { parts: { job: { savepointsDir: '' } } },
    'with --drain': { more: { drain: true } },
    'with --target-directory': { more: { directory: 's3://elsewhere' } },
    'with --format': { more: { format: 'NATIVE' } },
    'with --drain and without savepointsDir': { parts: noDirectory, more: { drain: true } },
    'with --drain of a cluster that is kept anyway': {
      parts: { job: { cleanupPolicy: { afterJobSucceeds: 'KeepCluster' } } },
      more: { drain: true },
    },
    'with --drain after cancelRequested': {
      parts: { job: { cancelRequested: true } },
      more: { drain: true },
    },
  }
  const table: Record<string, readonly [old: string, three: string, five: string, nine: string]> = {
    // GCP up to -2, -3 to -5, from -6 on and Spotify, and where nobody knows.
    'with savepointsDir': [bare, annotation, annotation, annotation],
    'without savepointsDir': [bare, bare, bare, bare],
    'with an empty savepointsDir': [bare, bare, bare, bare],
    'with --drain': [bare, bare, keep, keep],
    'with --target-directory': [bare, bare, keep, keep],
    'with --format': [bare, bare, keep, keep],
    'with --drain and without savepointsDir': [bare, bare, bare, bare],
    'with --drain of a cluster that is kept anyway': [bare, bare, bare, bare],
    'with --drain after cancelRequested': [bare, bare, bare, bare],
  }
  const columnOf = (build: OperatorName | undefined) => {
    if (build === undefined) return 3
    if (['gcp-v1alpha1', 'gcp-1', 'gcp-2'].includes(build)) return 0
    return ['gcp-3', 'gcp-4', 'gcp-5'].includes(build) ? 1 : 2
  }
  for (const build of [...operatorNames, undefined])
    it(`on ${build ?? 'an operator that cannot be told'}`, () => {
      const ways = Object.entries(cases).map(([name, { parts, more }]) => [
        name,
        wayOf(wishOf(build, parts, more)),
      ])
      const expected = Object.entries(table).map(([name, row]) => [name, row[columnOf(build)]])
      assert.deepEqual(ways, expected)
    })
})

describe('a stop is refused', () => {
  const busy = { state: 'InProgress', triggerReason: 'scheduled', triggerID: 'a'.repeat(32) }
  const refusals: readonly [what: string, parts: ClusterParts, more: Partial<StopWish>, message: string][] = [
    [
      'of a job that is not running',
      { jobStatus: { state: 'Cancelled' } },
      {},
      'its job is not running (Cancelled)',
    ],
    [
      'of a job that has no state yet',
      { jobStatus: { state: undefined } },
      {},
      'its job is not running (no state yet)',
    ],
    [
      'while a savepoint is in flight',
      { status: { savepoint: busy } },
      {},
      'a savepoint is in flight (scheduled)',
    ],
    [
      'through Flink while a job-cancel is under way',
      { status: { control: { name: 'job-cancel', state: 'Progressing' } } },
      { drain: true },
      'a job-cancel is under way already',
    ],
    [
      'through Flink where nobody tells its job id',
      { jobStatus: { id: undefined } },
      { drain: true },
      'the operator tells no Flink job id',
    ],
  ]
  for (const [what, parts, more, message] of refusals)
    it(what, () => assert.equal(wayOf(wishOf('gcp-9', parts, more)), message))

  it('of a session cluster', () => {
    const body = gcpCluster()
    const resource = object({ ...body, spec: {} })
    const facts = readFlinkCluster(resource, 'gcp-9')
    assert.equal(
      wayOf({ ...wishOf('gcp-9'), resource, facts }),
      'it is a session cluster, whose jobs the operator does not know',
    )
  })

  it('is not, where a job-cancel is under way that can be waited for', () => {
    const control = { name: 'job-cancel', state: 'InProgress' }
    assert.equal(
      wayOf(wishOf('spotify', { status: { control } })),
      'join: a job-cancel is under way already: waiting for that one',
    )
  })
})

describe('the plan of a stop', () => {
  it('by job-cancel on Spotify names what it leaves behind', () => {
    assert.deepEqual(stopping.plan(wishOf('spotify', { job: { fromSavepoint: sp } })), {
      job: wishOf('spotify').facts.job,
      changes: [
        { path: "metadata.annotations['flinkclusters.flinkoperator.k8s.io/user-control']", to: 'job-cancel' },
      ],
      steps: [
        'annotate the object with job-cancel',
        'the operator lets Flink stop the job with a savepoint into gs://bucket/orders, and tries again by itself while that fails',
        'the operator then removes the cluster (cleanupPolicy.afterJobCancelled: DeleteCluster); the object stays',
        'wait until the operator shows the savepoint and the end of the job, and record the location',
      ],
      risks: [
        'status.control keeps the job-cancel, which would end the job again: resume clears it first, which needs the right to patch flinkclusters/status',
        'one worker serves all clusters: while this savepoint is taken the operator does nothing else',
        'where this operator is older than v0.6 it keeps no location of the savepoint: it lies in gs://bucket/orders then',
        `spec.job.fromSavepoint is ${sp}: any other change than resume starts the job from there`,
      ],
    })
  })

  it('by job-cancel on GCP names its two steps and its patience', () => {
    const plan = stopping.plan(wishOf('gcp-9', { job: { savepointGeneration: 3 } }))
    assert.deepEqual(!(plan instanceof Failure) && plan.risks, [
      'savepoint and cancel are two steps: what the job does between them is done again after resume',
      'this operator gives up on a savepoint after 60 s; for a slower one let Flink stop the job: --target-directory gs://bucket/orders',
      'savepointGeneration 3 is pending: it may fire when the job is started again',
    ])
  })

  it('through Flink says what is changed and put back', () => {
    const parts = {
      job: { cleanupPolicy: { afterJobSucceeds: 'DeleteCluster' } },
      jobStatus: { savepointLocation: sp },
    }
    assert.deepEqual(stopping.plan(wishOf('gcp-9', parts, { drain: true })), {
      job: wishOf('gcp-9').facts.job,
      changes: [
        { path: 'spec.job.cleanupPolicy.afterJobSucceeds', from: 'DeleteCluster', to: 'KeepCluster' },
      ],
      steps: [
        'set cleanupPolicy.afterJobSucceeds to KeepCluster, so that the JobManager stays until the location is known',
        'ask Flink to stop the job with a savepoint into gs://bucket/orders, after its sources have ended (drain); if it fails the job goes on',
        'record the location',
        'put cleanupPolicy.afterJobSucceeds back (DeleteCluster)',
        'the operator sees that the job has Succeeded, and removes the cluster; the object stays',
      ],
      risks: [
        'drain fires all timers and windows: what is started from this savepoint does not go on where the job was',
        `the operator never learns of this savepoint: start the job again with resume, since any other change starts it from ${sp}`,
      ],
    })
  })

  it('through Flink says that the cluster goes where nothing can be changed', () => {
    assert.deepEqual(stopping.plan(wishOf('gcp-2')), {
      job: wishOf('gcp-2').facts.job,
      changes: [],
      steps: [
        'ask Flink to stop the job with a savepoint into gs://bucket/orders; if it fails the job goes on',
        'record the location',
        'the operator sees that the job has Succeeded, and removes the cluster; the object stays',
      ],
      risks: [
        'cleanupPolicy cannot be changed here: the operator removes the cluster as soon as it sees the job ended, and with it what Flink knows; the location is read and recorded before, within seconds',
        'no change of the object is let through: to start the job again, kubectl flinksp resume flinkcluster/orders --recreate deletes the object and creates it again',
      ],
    })
  })

  it('names what starts the job again where a resume in place will not', () => {
    const risks = (build: OperatorName, parts: ClusterParts) => {
      const plan = stopping.plan(wishOf(build, parts))
      return plan instanceof Failure ? [] : plan.risks
    }
    const again = (build: OperatorName, parts: ClusterParts = {}, flags = '') =>
      risks(build, parts).some(risk =>
        risk.includes(`kubectl flinksp resume flinkcluster/orders --recreate${flags} deletes`),
      )
    assert.deepEqual(
      {
        old: operatorNames.filter(build => again(build)),
        directory: operatorNames.filter(build => again(build, noDirectory, ' --allow-unknown-location')),
      },
      {
        old: ['gcp-v1alpha1', 'gcp-1', 'gcp-2', 'gcp-3', 'gcp-4', 'gcp-5'],
        directory: [...operatorNames],
      },
    )
  })

  it('where nobody knows who serves the job names that doubt', () => {
    const plan = stopping.plan(wishOf(undefined))
    assert.deepEqual(!(plan instanceof Failure) && plan.risks, [
      'it cannot be told which operator serves this job: GCP up to v1beta1-2 ignores the annotation (--operator names it)',
    ])
  })
})

describe('what a stop by the operator has left', () => {
  const cancelled = { state: 'Succeeded', triggerReason: 'job cancel', triggerID: 'b'.repeat(32) }
  const left = (parts: ClusterParts) => stopping.left?.(wishOf('gcp-9', parts).facts)
  const stopped = { state: 'Cancelled', savepointLocation: sp }

  it('is the savepoint of its job-cancel', () => {
    const savepoint = { ...cancelled, jobID: flinkJobId }
    assert.equal(left({ jobStatus: stopped, status: { savepoint } }), sp)
  })

  it('is nothing while the job runs, of a job before, of another savepoint, or of one that failed', () => {
    const savepoint = { ...cancelled, jobID: flinkJobId }
    const cases: ClusterParts[] = [
      { jobStatus: { ...stopped, state: 'Running' }, status: { savepoint } },
      { jobStatus: stopped, status: { savepoint: { ...savepoint, jobID: 'e'.repeat(32) } } },
      { jobStatus: stopped, status: { savepoint: { ...savepoint, triggerReason: 'scheduled' } } },
      { jobStatus: stopped, status: { savepoint: { ...savepoint, state: 'Failed' } } },
      { jobStatus: stopped },
    ]
    assert.deepEqual(cases.map(left), [undefined, undefined, undefined, undefined, undefined])
  })
})
