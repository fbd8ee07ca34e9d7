import assert from 'node:assert/strict'
import { Failure } from '../../../src/domain/failure.ts'
import type { Fields } from '../../../src/domain/fields.ts'
import { automating } from '../../../src/operators/flink-cluster/auto/auto.ts'
import { type OperatorName, operatorName } from '../../../src/operators/flink-cluster/operator.ts'
import { readFlinkCluster } from '../../../src/operators/flink-cluster/read.ts'
import type { AutomaticWish } from '../../../src/operators/job-operator.ts'
import { type ClusterParts, gcpCluster, spotifyCluster } from '../../support/flink-clusters.ts'
import { object } from './play.ts'
import { attempt } from './scenarios/parts.ts'

const old = 'gs://bucket/orders/savepoint-1'
const taken = 'gs://bucket/orders/savepoint-2'

type Settings = Partial<Omit<AutomaticWish, 'resource' | 'facts' | 'build'>>

function wishOf(build: OperatorName | undefined, parts: ClusterParts, settings: Settings): AutomaticWish {
  const body = build?.startsWith('gcp') ? gcpCluster(parts) : spotifyCluster(parts)
  const resource = object(body)
  const facts = readFlinkCluster(resource, operatorName(build))
  return { resource, facts, build, nonce: 'n', wait: true, ...settings }
}

/** The changes of the plan, or the words of the refusal. */
function planned(build: OperatorName | undefined, parts: ClusterParts, settings: Settings) {
  const plan = automating.plan(wishOf(build, parts, settings))
  if (plan === 'none') return plan
  if (plan instanceof Failure) return [plan.code, plan.message, ...plan.hints]
  return plan.changes
}

/** What is written to spec.job. */
function patched(build: OperatorName | undefined, parts: ClusterParts, settings: Settings): unknown {
  const wish = wishOf(build, parts, settings)
  const ask = automating.protocol(wish).ask(wish.resource)
  if (!('write' in ask) || ask.write.verb !== 'patch') return ask
  return (ask.write.body as { spec: { job: Fields } }).spec.job
}

describe('the plan of a change of the automatic savepoints', () => {
  it('names every field with what stands there now', () => {
    const job = { autoSavepointSeconds: 60, fromSavepoint: old, maxStateAgeToRestoreSeconds: 60 }
    const settings: Settings = {
      everySeconds: 300,
      directory: 's3://other/orders',
      onFailure: 'restore',
      maxStateAgeSeconds: 3600,
    }
    assert.deepEqual(planned('spotify', { job }, settings), [
      { path: 'spec.job.autoSavepointSeconds', from: 60, to: 300 },
      { path: 'spec.job.savepointsDir', from: 'gs://bucket/orders', to: 's3://other/orders' },
      { path: 'spec.job.restartPolicy', to: 'FromSavepointOnFailure' },
      { path: 'spec.job.maxStateAgeToRestoreSeconds', from: 60, to: 3600 },
      { path: 'spec.job.fromSavepoint', from: old },
    ])
  })

  it('is none where everything is so already', () => {
    const job = { autoSavepointSeconds: 300 }
    assert.equal(planned('spotify', { job }, { everySeconds: 300, onFailure: 'stop' }), 'none')
    assert.equal(planned('spotify', {}, { everySeconds: 'off', directory: 'gs://bucket/orders' }), 'none')
  })

  it('is none on an operator that refuses every change, where nothing has to be changed', () => {
    assert.equal(planned('gcp-2', {}, { everySeconds: 'off' }), 'none')
  })

  it('restarts nothing for the policy alone, and says so', () => {
    const plan = automating.plan(wishOf('gcp-8', { job: { fromSavepoint: old } }, { onFailure: 'restore' }))
    assert.deepEqual(plan, {
      job: wishOf('gcp-8', {}, {}).facts.job,
      changes: [{ path: 'spec.job.restartPolicy', to: 'FromSavepointOnFailure' }],
      steps: ['patch the object; the operator restarts nothing for it'],
      risks: ['FromSavepointOnFailure has no effect yet: there is no savepoint to restart from'],
    })
  })

  it('says on Spotify that the job is restarted, and from what', () => {
    const parts = { job: { fromSavepoint: old }, jobStatus: { savepointLocation: old } }
    const plan = automating.plan(wishOf('spotify', parts, { everySeconds: 300 }))
    assert(!(plan instanceof Failure) && plan !== 'none')
    assert.deepEqual(
      { steps: plan.steps, risks: plan.risks },
      {
        steps: [
          'patch the object',
          'the operator stops the job with a savepoint of its own, creates the cluster again and starts the job from it',
          'wait until the job runs again, new',
        ],
        risks: [
          'this change restarts the job: it does not run for half a minute or more',
          `spec.job.fromSavepoint (${old}) has to go: the operator would start the job from there again`,
        ],
      },
    )
  })

  it('says on GCP that a savepoint is taken first, and what may block the change', () => {
    const parts = { job: { savepointGeneration: 3 }, jobStatus: { savepointLocation: old } }
    const plan = automating.plan(wishOf('gcp-9', parts, { everySeconds: 20 }))
    assert(!(plan instanceof Failure) && plan !== 'none')
    assert.deepEqual(
      { steps: plan.steps, risks: plan.risks },
      {
        steps: [
          'take a savepoint of the running job, and wait for it',
          'patch the object',
          'the operator stops the job, creates the cluster again and starts the job from that savepoint',
          'wait until the job runs again, new',
        ],
        risks: [
          'this change restarts the job: it does not run for half a minute or more',
          'what the job does between that savepoint and the moment when the operator stops it, some seconds, is done again',
          'savepointGeneration 3 is pending: it will fire in the restarted job',
          'the operator waits for a savepoint younger than 300 s before it restarts the job; while savepoints fail the change is blocked, and goes on by itself after a repair',
          'a savepoint every 20 s writes the whole state that often, and the operator looks at the job only every 5 to 10 s',
          'while its savepoints fail, this operator tries again on every look, without the pause',
        ],
      },
    )
  })

  it('names what the new value will not do', () => {
    const plan = automating.plan(wishOf('gcp-master', {}, { everySeconds: 300, onFailure: 'restore' }))
    assert(!(plan instanceof Failure) && plan !== 'none')
    assert.deepEqual(plan.risks.slice(-2), [
      'autoSavepointSeconds is 300, but this operator never takes one earlier than 900 s after the one before',
      'FromSavepointOnFailure has no effect yet: there is no savepoint to restart from',
    ])
  })

  it('shows its doubt where nobody knows the operator', () => {
    const plan = automating.plan(wishOf(undefined, {}, { everySeconds: 300 }))
    assert(!(plan instanceof Failure) && plan !== 'none')
    assert.deepEqual(
      plan.risks.filter(risk => risk.includes('--operator')),
      [
        'it cannot be told which operator serves this job: GCP up to v1beta1-5 refuses the change (--operator names it)',
      ],
    )
  })
})

describe('the patch of a change of the automatic savepoints', () => {
  it('takes fromSavepoint away wherever it restarts the job, whether it was seen or not', () => {
    for (const build of ['spotify', 'gcp-9'] as const) {
      assert.deepEqual(patched(build, {}, { everySeconds: 300, taken }), {
        fromSavepoint: null,
        autoSavepointSeconds: 300,
      })
    }
  })

  it('leaves fromSavepoint alone where it restarts nothing', () => {
    const parts = { job: { fromSavepoint: old, maxStateAgeToRestoreSeconds: 60 } }
    assert.deepEqual(patched('spotify', parts, { onFailure: 'restore' }), {
      restartPolicy: 'FromSavepointOnFailure',
    })
  })

  it('starts from the savepoint just taken where the operator takes none of its own', () => {
    const parts = { job: { takeSavepointOnUpdate: false } }
    assert.deepEqual(patched('spotify', parts, { everySeconds: 'off', directory: 's3://b/o', taken }), {
      fromSavepoint: taken,
      savepointsDir: 's3://b/o',
    })
  })

  it('keeps GCP master from its crash', () => {
    assert.deepEqual(patched('gcp-master', {}, { everySeconds: 900 }), {
      fromSavepoint: null,
      autoSavepointSeconds: 900,
      takeSavepointOnUpgrade: false,
    })
    const said = { job: { takeSavepointOnUpgrade: true } }
    assert.deepEqual(patched('gcp-master', said, { everySeconds: 900 }), {
      fromSavepoint: null,
      autoSavepointSeconds: 900,
    })
  })

  it('writes right what was misspelled, and takes the wrong spelling away', () => {
    const job = { autoSavePointSeconds: 300, fromSavePoint: old, savePointsDir: 'gs://x/y' }
    assert.deepEqual(patched('gcp-9', { job }, { everySeconds: 300 }), {
      fromSavepoint: null,
      autoSavepointSeconds: 300,
      autoSavePointSeconds: null,
      fromSavePoint: null,
    })
  })

  it('is thought over with the object as it is then', () => {
    const wish = wishOf('spotify', {}, { everySeconds: 300 })
    const ask = (parts: ClusterParts) => automating.protocol(wish).ask(object(spotifyCluster(parts)))
    assert.deepEqual(ask({ job: { autoSavepointSeconds: 300 } }), {
      join: 'flinkcluster/orders has these settings already',
    })
    const busy = ask({ status: { savepoint: attempt('InProgress', 'a') } })
    assert('refuse' in busy)
    assert.equal(
      busy.refuse.message,
      'error: cannot change the automatic savepoints of flinkcluster/orders: a savepoint is in flight, which the restart would lose',
    )
  })
})

describe('a savepoint is taken first', () => {
  const rows: [string, OperatorName | undefined, ClusterParts, Settings, boolean][] = [
    ['on GCP, where a fresh one is enough for the operator', 'gcp-9', {}, { everySeconds: 300 }, true],
    ['not on Spotify, which takes one of its own', 'spotify', {}, { everySeconds: 300 }, false],
    [
      'on Spotify where takeSavepointOnUpdate is false',
      'spotify',
      { job: { takeSavepointOnUpdate: false } },
      { everySeconds: 300 },
      true,
    ],
    ['where nobody knows the operator', undefined, {}, { everySeconds: 300 }, true],
    ['not for the policy alone', 'gcp-9', {}, { onFailure: 'restore' }, false],
  ]
  for (const [name, build, parts, settings, first] of rows) {
    it(name, () => assert.equal(automating.takesFirst(wishOf(build, parts, settings)), first))
  }
})

describe('a change of the automatic savepoints is refused', () => {
  const every: Settings = { everySeconds: 300 }
  const cannot = 'error: cannot change the automatic savepoints of flinkcluster/orders: '
  const anew = (value: string, into = '') => [
    'with a new object it can be done:',
    `  kubectl flinksp take flinkcluster/orders -n default${into}`,
    '  kubectl get flinkcluster/orders -n default -o yaml > orders.yaml',
    '  in orders.yaml: remove status, metadata.uid, metadata.resourceVersion, spec.job.savepointGeneration and spec.job.cancelRequested,',
    `  set spec.job.fromSavepoint to the location of that savepoint, and set spec.job.${value}`,
    '  kubectl delete flinkcluster/orders -n default --wait',
    '  kubectl create -f orders.yaml',
  ]
  const directoryWanted =
    'it can be done with a new object, which needs a directory for its savepoints: say which with --directory DIR, and the commands are named here'
  const rows: [string, OperatorName, ClusterParts, Settings, string, ...string[]][] = [
    [
      'by operators whose spec is immutable, with the commands that do it',
      'gcp-4',
      {},
      every,
      'its operator (gcp-4) refuses every change of the spec: it has to be deleted and created again',
      ...anew('autoSavepointSeconds: 300'),
    ],
    [
      'without savepointsDir, even where that is what is to be set',
      'spotify',
      { job: { savepointsDir: '' } },
      { directory: 'gs://bucket/orders' },
      'spec.job.savepointsDir is not set, and the operator lets no change through without it, not even one that sets it',
      ...anew('savepointsDir: gs://bucket/orders', ' --target-directory gs://bucket/orders'),
    ],
    [
      'without savepointsDir, and asks for one: nothing would be taken without, by itself or first',
      'spotify',
      { job: { savepointsDir: '' } },
      every,
      'spec.job.savepointsDir is not set, and the operator lets no change through without it, not even one that sets it',
      directoryWanted,
    ],
    [
      'by operators whose spec is immutable, and asks for a directory where there is none',
      'gcp-2',
      { job: { savepointsDir: '' } },
      { everySeconds: 'off', onFailure: 'restore' },
      'its operator (gcp-2) refuses every change of the spec: it has to be deleted and created again',
      directoryWanted,
    ],
    [
      'without savepointsDir, with both settings that the new object needs',
      'gcp-9',
      { job: { savepointsDir: '' } },
      { ...every, directory: "gs://bucket/it's" },
      'spec.job.savepointsDir is not set, and the operator lets no change through without it, not even one that sets it',
      ...anew(
        "autoSavepointSeconds: 300, set spec.job.savepointsDir: gs://bucket/it's",
        " --target-directory 'gs://bucket/it'\\''s'",
      ),
    ],
    [
      'once cancelRequested is true',
      'gcp-9',
      { job: { cancelRequested: true } },
      { onFailure: 'restore' },
      'spec.job.cancelRequested is true, after which no change of the object is let through',
      ...anew('restartPolicy: FromSavepointOnFailure'),
    ],
    [
      'for a job that is stopped, which the change would start',
      'spotify',
      { jobStatus: { state: 'Failed' } },
      every,
      'its job is not running (Failed): the change would start it',
      'start it first: kubectl flinksp restore flinkcluster/orders latest -n default',
    ],
    [
      'for a stopped job that the new policy would start',
      'gcp-9',
      { jobStatus: { state: 'Lost' } },
      { onFailure: 'restore' },
      'its job is not running (Lost): the change would start it',
      'start it first: kubectl flinksp restore flinkcluster/orders latest -n default',
    ],
    [
      'for a job that is being started',
      'spotify',
      { jobStatus: { state: 'Deploying' } },
      every,
      'its job is not running (Deploying): the change would start it',
      'wait until it runs, and then change it',
    ],
    [
      'while an update is under way',
      'gcp-9',
      { status: { currentRevision: 'orders-1', nextRevision: 'orders-2' } },
      every,
      'an update is under way already (orders-1 to orders-2)',
      'wait until it is through, and look: kubectl flinksp status',
    ],
    [
      'while a savepoint is in flight',
      'gcp-9',
      { status: { savepoint: attempt('InProgress', 'a') } },
      every,
      'a savepoint is in flight, which the restart would lose',
      'wait for it first: --after-current',
    ],
    [
      'where the operator has no such field',
      'gcp-9',
      {},
      { maxStateAgeSeconds: 60 },
      "its operator (gcp-9) knows no maxStateAgeToRestoreSeconds: that is Spotify's",
      'leave --max-state-age out',
    ],
    [
      "where Spotify's webhook wants another field with it",
      'spotify',
      {},
      { onFailure: 'restore' },
      'its operator takes the policy FromSavepointOnFailure only together with maxStateAgeToRestoreSeconds',
      'say how old a savepoint may be: --max-state-age 24h',
    ],
  ]
  for (const [name, build, parts, settings, why, ...hints] of rows) {
    it(name, () =>
      assert.deepEqual(planned(build, parts, settings), ['not-asked', `${cannot}${why}`, ...hints]),
    )
  }

  it('of a session cluster', () => {
    const wish = wishOf('spotify', {}, every)
    const resource = { ...wish.resource, spec: {} }
    const plan = automating.plan({ ...wish, resource, facts: readFlinkCluster(resource) })
    assert(plan instanceof Failure)
    assert.equal(plan.message, `${cannot}it is a session cluster, whose jobs the operator does not know`)
  })

  it('but not the end of a restart without end, whatever state the job is in', () => {
    const parts = { job: { restartPolicy: 'FromSavepointOnFailure' }, jobStatus: { state: 'Failed' } }
    assert.deepEqual(planned('gcp-9', parts, { onFailure: 'stop' }), [
      { path: 'spec.job.restartPolicy', from: 'FromSavepointOnFailure', to: 'Never' },
    ])
  })
})
