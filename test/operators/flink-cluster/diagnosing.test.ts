import assert from 'node:assert/strict'
import { type Resource, resourceOf } from '../../../src/domain/resource.ts'
import { diagnosing } from '../../../src/operators/flink-cluster/diagnosing.ts'
import { flinkCluster } from '../../../src/operators/flink-cluster/index.ts'
import { type ClusterParts, gcpCluster, spotifyCluster } from '../../support/flink-clusters.ts'

type Build = 'spotify' | 'gcp-9' | 'gcp-5' | 'gcp-2' | undefined

const problems = (build: Build, parts: ClusterParts = {}): readonly string[] => {
  const resource = resourceOf(build === 'spotify' ? spotifyCluster(parts) : gcpCluster(parts)) as Resource
  return diagnosing.problems(flinkCluster.read(resource, build), build)
}

const failed = (triggerReason: string) => ({
  state: 'Failed',
  triggerReason,
  message:
    'Savepoint error: java.util.concurrent.CompletionException: x\n\tat y\nCaused by: java.io.IOException: No space left',
})
const updating = { currentRevision: 'orders-1', nextRevision: 'orders-2' }

describe('What will not go as one would think', () => {
  it('is nothing on a job that runs well', () => {
    assert.deepEqual([problems('spotify'), problems('gcp-9'), problems(undefined)], [[], [], []])
  })

  it('is a fromSavepoint that every later change of the spec starts from again', () => {
    const sticky =
      'spec.job.fromSavepoint is still gs://bucket/orders/old: the next change of the spec would start the job from there and give up all work since; take a savepoint, and remove fromSavepoint in that same change'
    const declared = { job: { fromSavepoint: 'gs://bucket/orders/old' } }
    assert.deepEqual(
      [
        problems('spotify', declared),
        problems('gcp-9', declared),
        problems(undefined, declared),
        // No change of the spec is possible there.
        problems('gcp-5', declared),
        problems('gcp-2', declared),
        // It is about to be used.
        problems('gcp-9', { ...declared, status: updating }),
        problems('gcp-9', { ...declared, jobStatus: { state: 'Failed' } }),
      ],
      [[sticky], [sticky], [sticky], [], [], [], []],
    )
  })

  describe('is a request by savepointGeneration', () => {
    const asked = { job: { savepointGeneration: 3 }, jobStatus: { savepointGeneration: 2 } }

    it('that its operator ignores', () => {
      assert.deepEqual(
        [
          problems('gcp-9', asked),
          problems('gcp-5', { ...asked, status: { savepoint: failed('scheduled') } }),
          problems('gcp-9', { ...asked, status: { savepoint: { state: 'Succeeded' } } }),
          problems('gcp-9', { ...asked, status: { savepoint: { state: 'InProgress' } } }),
          problems('gcp-2', asked),
          problems(undefined, asked),
        ],
        [
          [
            'savepointGeneration 3 is asked for, but its operator ignores that while no savepoint has been taken yet: kubectl flinksp take orders asks in another way',
          ],
          [
            'savepointGeneration 3 is asked for, but its operator ignores that while the last savepoint failed: kubectl flinksp take orders asks in another way',
          ],
          [],
          [],
          [],
          [],
        ],
      )
    })

    it('that fails and is tried again without end', () => {
      assert.deepEqual(
        [
          problems('spotify', { ...asked, status: { savepoint: failed('user requested') } }),
          problems('spotify', { ...asked, status: { savepoint: failed('scheduled') } }),
          problems('spotify', { ...asked, status: { savepoint: { state: 'InProgress' } } }),
          problems('spotify', asked),
        ],
        [
          [
            'savepointGeneration 3 is asked for, fails, and is tried again by the operator without end (No space left): mend the cause; the first savepoint that succeeds ends it',
          ],
          [],
          [],
          [],
        ],
      )
    })

    it('where no savepoint can be written', () => {
      const nowhere = { ...asked, job: { ...asked.job, savepointsDir: '' } }
      const text =
        'savepointGeneration 3 is asked for, but without spec.job.savepointsDir the operator takes no savepoint'
      assert.deepEqual(
        [
          problems('spotify', nowhere),
          problems('gcp-9', nowhere),
          problems('gcp-2', nowhere),
          // An empty directory is none, but Spotify's operator tries it.
          problems('spotify', { ...nowhere, status: { savepoint: failed('user requested') } }),
        ],
        [
          [text],
          [text],
          [text],
          [
            'savepointGeneration 3 is asked for, fails, and is tried again by the operator without end (No space left): mend the cause; the first savepoint that succeeds ends it',
          ],
        ],
      )
    })
  })

  it('is a job-cancel that Spotify’s operator carries out again on whatever is started', () => {
    const cancelled = { status: { control: { name: 'job-cancel', state: 'Succeeded' } } }
    assert.deepEqual(
      [problems('spotify', cancelled), problems('gcp-9', cancelled)],
      [
        [
          'status.control still says job-cancel: this operator cancels any job that is started here; kubectl flinksp resume and restore take it away first',
        ],
        [],
      ],
    )
  })

  it('is an update that waits for a savepoint which fails', () => {
    const blocked = { status: { ...updating, savepoint: failed('update') } }
    assert.deepEqual(
      [
        problems('gcp-9', blocked),
        problems('gcp-9', { status: { savepoint: failed('update') } }),
        problems('gcp-9', {
          status: { ...updating, savepoint: { state: 'Failed', triggerReason: 'update' } },
        }),
      ],
      [
        [
          'a change of the spec waits for a savepoint, and that fails (No space left): the operator carries it out as soon as one succeeds',
        ],
        [],
        [
          'a change of the spec waits for a savepoint, and that fails (the operator gave no reason): the operator carries it out as soon as one succeeds',
        ],
      ],
    )
  })

  it('is nothing on a session cluster', () => {
    const session = resourceOf({ ...gcpCluster(), spec: {} }) as Resource
    assert.deepEqual(diagnosing.problems(flinkCluster.read(session, 'gcp-9'), 'gcp-9'), [])
  })
})
