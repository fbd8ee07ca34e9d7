import assert from 'node:assert/strict'
import type { Fields } from '../../../src/domain/fields.ts'
import type { Event } from '../../../src/domain/protocol.ts'
import type { RestAnswer, RestQuestion } from '../../../src/domain/rest.ts'
import { restoreCreated } from '../../../src/operators/flink-cluster/restore/created.ts'
import { type ClusterParts, gcpCluster, spotifyCluster } from '../../support/flink-clusters.ts'
import { object, play, sight } from './play.ts'

const location = 'gs://bucket/orders/savepoint-ef5f05-000000000001'
const other = 'gs://bucket/orders/savepoint-ef5f05-000000000002'
const id = 'd'.repeat(32)
const wish = {
  build: 'spotify',
  target: { location },
  allowNonRestoredState: false,
  nonce: 'n1',
  wait: true,
}

/** As tag v1beta1-2 and v1alpha1 write it: no revisions, no times of the job. */
function oldCluster(parts: ClusterParts = {}): Fields {
  const { status, ...object } = gcpCluster(parts)
  const { currentRevision: _, nextRevision: __, ...old } = status as Fields
  return { ...object, status: old }
}

type Make = (parts: ClusterParts) => Fields
const builds = [
  ['spotify', spotifyCluster as Make],
  ['gcp-9', gcpCluster as Make],
  ['gcp-2', oldCluster as Make],
  ['gcp-v1alpha1', oldCluster as Make],
] as const

function created(make: Make): Fields {
  const { status: _, ...object } = make({ job: { fromSavepoint: location } })
  return object
}

function job(make: Make, state: string, jobStatus: Fields = {}): Fields {
  return make({ job: { fromSavepoint: location }, jobStatus: { state, ...jobStatus } })
}

function begun(build: string, make: Make, more: Partial<typeof wish> = {}) {
  return play(restoreCreated({ ...wish, build, ...more }), object(created(make)))
}

function answer(question: RestQuestion, answer: RestAnswer): Event {
  return { type: 'rest', question, answer }
}

function restoredFrom(from: string | undefined): Event {
  const restored = from === undefined ? {} : { restored: { isSavepoint: true, location: from } }
  const checkpoints = { restoredCount: from === undefined ? 0 : 1, history: [], ...restored }
  return answer({ ask: 'checkpoints', jobId: id }, { answer: 'checkpoints', checkpoints })
}

const nobody: RestAnswer = { answer: 'unreachable', reason: 'no answer', mayHaveBeenSent: false }
const jobs = (state: string) =>
  answer({ ask: 'jobs' }, { answer: 'jobs', jobs: [{ id, name: 'orders', state }] })
const due = (timer: string): Event => ({ type: 'due', timer })
const running = { id, fromSavepoint: location }
const whatThereIs = [
  `created: flinkcluster/orders, whose spec.job.fromSavepoint is ${location}, allowNonRestoredState false`,
  'to look: kubectl get flinkcluster/orders -n default -o yaml',
]
const failedProof = { operator: false, rest: false }

describe('an object that was created with a savepoint', () => {
  for (const [build, make] of builds) {
    it(`on ${build} is restored once the operator shows its job running, and Flink says from where`, () => {
      const played = begun(build, make)
      assert.deepEqual(played.wants(), [{ type: 'timer', timer: 'unnoticed', inMs: 15_000 }])
      played.feed(
        sight(job(make, 'Pending', { id: '' })),
        sight(job(make, 'Pending', { id: '', fromSavepoint: location })),
      )
      assert.deepEqual(played.wants(), [])
      played.feed(sight(job(make, 'Running', running)))
      assert.deepEqual(played.wants(), [
        { type: 'ask-rest', question: { ask: 'checkpoints', jobId: id }, timeoutMs: 5_000 },
        { type: 'timer', timer: 'proof-end', inMs: 5_000 },
      ])
      played.feed(restoredFrom(location))
      assert.deepEqual(played.outcome(), {
        result: { state: 'Restored', proof: { operator: true, rest: true } },
      })
    })

    it(`on ${build} has failed where Flink was restored from another place`, () => {
      const played = begun(build, make)
      played.feed(sight(job(make, 'Running', running)), restoredFrom(other))
      assert.deepEqual(played.outcome(), {
        result: {
          state: 'Failed',
          proof: { operator: true, rest: false },
          failure: { message: `Flink restored the job from ${other} instead` },
        },
        failure: {
          code: 'no',
          message: `error: flinkcluster/orders was not restored from ${location}: Flink restored the job from ${other} instead`,
          hints: whatThereIs,
        },
      })
    })

    it(`on ${build} has failed with Flink's cause where its job does`, () => {
      const played = begun(build, make)
      played.feed(sight(job(make, 'Failed', { fromSavepoint: location })))
      played.feed(jobs('FAILED'))
      played.feed(
        answer({ ask: 'exceptions', jobId: id }, { answer: 'exceptions', rootCause: 'Cannot find it.' }),
      )
      assert.deepEqual(played.outcome(), {
        result: {
          state: 'Failed',
          proof: failedProof,
          failure: { message: 'the job ended as Failed', rootCause: 'Cannot find it.' },
        },
        failure: {
          code: 'no',
          message: `error: flinkcluster/orders was not restored from ${location}: Cannot find it.`,
          hints: whatThereIs,
        },
      })
    })

    it(`on ${build} has failed where the operator says Running and Flink says FAILED`, () => {
      const played = begun(build, make)
      played.feed(sight(job(make, 'Running', running)), restoredFrom(undefined), due('proof-end'))
      played.feed(jobs('FAILED'), jobs('FAILED'))
      played.feed(answer({ ask: 'exceptions', jobId: id }, nobody))
      assert.deepEqual(
        [played.outcome()?.result, played.outcome()?.failure?.hints[0]],
        [
          { state: 'Failed', proof: failedProof, failure: { message: 'the job ended as FAILED' } },
          'cause not available because no answer',
        ],
      )
    })

    it(`on ${build} is not told restored while the wait goes on: time-out and Ctrl-C say what there is`, () => {
      for (const [type, code, text] of [
        [
          'timeout',
          'timed-out',
          `timed out waiting for flinkcluster/orders to be restored from ${location}; it may still complete`,
        ],
        ['interrupted', 'interrupted', 'interrupted; the restore of flinkcluster/orders goes on'],
      ] as const) {
        const played = begun(build, make)
        played.feed(sight(job(make, 'Pending')), { type })
        assert.deepEqual(played.outcome(), {
          result: { state: 'InProgress', proof: failedProof },
          failure: { code, message: `error: ${text}`, hints: whatThereIs },
        })
      }
    })
  }

  for (const [build, make] of builds.filter(([name]) => name !== 'gcp-2'))
    it(`on ${build} is restored by the operator's word alone where Flink is silent for 5 s`, () => {
      const played = begun(build, make)
      played.feed(sight(job(make, 'Running', running)), due('proof-end'), answer({ ask: 'jobs' }, nobody))
      assert.deepEqual(played.outcome(), {
        result: { state: 'Restored', proof: { operator: true, rest: false } },
      })
    })

  for (const [build, make] of builds.filter(([name]) => name === 'gcp-2')) {
    it(`on ${build}, whose Running may be a lie for 27 s, has to stand for 45 s where Flink is silent`, () => {
      const played = begun(build, make)
      played.feed(sight(job(make, 'Running', running)))
      played.wants()
      played.feed(due('proof-end'), answer({ ask: 'jobs' }, nobody))
      assert.deepEqual(played.wants().at(-1), { type: 'timer', timer: 'standing', inMs: 45_000 })
      assert.equal(played.outcome(), undefined)
      played.feed(due('standing'))
      assert.deepEqual(played.outcome()?.result, {
        state: 'Restored',
        proof: { operator: true, rest: false },
      })
    })

    it(`on ${build} has failed where that Running becomes Succeeded`, () => {
      const played = begun(build, make)
      played.feed(sight(job(make, 'Running', running)), due('proof-end'), answer({ ask: 'jobs' }, nobody))
      played.feed(sight(job(make, 'Succeeded', running)), due('standing'))
      played.feed(answer({ ask: 'jobs' }, nobody))
      assert.deepEqual(played.outcome()?.result, {
        state: 'Failed',
        proof: failedProof,
        failure: { message: 'the job ended as Succeeded' },
      })
    })
  }

  it('that no operator notices within 15 s is worth a hint', () => {
    const unnoticed = begun('gcp-9', gcpCluster)
    unnoticed.wants()
    unnoticed.feed(due('unnoticed'))
    const noticed = begun('gcp-9', gcpCluster)
    noticed.wants()
    noticed.feed(sight(gcpCluster()), due('unnoticed'))
    assert.deepEqual(
      [unnoticed.wants().map(({ type }) => type), noticed.wants().map(({ type }) => type)],
      [['tell'], []],
    )
  })

  it('that is deleted meanwhile is not restored', () => {
    const played = begun('spotify', spotifyCluster)
    played.feed({ type: 'deleted' })
    assert.deepEqual(
      played.outcome()?.failure?.message,
      `error: flinkcluster/orders was not restored from ${location}: it was deleted`,
    )
  })

  it('is not waited for with --wait=false', () => {
    assert.deepEqual(begun('spotify', spotifyCluster, { wait: false }).outcome(), {
      result: { state: 'InProgress', proof: failedProof },
    })
  })
})
