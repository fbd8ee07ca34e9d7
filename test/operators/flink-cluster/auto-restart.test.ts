import assert from 'node:assert/strict'
import { type Fields, fieldsAt, isFields } from '../../../src/domain/fields.ts'
import { automating } from '../../../src/operators/flink-cluster/auto/auto.ts'
import { autoPatchAgain } from '../../../src/operators/flink-cluster/auto/changes.ts'
import { readFlinkCluster } from '../../../src/operators/flink-cluster/read.ts'
import type { AutomaticWish } from '../../../src/operators/job-operator.ts'
import { gcpCluster, spotifyCluster } from '../../support/flink-clusters.ts'
import {
  attempt,
  b,
  c,
  failedJob,
  gcpRevision,
  gcpRunning,
  gcpStarted,
  gcpStarting,
  one,
  policy,
  reached,
  spotifyRevision,
  spotifyRunning,
  spotifyStarted,
  spotifyStarting,
  three,
  two,
} from './scenarios/parts.ts'
import { type Moment, type Story, stage, tell } from './scenarios/story.ts'

interface Change {
  readonly name: string
  readonly build: 'spotify' | 'gcp-9'
  readonly before?: Moment
  readonly settings?: Pick<AutomaticWish, 'onFailure'>
  readonly wish?: Pick<Partial<AutomaticWish>, 'taken' | 'wait'>
  readonly sees: Story['sees']
  readonly flink?: Story['flink']
  readonly refuses?: string
  readonly ends: Fields
}

/** status.savepoint of the one that the operator takes for its update. */
const update = (state: string, trigger: string, more: Fields = {}) =>
  attempt(state, trigger, { triggerReason: 'update', triggerTime: '2026-03-01T12:00:01Z', ...more })

const wanted: Told = [0.05, { status: spotifyRevision(1, 2) }]
type Told = Story['sees'][number]

/** The operator's own savepoint, then the way of every update (seen on Spotify v0.6). */
const spotifySaved: Story['sees'] = [
  wanted,
  [0.1, { savepoint: update('InProgress', b) }],
  [8, { savepoint: update('Succeeded', b), ...reached(3, three) }],
  [8.1, { jobStatus: { state: 'Succeeded' } }],
  [8.2, { jobStatus: { state: 'Cancelled' } }],
  [8.3, { jobStatus: { state: 'Updating' } }],
  [8.4, spotifyStarting(three)],
]
/** After the savepoint that we took (three): none of its own, since ours is fresh enough (seen on GCP tag -9). */
const gcpWay = (from: string): Story['sees'] => [
  [0.1, { status: gcpRevision(1, 2) }],
  [0.7, { jobStatus: { state: 'Cancelled' } }],
  [2.2, { jobStatus: { state: 'Updating', id: '' } }],
  [2.3, { status: gcpRevision(2, 2) }],
  [5, gcpStarting(from)],
  [30, gcpStarted],
]
const gcpTaken: Moment = { ...gcpRunning, jobStatus: { ...gcpRunning.jobStatus, savepointLocation: three } }

const lostMoment: Moment = { jobStatus: { state: 'Lost' } }
const startedAgain: Story['sees'] = [
  [9.5, { status: spotifyRevision(2, 3) }],
  [9.6, { jobStatus: { state: 'Updating' } }],
  [9.7, { ...spotifyStarting(three), status: spotifyRevision(3, 3) }],
  [40, { jobStatus: { ...spotifyStarted.jobStatus, id: c } }],
]

/** The update to revision n + 1, which loses its submitter too. */
const lostAgain = (at: number, n: number): Story['sees'] => [
  [at + 0.1, { status: spotifyRevision(n + 1, n + 1), jobStatus: { state: 'Updating' } }],
  [at + 0.2, lostMoment],
]

const changes: readonly Change[] = [
  {
    name: 'ends when the job runs again, new, from the savepoint that the operator took',
    build: 'spotify',
    sees: [...spotifySaved, [35, spotifyStarted]],
    ends: {
      exit: 0,
      at: 35,
      saved: three,
      told: [/saved the state before: file:\/sp\/orders\/savepoint-3$/],
    },
  },
  {
    name: 'is at its end when the patch is written, if nobody waits',
    build: 'spotify',
    wish: { wait: false },
    sees: [],
    ends: { exit: 0, at: 0 },
  },
  {
    name: 'does not take the old job, still Running, for the new one',
    build: 'spotify',
    sees: [wanted, [3, { jobStatus: { state: 'Running' } }]],
    ends: { exit: 4, at: 600 },
  },
  {
    name: 'does not take a status that runs backwards for the new job',
    build: 'spotify',
    sees: [
      ...spotifySaved,
      [8.5, { jobStatus: { state: 'Running' } }],
      [8.6, spotifyStarting(three)],
      [35, spotifyStarted],
    ],
    ends: { exit: 0, at: 35, saved: three },
  },
  {
    name: 'waits for the change too that somebody made meanwhile',
    build: 'spotify',
    sees: [
      ...spotifySaved,
      [30, { status: spotifyRevision(2, 3) }],
      [35, spotifyStarted],
      [36, { status: spotifyRevision(3, 3), jobStatus: { state: 'Updating' } }],
      [60, { jobStatus: { state: 'Running', id: c, startTime: '2026-03-01T12:02:00Z' } }],
    ],
    ends: { exit: 0, at: 60, saved: three },
  },
  {
    name: 'repeats the patch that lost its submitter, from the savepoint just taken, and warns that it stays',
    build: 'spotify',
    sees: [...spotifySaved, [9, lostMoment], ...startedAgain],
    ends: {
      exit: 0,
      at: 40,
      saved: three,
      writes: ['patch'],
      told: [/patching again/, /fromSavepoint .* stays set/],
    },
  },
  {
    name: 'repeats the patch twice, and not for ever',
    build: 'spotify',
    sees: [...spotifySaved, [9, lostMoment], ...lostAgain(9, 2), ...lostAgain(10, 3)],
    ends: { exit: 3, at: 15.2, saved: three, writes: ['patch', 'patch'], message: /the job ended as Lost/ },
  },
  {
    name: 'gives up when the repeated patch is refused',
    build: 'spotify',
    refuses: 'patch',
    sees: [...spotifySaved, [9, lostMoment]],
    ends: {
      exit: 3,
      at: 9,
      saved: three,
      writes: ['patch'],
      message: /could not be repeated: Error from server/,
    },
  },
  {
    name: 'gives up when the job stays lost after the repeated patch',
    build: 'spotify',
    sees: [...spotifySaved, [9, lostMoment]],
    ends: { exit: 3, at: 600, saved: three, writes: ['patch'], message: /has not reacted to the patch/ },
  },
  {
    name: 'takes a job that is lost later for a failure, and does not repeat the patch',
    build: 'spotify',
    sees: [...spotifySaved, [14, lostMoment]],
    flink: failedJob,
    ends: { exit: 3, at: 14, saved: three, message: /Cannot find checkpoint/ },
  },
  {
    name: 'is blocked while the savepoint for the update fails, and time runs out',
    build: 'spotify',
    sees: [wanted, [0.2, { savepoint: update('Failed', b) }]],
    ends: { exit: 4, at: 600, told: [/insists on a savepoint first, and it fails/] },
  },
  {
    name: 'fails with the cause that Flink knows when the new job fails',
    build: 'spotify',
    sees: [...spotifySaved, [30, { jobStatus: { state: 'Failed', submitterExitCode: 1 } }]],
    flink: failedJob,
    ends: {
      exit: 3,
      at: 30,
      saved: three,
      message: /does not run again: Cannot find checkpoint/,
      hints: [
        'changed: spec.job.autoSavepointSeconds is 300, spec.job.fromSavepoint was removed',
        'to look: kubectl get flinkcluster/orders -n default -o yaml',
        `to start it: kubectl flinksp restore flinkcluster/orders ${three} -n default`,
      ],
    },
  },
  {
    name: 'fails without the cause where nobody can reach Flink',
    build: 'spotify',
    sees: [...spotifySaved, [30, { jobStatus: { state: 'DeployFailed' } }]],
    ends: { exit: 3, at: 35, saved: three, message: /the job ended as DeployFailed/ },
  },
  {
    name: 'waits out the flicker of a job that its policy restarts',
    build: 'spotify',
    before: { ...spotifyRunning, job: { ...spotifyRunning.job, ...policy } },
    sees: [
      ...spotifySaved,
      [20, { jobStatus: { state: 'Failed' } }],
      [20.1, { jobStatus: { state: 'Deploying' } }],
      [34, { jobStatus: { state: 'Failed' } }],
      [34.1, { jobStatus: { state: 'Deploying' } }],
      [36, spotifyStarted],
    ],
    ends: { exit: 0, at: 36, saved: three },
  },
  {
    name: 'takes a Failed that stands still for the end, whatever the policy',
    build: 'spotify',
    before: { ...spotifyRunning, job: { ...spotifyRunning.job, ...policy } },
    sees: [...spotifySaved, [20, { jobStatus: { state: 'Failed' } }]],
    flink: failedJob,
    ends: { exit: 3, at: 35, saved: three, message: /Cannot find checkpoint/ },
  },
  {
    name: 'says so when the job came back from an old savepoint',
    build: 'spotify',
    sees: [
      wanted,
      [0.1, { jobStatus: { state: 'Updating' } }],
      [0.3, spotifyStarting(one)],
      [30, spotifyStarted],
    ],
    ends: { exit: 3, at: 30, message: /but from file:\/sp\/orders\/savepoint-1: what it did after/ },
  },
  {
    name: 'ends when the object is deleted',
    build: 'spotify',
    sees: [wanted, [1, 'deleted']],
    ends: { exit: 3, at: 1, message: /it was deleted$/ },
  },
  {
    name: 'ends when the object is another one',
    build: 'spotify',
    sees: [wanted, [1, { uid: 'another' }]],
    ends: { exit: 3, at: 1, message: /deleted and created again/ },
  },
  {
    name: 'says after 15 s that the operator may be down',
    build: 'spotify',
    sees: [],
    ends: { exit: 4, at: 600, told: [/no reaction from the operator for 15 s/] },
  },
  {
    name: 'puts the savepoint just taken into the patch where the operator takes none',
    build: 'spotify',
    before: {
      ...gcpTaken,
      job: { fromSavepoint: one, takeSavepointOnUpdate: false },
      status: spotifyRevision(1, 1),
    },
    wish: { taken: three },
    sees: [
      wanted,
      [0.1, { jobStatus: { state: 'Updating' } }],
      [0.3, spotifyStarting(three)],
      [30, spotifyStarted],
    ],
    ends: { exit: 0, at: 30, told: [/fromSavepoint .* stays set/] },
  },
  {
    name: 'ends when the job runs again from the savepoint taken before',
    build: 'gcp-9',
    before: gcpTaken,
    wish: { taken: three },
    sees: gcpWay(three),
    ends: { exit: 0, at: 30 },
  },
  {
    name: 'ends well from a newer savepoint that the operator took meanwhile',
    build: 'gcp-9',
    before: gcpTaken,
    wish: { taken: three },
    sees: [
      [0.1, { status: gcpRevision(1, 2) }],
      [0.3, { savepoint: update('Succeeded', c), ...reached(4, 'file:/sp/orders/savepoint-4') }],
      ...gcpWay('file:/sp/orders/savepoint-4').slice(1),
    ],
    ends: { exit: 0, at: 30, saved: 'file:/sp/orders/savepoint-4' },
  },
  {
    name: 'says so when the job came back from where it was started before',
    build: 'gcp-9',
    before: gcpTaken,
    wish: { taken: three },
    sees: gcpWay(one),
    ends: { exit: 3, at: 30, message: /but from file:\/sp\/orders\/savepoint-1/ },
  },
  {
    name: 'fails when the new job fails at once',
    build: 'gcp-9',
    before: gcpTaken,
    wish: { taken: three },
    sees: [...gcpWay(three).slice(0, -1), [30, { jobStatus: { state: 'Failed' } }]],
    flink: failedJob,
    ends: { exit: 3, at: 30, message: /Cannot find checkpoint/ },
  },
  {
    name: 'is told at the write where only the policy changes, which restarts nothing',
    build: 'gcp-9',
    before: gcpTaken,
    settings: { onFailure: 'restore' },
    sees: [],
    ends: { exit: 0, at: 0 },
  },
]

function endOf(change: Change): Fields {
  const {
    build,
    before = spotifyRunning,
    settings = { everySeconds: 300 },
    sees,
    flink,
    refuses,
    ends,
  } = change
  const make = build === 'spotify' ? spotifyCluster : gcpCluster
  const empty: Story = { make, before, asked: {}, sees: [] }
  const resource = stage(empty).object()
  const facts = readFlinkCluster(resource, build)
  const wish: AutomaticWish = { resource, facts, build, ...settings, nonce: 'n', wait: true, ...change.wish }
  const protocol = automating.protocol(wish)
  const first = protocol.ask(resource)
  assert('write' in first && first.write.verb === 'patch' && isFields(first.write.body))
  const asked: Moment = { job: fieldsAt(first.write.body, 'spec', 'job') }
  const story: Story = { ...empty, asked, sees, ...(flink && { flink }), ...(refuses && { refuses }) }
  const { exit, at, result, message, hints, told, writes } = tell(protocol, story)
  const says = (ends['told'] ?? []) as RegExp[]
  return {
    exit,
    at,
    ...(result && { saved: result.location }),
    ...(writes.length > 0 && { writes }),
    ...('message' in ends && {
      message: (ends['message'] as RegExp).test(message ?? '') ? ends['message'] : message,
    }),
    ...('hints' in ends && { hints }),
    ...(says.length > 0 && { told: says.map(what => (told.some(text => what.test(text)) ? what : told)) }),
  }
}

describe('a change of the automatic savepoints, as the real operators would carry it out', () => {
  for (const change of changes) {
    it(`on ${change.build} ${change.name}`, () => assert.deepEqual(endOf(change), change.ends))
  }
})

describe('the patch that is repeated on Spotify', () => {
  it('carries the same settings, the savepoint just taken, and something that is rendered', () => {
    const { make, before } = { make: spotifyCluster, before: spotifyRunning }
    const resource = stage({ make, before, asked: {}, sees: [] }).object()
    const facts = readFlinkCluster(resource, 'spotify')
    const wish: AutomaticWish = {
      resource,
      facts,
      build: 'spotify',
      everySeconds: 'off',
      nonce: 'n',
      wait: true,
    }
    assert.deepEqual(autoPatchAgain(wish, two, 'n-1'), {
      verb: 'patch',
      ref: {
        apiVersion: 'flinkoperator.k8s.io/v1beta1',
        kind: 'FlinkCluster',
        namespace: 'default',
        name: 'orders',
      },
      type: 'merge',
      body: {
        metadata: { resourceVersion: '' },
        spec: {
          job: {
            autoSavepointSeconds: null,
            fromSavepoint: two,
            podAnnotations: { 'flinksp/restart': 'n-1' },
          },
        },
      },
    })
  })
})
