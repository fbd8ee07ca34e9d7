import {
  a,
  attempt,
  b,
  c,
  failedJob,
  flink,
  gcpRevision,
  gcpRunning,
  gcpStarted,
  gcpStarting,
  gcpWay,
  jobB,
  policy,
  restoredFrom,
  type Scenario,
  stoppedAs,
  tasks,
  three,
} from './parts.ts'
import type { Story } from './story.ts'

/** Seen on GCP tag -9, or read in its source. */
export const restoresOnGcp: Scenario[] = [
  ...['Failed', 'Lost', 'Cancelled', 'Succeeded', 'Suspended'].map(
    (state): Scenario => ({
      name: `starts a ${state} job`,
      operator: 'gcp-9',
      before: stoppedAs(state, gcpRunning),
      sees: gcpWay(three).filter(([at]) => at !== 2),
      flink: flink({ checkpoints: restoredFrom(three) }),
      ends: { exit: 0, state: 'Restored', rest: true },
    }),
  ),
  {
    name: 'from the savepoint that it was started from, seen only at its end',
    operator: 'gcp-9',
    before: { ...gcpRunning, job: { fromSavepoint: three }, jobStatus: { fromSavepoint: three } },
    sees: [[60, { ...gcpStarted, status: gcpRevision(2, 2) }]],
    ends: { exit: 0, state: 'Restored' },
  },
  {
    name: 'of a missing path fails where Flink is silent',
    operator: 'gcp-9',
    before: gcpRunning,
    sees: [...gcpWay(three).slice(0, -1), [28, { jobStatus: { state: 'Failed' } }]],
    ends: { exit: 3, state: 'Failed' },
  },
  {
    name: 'ends the endless restarts of a job that failed, whatever their count was',
    operator: 'gcp-9',
    before: {
      ...stoppedAs('Failed', gcpRunning),
      job: { ...gcpRunning.job, ...policy },
      jobStatus: { ...gcpRunning.jobStatus, state: 'Failed', restartCount: 340 },
    },
    sees: [
      ...[1, 2, 3, 4].flatMap((count): Story['sees'] => [
        [count / 2, { jobStatus: { state: 'Pending', restartCount: 340 + count } }],
        [count / 2 + 0.2, { jobStatus: { state: 'Failed' } }],
      ]),
      [3, { jobStatus: { state: 'Updating', id: '' }, status: gcpRevision(1, 2) }],
      [4, gcpStarting(three)],
      [30, gcpStarted],
    ],
    flink: failedJob,
    ends: { exit: 0, state: 'Restored' },
  },
  {
    name: 'to a missing path under FromSavepointOnFailure is tried again without end, and given up',
    operator: 'gcp-9',
    before: {
      ...stoppedAs('Failed', gcpRunning),
      job: { ...gcpRunning.job, ...policy },
      jobStatus: { ...gcpRunning.jobStatus, state: 'Failed', restartCount: 340 },
    },
    sees: [
      [3, { jobStatus: { state: 'Updating', id: '' }, status: gcpRevision(1, 2) }],
      [4, gcpStarting(three)],
      ...[1, 2, 3].flatMap((count): Story['sees'] => [
        [count * 10, { jobStatus: { state: 'Failed' } }],
        [count * 10 + 1, { jobStatus: { state: 'Pending', restartCount: count } }],
      ]),
    ],
    flink: failedJob,
    ends: { exit: 3, state: 'Failed', rootCause: 'Cannot find checkpoint or savepoint file/directory' },
  },
  {
    name: 'keeps the savepoint that the operator takes first',
    operator: 'gcp-9',
    before: gcpRunning,
    sees: [
      [
        0.1,
        {
          status: gcpRevision(1, 2),
          savepoint: attempt('NotTriggered', undefined, { triggerReason: 'update' }),
        },
      ],
      [0.2, { savepoint: attempt('InProgress', b, { triggerReason: 'update' }) }],
      [
        0.4,
        {
          jobStatus: { savepointLocation: 'file:/sp/orders/savepoint-4', savepointGeneration: 3 },
          savepoint: attempt('Succeeded', b, { triggerReason: 'update' }),
        },
      ],
      ...gcpWay(three).slice(1),
    ],
    ends: { exit: 0, state: 'Restored', updateSavepoint: 'file:/sp/orders/savepoint-4' },
  },
  {
    name: 'does not take an update of long ago for its own',
    operator: 'gcp-9',
    before: { ...gcpRunning, savepoint: attempt('Failed', a, { triggerReason: 'update', message: 'no' }) },
    sees: [],
    ends: { exit: 4, state: 'InProgress', told: [/no reaction/] },
  },
  {
    name: 'is blocked while savepoints fail, and time runs out',
    operator: 'gcp-9',
    before: { job: {}, jobStatus: {}, status: gcpRevision(1, 1) },
    sees: [
      [0.1, { status: gcpRevision(1, 2) }],
      [
        0.3,
        {
          savepoint: attempt('Failed', b, {
            triggerReason: 'update',
            message: 'Failed to take savepoint for update.',
          }),
        },
      ],
      [
        15,
        {
          savepoint: attempt('Failed', c, {
            triggerReason: 'update',
            message: 'Failed to take savepoint for update.',
          }),
        },
      ],
    ],
    ends: { exit: 4, state: 'InProgress', told: [/insists on a savepoint first/] },
  },
  {
    name: 'is blocked while savepoints fail, and goes on when one succeeds',
    operator: 'gcp-9',
    before: gcpRunning,
    sees: [
      [0.1, { status: gcpRevision(1, 2) }],
      [
        0.3,
        {
          savepoint: attempt('Failed', b, {
            triggerReason: 'update',
            message: 'Failed to take savepoint for update.',
          }),
        },
      ],
      [
        40,
        {
          jobStatus: { savepointLocation: 'file:/sp/orders/savepoint-4', savepointGeneration: 3 },
          savepoint: attempt('Succeeded', c, { triggerReason: 'update' }),
        },
      ],
      ...gcpWay(three)
        .slice(1)
        .map(([at, moment]) => [at + 40, moment] as const),
    ],
    ends: { exit: 0, state: 'Restored', updateSavepoint: 'file:/sp/orders/savepoint-4' },
  },
  {
    name: 'is proven while the generation that was left over fires and fails',
    operator: 'gcp-9',
    before: { ...gcpRunning, job: { ...gcpRunning.job, savepointGeneration: 3 } },
    sees: [
      ...gcpWay(three),
      [30.7, { savepoint: attempt('InProgress', b, { jobID: jobB }) }],
      [30.9, { savepoint: attempt('Failed', b, { jobID: jobB, message: tasks }) }],
    ],
    flink: flink({ checkpoints: restoredFrom(three) }),
    ends: { exit: 0, state: 'Restored', rest: true },
  },
  {
    name: 'fails when the new job fails before Flink has proven it',
    operator: 'gcp-9',
    before: gcpRunning,
    sees: [...gcpWay(three), [32, { jobStatus: { state: 'Failed' } }]],
    ends: { exit: 3, state: 'Failed' },
  },
]
