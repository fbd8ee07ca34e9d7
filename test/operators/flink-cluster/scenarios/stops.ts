import type { Fields } from '../../../../src/domain/fields.ts'
import {
  a,
  attempt,
  b,
  c,
  completed,
  failed,
  firstTaken,
  flink,
  reached,
  type Scenario,
  tasks,
  two,
} from './parts.ts'
import type { Moment } from './story.ts'

const cancel = { triggerReason: 'job cancel' }
const during = (state: string, triggerId = b, more: Fields = {}) =>
  attempt(state, triggerId, { ...cancel, ...more })

/** status.control of a job-cancel. */
export const cancelling = (state: string, updateTime = '12:00:00', more: Fields = {}): Fields => ({
  name: 'job-cancel',
  state,
  updateTime: `2026-03-01T${updateTime}Z`,
  ...more,
})

const saved: Moment = { ...reached(2, two), savepoint: during('Succeeded') }
const ended = (state: string): Moment => ({ jobStatus: { state } })
const silence =
  'no reaction from the operator for 15 s: it may be down (kubectl get pods -A | grep -i flink-operator)'
const message = 'Savepoint error: java.util.concurrent.CompletionException: disk full'

/** Taken from GCP tag -9 and Spotify v0.6 as they were seen, and from the sources of both. */
export const stopsByAnnotation: readonly Scenario[] = [
  {
    name: 'has ended once the savepoint, the job and the command are seen at their ends',
    operator: 'gcp-9',
    before: firstTaken,
    sees: [
      [0.1, { control: cancelling('Progressing'), savepoint: attempt('NotTriggered', undefined, cancel) }],
      [0.2, { savepoint: during('InProgress') }],
      [5, saved],
      [10, { ...ended('Cancelled'), control: cancelling('Succeeded', '12:00:10') }],
      [10.1, { annotated: false }],
    ],
    ends: { exit: 0, location: two, triggerId: b, at: 10 },
  },
  {
    name: 'has failed with its savepoint, and the job goes on: Flink knows the cause',
    operator: 'gcp-9',
    before: firstTaken,
    sees: [
      [0.2, { control: cancelling('Progressing'), savepoint: during('InProgress') }],
      [
        5,
        {
          savepoint: during('Failed', b, { message }),
          control: cancelling('Failed', '12:00:05', {
            message: 'Aborted job cancellation: failed to create savepoint.',
          }),
        },
      ],
    ],
    flink: flink({ savepoint: failed('no space left on device') }),
    ends: { exit: 3, state: 'Failed', rootCause: 'no space left on device', triggerId: b, at: 5 },
  },
  {
    name: "has failed with the operator's own words where Flink is silent",
    operator: 'gcp-9',
    before: firstTaken,
    sees: [
      [0.2, { control: cancelling('Progressing'), savepoint: during('InProgress') }],
      [5, { savepoint: during('Failed', b, { message }), control: cancelling('Failed', '12:00:05') }],
    ],
    ends: { exit: 3, state: 'Failed', rootCause: 'disk full', triggerId: b, at: 10 },
  },
  {
    name: 'has not ended the job where the operator gave up after 60 s on a savepoint that Flink completed',
    operator: 'gcp-9',
    before: firstTaken,
    sees: [
      [0.2, { control: cancelling('Progressing'), savepoint: during('InProgress') }],
      [
        65,
        {
          savepoint: during('Failed', b, { message: 'Timed out taking savepoint.' }),
          control: cancelling('Failed', '12:01:05'),
        },
      ],
    ],
    flink: flink({ savepoint: completed(two) }),
    ends: { exit: 3, state: 'Completed', location: two, triggerId: b, at: 65 },
  },
  {
    name: 'has not ended the job where the cancel after the savepoint failed',
    operator: 'gcp-9',
    before: firstTaken,
    sees: [
      [0.2, { control: cancelling('Progressing'), savepoint: during('InProgress') }],
      [5, saved],
      [6, { control: cancelling('Failed', '12:00:06', { message: 'Failed to cancel the job.' }) }],
    ],
    ends: { exit: 3, state: 'Completed', location: two, triggerId: b, at: 6 },
  },
  {
    name: 'is the second one of a job that was stopped and started again',
    operator: 'gcp-9',
    before: {
      ...firstTaken,
      savepoint: during('Succeeded', a, { jobID: 'f'.repeat(32) }),
      control: cancelling('Succeeded', '10:00:00'),
    },
    sees: [
      [0.1, { control: cancelling('Progressing'), savepoint: during('InProgress') }],
      [5, { ...saved, jobStatus: { ...saved.jobStatus, state: 'Cancelled' } }],
      [5.1, { control: cancelling('Succeeded', '12:00:05') }],
    ],
    ends: { exit: 0, location: two, triggerId: b, at: 5.1 },
  },
  {
    name: 'is not a scheduled savepoint before the job is lost',
    operator: 'gcp-9',
    before: firstTaken,
    sees: [
      [0.2, { ...reached(2, two), savepoint: attempt('Succeeded', c, { triggerReason: 'scheduled' }) }],
      [5, ended('Lost')],
    ],
    ends: { exit: 3, state: 'Failed', at: 20 },
  },
  {
    name: 'is told without a status.savepoint on tag -3, where its success shows with the generation alone',
    operator: 'gcp-3',
    before: { jobStatus: firstTaken.jobStatus ?? {} },
    sees: [
      [5, { control: cancelling('Progressing') }],
      [10, { jobStatus: { ...reached(2, two).jobStatus, lastSavepointTriggerID: b } }],
      [15, { ...ended('Cancelled'), control: cancelling('Succeeded', '12:00:15') }],
    ],
    ends: { exit: 0, location: two, triggerId: b, at: 15 },
  },
  {
    name: 'has failed on tag -3 when its three attempts are used up',
    operator: 'gcp-3',
    before: { jobStatus: firstTaken.jobStatus ?? {} },
    sees: [
      [5, { control: cancelling('Progressing') }],
      [
        20,
        {
          control: cancelling('Failed', '12:00:20', {
            message: 'Aborted control job-cancel. The maximum number of retries has been reached.',
          }),
        },
      ],
    ],
    ends: { exit: 3, state: 'Failed', at: 20 },
  },
  {
    name: 'has ended when Succeeded has become Cancelled, however often the control runs back',
    operator: 'spotify',
    before: firstTaken,
    sees: [
      [0.05, { control: cancelling('InProgress') }],
      [0.1, { control: cancelling('Requested') }],
      [0.2, { control: cancelling('InProgress') }],
      [0.4, { ...saved, jobStatus: { ...saved.jobStatus, state: 'Succeeded', finalSavepoint: true } }],
      [0.5, { ...ended('Cancelled'), control: cancelling('Succeeded', '12:00:01') }],
      [0.6, { control: cancelling('InProgress'), annotated: false }],
      [0.7, { control: cancelling('Succeeded', '12:00:01') }],
    ],
    ends: { exit: 0, location: two, triggerId: b, at: 0.5 },
  },
  {
    name: 'waits for the savepoint that the operator tries again, and tells each that failed',
    operator: 'spotify',
    before: firstTaken,
    sees: [
      [
        0.1,
        { control: cancelling('InProgress'), savepoint: during('Failed', a.replace('a', 'f'), { message }) },
      ],
      [10, { savepoint: during('Failed', c, { message }) }],
      [20, { ...saved, ...reached(2, two), savepoint: during('Succeeded') }],
      [20.1, { jobStatus: { state: 'Cancelled' }, control: cancelling('Succeeded', '12:00:20') }],
    ],
    flink: ({ ask }, seconds) =>
      ask === 'savepoint' && seconds < 20 ? failed('no space left on device') : undefined,
    ends: {
      exit: 0,
      location: two,
      triggerId: b,
      at: 20.1,
      told: [
        'the savepoint of flinkcluster/orders failed: no space left on device; the operator tries again by itself',
        'the savepoint of flinkcluster/orders failed: no space left on device; the operator tries again by itself',
      ],
    },
  },
  {
    name: 'is a time-out while its savepoints fail',
    operator: 'spotify',
    before: firstTaken,
    sees: [[0.1, { control: cancelling('InProgress'), savepoint: during('Failed', b, { message }) }]],
    ends: {
      exit: 4,
      state: 'Failed',
      rootCause: 'disk full',
      triggerId: b,
      at: 600,
      told: ['the savepoint of flinkcluster/orders failed: disk full; the operator tries again by itself'],
    },
  },
  {
    name: 'is no stop with a savepoint where the JobManager was lost, though the job has Succeeded',
    operator: 'spotify',
    before: firstTaken,
    sees: [
      [0.1, { control: cancelling('InProgress') }],
      [0.3, ended('Succeeded')],
      [0.4, { ...ended('Cancelled'), control: cancelling('Succeeded', '12:00:01') }],
    ],
    ends: { exit: 3, state: 'Failed', at: 15.3 },
  },
  {
    name: 'is found by Flink where the job was gone before the operator could write it down',
    operator: 'spotify',
    before: firstTaken,
    sees: [
      [0.1, { control: cancelling('InProgress'), savepoint: during('InProgress') }],
      [0.3, ended('Succeeded')],
    ],
    flink: flink({ savepoint: completed(two) }),
    ends: {
      exit: 0,
      location: two,
      triggerId: b,
      at: 15.3,
      told: [
        'Flink completed this savepoint, and the operator does not know it: it is in no field of flinkcluster/orders',
      ],
    },
  },
  {
    name: 'counts though the control calls it Failed (before v0.6: the job had stopped already)',
    operator: 'spotify',
    before: firstTaken,
    sees: [
      [0.1, { control: cancelling('InProgress'), savepoint: during('InProgress') }],
      [10, { ...saved, jobStatus: { ...saved.jobStatus, state: 'Cancelled' } }],
      [
        10.1,
        {
          control: cancelling('Failed', '12:00:10', {
            message: 'Aborted job cancellation: job is stopped already.',
          }),
        },
      ],
    ],
    ends: { exit: 0, location: two, triggerId: b, at: 10.1 },
  },
  {
    name: 'is asked for again where the annotation goes and nothing comes of it',
    operator: 'spotify',
    before: { ...firstTaken, control: cancelling('Failed', '10:00:00') },
    sees: [
      [0.1, { annotated: false }],
      [3, { control: cancelling('InProgress', '12:00:03') }],
      [4, { ...saved, jobStatus: { ...saved.jobStatus, state: 'Cancelled' } }],
      [4.1, { control: cancelling('Succeeded', '12:00:04'), annotated: false }],
    ],
    ends: { exit: 0, location: two, triggerId: b, at: 4.1, writes: ['again'] },
  },
  {
    name: 'is asked for again while not all tasks are running, since nothing was taken',
    operator: 'gcp-9',
    before: firstTaken,
    sees: [
      [0.2, { control: cancelling('Progressing'), savepoint: during('InProgress', c) }],
      [
        0.5,
        {
          annotated: false,
          savepoint: during('Failed', c, { message: tasks }),
          control: cancelling('Failed', '12:00:01'),
        },
      ],
      [4, { control: cancelling('Progressing', '12:00:04'), savepoint: during('InProgress') }],
      [9, saved],
      [12, { ...ended('Cancelled'), control: cancelling('Succeeded', '12:00:12') }],
    ],
    flink: ({ ask }) => (ask === 'savepoint' ? failed(tasks) : undefined),
    ends: {
      exit: 0,
      location: two,
      triggerId: b,
      at: 12,
      told: ['not all tasks of flinkcluster/orders are running yet; asking again in 3 s'],
      writes: ['again'],
    },
  },
  {
    name: 'joins a job-cancel that is under way, with the savepoint that is there already',
    operator: 'gcp-9',
    before: {
      ...firstTaken,
      ...saved,
      annotated: 'job-cancel',
      control: cancelling('Progressing', '11:59:59'),
    },
    sees: [[5, { ...ended('Cancelled'), control: cancelling('Succeeded', '12:00:05') }]],
    ends: { exit: 0, location: two, triggerId: b, at: 5 },
  },
  {
    name: 'joins an annotation that was not taken up yet, and is not ended by what an earlier one left',
    operator: 'gcp-9',
    before: {
      ...firstTaken,
      annotated: 'job-cancel',
      savepoint: during('Failed', a, { message }),
      control: cancelling('Failed', '11:00:00'),
    },
    sees: [
      [0.1, { control: cancelling('Progressing'), savepoint: during('InProgress') }],
      [5, saved],
      [10, { ...ended('Cancelled'), control: cancelling('Succeeded', '12:00:10') }],
    ],
    ends: { exit: 0, location: two, triggerId: b, at: 10 },
  },
  {
    name: 'is a time-out where nobody listens, with a hint after 15 s',
    operator: 'gcp-9',
    before: firstTaken,
    sees: [],
    ends: {
      exit: 4,
      at: 600,
      state: 'Requested',
      told: [silence],
    },
  },
  {
    name: 'is over when the object is deleted',
    operator: 'gcp-9',
    before: firstTaken,
    sees: [
      [0.2, { control: cancelling('Progressing'), savepoint: during('InProgress') }],
      [1, 'deleted'],
    ],
    ends: { exit: 3, state: 'InProgress', triggerId: b, at: 1 },
  },
  {
    name: 'is over when another object has its name',
    operator: 'gcp-9',
    before: firstTaken,
    sees: [[1, { uid: 'another' }]],
    ends: { exit: 3, state: 'Requested', at: 1 },
  },
  {
    name: 'goes on where a job that was lost is brought back by its policy',
    operator: 'spotify',
    before: { ...firstTaken, job: { restartPolicy: 'FromSavepointOnFailure' } },
    sees: [
      [1, ended('Failed')],
      [10, ended('Running')],
      [20, { control: cancelling('InProgress'), savepoint: during('InProgress') }],
      [21, { ...saved, jobStatus: { ...saved.jobStatus, state: 'Cancelled' } }],
      [21.1, { control: cancelling('Succeeded', '12:00:21') }],
    ],
    ends: { exit: 0, location: two, triggerId: b, at: 21.1, told: [silence] },
  },
]
