import assert from 'node:assert/strict'
import type { Fields } from '../../../src/domain/fields.ts'
import type { OperatorName } from '../../../src/operators/flink-cluster/operator.ts'
import { readFlinkCluster } from '../../../src/operators/flink-cluster/read.ts'
import { chooseTake } from '../../../src/operators/flink-cluster/take/choose-take.ts'
import type { TakeWish } from '../../../src/operators/job-operator.ts'
import { type ClusterParts, spotifyCluster } from '../../support/flink-clusters.ts'
import { object } from './play.ts'

const auto: TakeWish = { via: 'auto', forFlink: false }
const here = 'gs://bucket/orders/savepoint-ef5f05-000000000001'

function savepoint(state: string, triggerReason = 'user requested'): ClusterParts {
  return {
    jobStatus: { savepointGeneration: 1, savepointLocation: here },
    status: { savepoint: { state, triggerReason } },
  }
}

const pending = (parts: ClusterParts): ClusterParts => ({ ...parts, job: { savepointGeneration: 2 } })

/** The way in one word; a refusal by its message. */
async function way(
  parts: ClusterParts,
  operator: OperatorName | undefined,
  wish: Partial<TakeWish> = {},
  mayPatchStatus = true,
): Promise<string> {
  const facts = readFlinkCluster(object(spotifyCluster(parts)), operator)
  const chosen = await chooseTake(facts, operator, { ...auto, ...wish }, async () => mayPatchStatus)
  if ('failure' in chosen)
    return `${chosen.way}: ${chosen.failure.message.replace(/^error: cannot take a savepoint of flinkcluster\/orders: /, '')}`
  return chosen.way
}

describe('the way of a take', () => {
  const ways: readonly [
    what: string,
    parts: ClusterParts,
    operator: OperatorName | undefined,
    way: string,
  ][] = [
    ['the generation on v1alpha1, which knows nothing else', {}, 'gcp-v1alpha1', 'generation'],
    ['the generation on GCP tag -2, at first use too', {}, 'gcp-2', 'generation'],
    ['the annotation on GCP tag -3', {}, 'gcp-3', 'annotation'],
    [
      'the annotation on GCP tag -9 before any savepoint, where a generation is inert',
      {},
      'gcp-9',
      'annotation',
    ],
    ['the generation on GCP tag -9 after a success', savepoint('Succeeded'), 'gcp-9', 'generation'],
    ['the annotation on GCP tag -9 after a failure', savepoint('Failed'), 'gcp-9', 'annotation'],
    [
      'the annotation on GCP tag -9 after a refused trigger',
      savepoint('TriggerFailed'),
      'gcp-9',
      'annotation',
    ],
    [
      'the generation on Spotify after a success into this directory',
      savepoint('Succeeded'),
      'spotify',
      'generation',
    ],
    [
      'the annotation on Spotify where the last savepoint lies elsewhere',
      {
        ...savepoint('Succeeded'),
        jobStatus: { savepointGeneration: 1, savepointLocation: 's3://other/sp' },
      },
      'spotify',
      'annotation',
    ],
    ['the annotation on Spotify before any savepoint', {}, 'spotify', 'annotation'],
    ['the annotation where the operator is not known', savepoint('Succeeded'), undefined, 'annotation'],
    ['Flink itself without savepointsDir', { job: { savepointsDir: undefined } }, 'spotify', 'rest'],
    ['Flink itself where savepointsDir is empty', { job: { savepointsDir: '' } }, 'gcp-9', 'rest'],
    ['the pending generation on GCP tag -2', pending({}), 'gcp-2', 'generation'],
    [
      'the pending generation on GCP tag -9 after a success',
      pending(savepoint('Succeeded')),
      'gcp-9',
      'generation',
    ],
    [
      'the pending generation on GCP tag -9 while it is served',
      pending(savepoint('InProgress')),
      'gcp-9',
      'generation',
    ],
    [
      'the annotation beside a pending generation that is inert',
      pending(savepoint('Failed')),
      'gcp-9',
      'annotation',
    ],
    ['the pending generation on Spotify', pending(savepoint('Succeeded')), 'spotify', 'generation'],
    [
      'the annotation beside a generation that Spotify tries in vain',
      pending(savepoint('Failed')),
      'spotify',
      'annotation',
    ],
    [
      'the pending generation on Spotify where only a scheduled savepoint failed',
      pending(savepoint('Failed', 'scheduled')),
      'spotify',
      'generation',
    ],
    [
      'none while another savepoint is in flight',
      savepoint('InProgress', 'scheduled'),
      'spotify',
      'busy: another savepoint is in flight (scheduled); a second one now would make the operator lose it',
    ],
    [
      'none while a request by annotation is unanswered',
      { metadata: { annotations: { 'flinkclusters.flinkoperator.k8s.io/user-control': 'savepoint' } } },
      'gcp-9',
      'busy: another savepoint is in flight; a second one now would make the operator lose it',
    ],
    [
      'none while a job-cancel by annotation is unanswered',
      { metadata: { annotations: { 'flinkclusters.flinkoperator.k8s.io/user-control': 'job-cancel' } } },
      'gcp-9',
      'busy: its annotation asks for a job-cancel: the operator takes a savepoint and stops the job',
    ],
    [
      'none while the job is not running',
      { jobStatus: { state: 'Lost' } },
      'gcp-9',
      'refused: its job is not running (Lost)',
    ],
    [
      'none before there is a job',
      { jobStatus: { state: '' } },
      'gcp-9',
      'refused: its job is not running (no state yet)',
    ],
  ]
  for (const [what, parts, operator, expected] of ways) {
    it(`is ${what}`, async () => {
      assert.equal(await way(parts, operator), expected)
    })
  }

  it('is the annotation on Spotify where nobody could withdraw a failing generation', async () => {
    assert.equal(await way(savepoint('Succeeded'), 'spotify', {}, false), 'annotation')
  })

  it('does not ask for the right to patch the status where it does not matter', async () => {
    const facts = readFlinkCluster(object(spotifyCluster()), 'spotify')
    await chooseTake(facts, 'spotify', auto, () => assert.fail('asked'))
  })

  it('is Flink itself for a session cluster', async () => {
    const { job: _, ...spec } = spotifyCluster()['spec'] as Fields
    const facts = readFlinkCluster(object({ ...spotifyCluster(), spec }), 'spotify')
    assert.deepEqual(await chooseTake(facts, 'spotify', auto, async () => true), { way: 'rest' })
    const byAnnotation = await chooseTake(facts, 'spotify', { ...auto, via: 'annotation' }, async () => true)
    assert.equal(byAnnotation.way, 'refused')
  })

  const explicit: readonly [
    what: string,
    parts: ClusterParts,
    operator: OperatorName,
    via: TakeWish['via'],
    way: string,
  ][] = [
    [
      'annotation where the operator does not listen to it',
      {},
      'gcp-2',
      'annotation',
      'refused: its operator (gcp-2) does not listen to the annotation',
    ],
    [
      'generation where it is inert for want of a first savepoint',
      {},
      'gcp-9',
      'generation',
      'refused: its operator (gcp-9) ignores savepointGeneration while no savepoint has been taken yet',
    ],
    [
      'generation where it is inert after a failure',
      pending(savepoint('Failed')),
      'gcp-9',
      'generation',
      'refused: its operator (gcp-9) ignores savepointGeneration while the last savepoint failed',
    ],
    [
      'annotation without savepointsDir',
      { job: { savepointsDir: undefined } },
      'gcp-9',
      'annotation',
      'refused: spec.job.savepointsDir is not set',
    ],
  ]
  for (const [what, parts, operator, via, expected] of explicit) {
    it(`refuses an explicit --via ${what}`, async () => {
      assert.equal(await way(parts, operator, { via }), expected)
    })
  }

  it('obeys an explicit --via that works', async () => {
    assert.equal(await way({}, 'spotify', { via: 'generation' }), 'generation')
    assert.equal(await way(savepoint('Succeeded'), 'gcp-9', { via: 'annotation' }), 'annotation')
    assert.equal(await way(savepoint('InProgress'), 'gcp-9', { via: 'rest' }), 'rest')
  })
})
