import {
  attempt,
  b,
  c,
  control,
  failed,
  firstTaken,
  flink,
  one,
  reached,
  type TakeScenario,
  tasks,
  three,
  two,
} from './parts.ts'

/** Seen on Spotify v0.6, or read in its source. */
export const takesOnSpotify: TakeScenario[] = [
  {
    name: 'is seen only when it and its unrequested repeat have ended',
    operator: 'spotify',
    via: 'annotation',
    before: firstTaken,
    sees: [
      [0.1, { savepoint: attempt('InProgress', b), control: control('InProgress', '12:00:00') }],
      [
        11,
        {
          ...reached(3, three),
          annotated: false,
          savepoint: attempt('Succeeded', c),
          control: control('Succeeded', '12:00:11'),
        },
      ],
    ],
    ends: { exit: 0, location: three, triggerId: c, generation: 3 },
  },
  {
    name: 'has succeeded unseen while its repeat is in flight',
    operator: 'spotify',
    via: 'annotation',
    before: firstTaken,
    sees: [
      [0.1, { savepoint: attempt('InProgress', b), control: control('InProgress', '12:00:00') }],
      [11, { ...reached(2, two), annotated: false, savepoint: attempt('InProgress', c) }],
    ],
    ends: { exit: 0, location: two, triggerId: b, generation: 2 },
  },
  {
    name: 'is not the scheduled one that succeeds first',
    operator: 'spotify',
    via: 'annotation',
    before: firstTaken,
    sees: [
      [0.1, { savepoint: attempt('InProgress', b, { triggerReason: 'scheduled' }) }],
      [10, { ...reached(2, two), savepoint: attempt('Succeeded', b, { triggerReason: 'scheduled' }) }],
      [10.2, { savepoint: attempt('InProgress', c), control: control('InProgress', '12:00:10') }],
      [10.4, { ...reached(3, three), savepoint: attempt('Succeeded', c) }],
    ],
    ends: { exit: 0, location: three, triggerId: c, generation: 3 },
  },
  {
    name: 'was swallowed by a scheduled one: its annotation is gone, and it is asked for again',
    operator: 'spotify',
    via: 'annotation',
    before: firstTaken,
    sees: [
      [
        0.1,
        {
          ...reached(2, two),
          annotated: false,
          savepoint: attempt('Succeeded', b, { triggerReason: 'scheduled' }),
        },
      ],
      [3, { savepoint: attempt('InProgress', c), control: control('InProgress', '12:00:03') }],
      [4, { ...reached(3, three), annotated: false, savepoint: attempt('Succeeded', c) }],
    ],
    ends: { exit: 0, location: three, triggerId: c, generation: 3, writes: ['again'] },
  },
  {
    name: 'fails as the JobManager is gone and the job is called Succeeded',
    operator: 'spotify',
    via: 'annotation',
    before: firstTaken,
    sees: [
      [0.1, { savepoint: attempt('InProgress', b), control: control('InProgress', '12:00:00') }],
      [
        10,
        {
          jobStatus: { state: 'Succeeded' },
          savepoint: attempt('Failed', b, {
            message:
              'Flink job is stopped: Failed to get savepoint status: Get "http://orders-jobmanager:8081/jobs/…": dial tcp 10.0.0.1:8081: connect: connection refused',
          }),
          control: control('Failed', '12:00:10'),
        },
      ],
      [10.3, { status: { state: 'Stopped' }, annotated: false }],
    ],
    ends: { exit: 3, triggerId: b },
  },
  {
    name: 'is complete although the job is called Succeeded in the same moment',
    operator: 'spotify',
    via: 'annotation',
    before: firstTaken,
    sees: [
      [
        10,
        {
          ...reached(2, two),
          jobStatus: { ...reached(2, two).jobStatus, state: 'Succeeded' },
          savepoint: attempt('Succeeded', b),
        },
      ],
    ],
    ends: { exit: 0, location: two, triggerId: b, generation: 2 },
  },
  {
    name: 'ends when the job is lost before it was triggered',
    operator: 'spotify',
    via: 'annotation',
    sees: [[5, { jobStatus: { state: 'Lost' } }]],
    ends: { exit: 3 },
  },
  {
    name: 'is refused by Flink',
    operator: 'spotify',
    via: 'annotation',
    before: firstTaken,
    sees: [
      [0.1, { control: control('Requested', '12:00:00') }],
      [
        0.2,
        {
          savepoint: attempt('TriggerFailed', undefined, {
            triggerTime: '2026-03-01T12:00:01Z',
            message: '404 Not Found',
          }),
          control: control('Failed', '12:00:01'),
          annotated: false,
        },
      ],
    ],
    ends: { exit: 3 },
  },
  {
    name: 'goes on while the operator is restarted',
    operator: 'spotify',
    via: 'annotation',
    sees: [
      [0.1, { savepoint: attempt('InProgress', b), control: control('InProgress', '12:00:00') }],
      [40, { ...reached(1, one), savepoint: attempt('Succeeded', b) }],
      [40.1, { annotated: false, control: control('Succeeded', '12:00:40') }],
    ],
    ends: { exit: 0, location: one, triggerId: b, generation: 1 },
  },
  {
    name: 'is fulfilled by the savepoint of an update',
    operator: 'spotify',
    via: 'generation',
    before: firstTaken,
    sees: [
      [0.1, { savepoint: attempt('InProgress', b, { triggerReason: 'update' }) }],
      [
        0.3,
        {
          jobStatus: { ...reached(2, two).jobStatus, finalSavepoint: true, state: 'Cancelled' },
          savepoint: attempt('Succeeded', b, { triggerReason: 'update' }),
        },
      ],
    ],
    ends: { exit: 0, location: two, triggerId: b, generation: 2, trigger: 'update' },
  },
  {
    name: 'fails again and again, and is told by its first failure',
    operator: 'spotify',
    via: 'generation',
    sees: [
      [0.1, { savepoint: attempt('InProgress', b) }],
      [0.2, { savepoint: attempt('Failed', b, { message: 'Savepoint error: IO-problem detected.' }) }],
      [0.3, { savepoint: attempt('InProgress', c) }],
      [0.4, { savepoint: attempt('Failed', c, { message: 'Savepoint error: IO-problem detected.' }) }],
    ],
    flink: flink({ savepoint: failed('/sp: Not a directory') }),
    ends: { exit: 3, triggerId: b, rootCause: '/sp: Not a directory' },
  },
  {
    name: 'was in flight when its failure and the next try were written unseen',
    operator: 'spotify',
    via: 'generation',
    sees: [
      [0.1, { savepoint: attempt('InProgress', b) }],
      [10, { savepoint: attempt('InProgress', c) }],
      [20, { savepoint: attempt('Failed', c, { message: 'Savepoint error: IO-problem detected.' }) }],
    ],
    ends: { exit: 3, triggerId: c },
  },
  {
    name: 'is tried again by the operator until all tasks run',
    operator: 'spotify',
    via: 'generation',
    sees: [
      [0.1, { savepoint: attempt('InProgress', b) }],
      [0.2, { savepoint: attempt('Failed', b, { message: tasks }) }],
      [0.3, { savepoint: attempt('InProgress', c) }],
      [0.4, { ...reached(1, one), savepoint: attempt('Succeeded', c) }],
    ],
    ends: { exit: 0, location: one, triggerId: c, generation: 1 },
  },
  {
    name: 'is ignored without end, and time runs out',
    operator: 'spotify',
    via: 'generation',
    sees: [],
    ends: { exit: 4 },
  },
  {
    name: 'is served by the job-cancel of somebody else',
    operator: 'spotify',
    via: 'generation',
    before: firstTaken,
    sees: [
      [
        0.5,
        {
          jobStatus: { ...reached(2, two).jobStatus, finalSavepoint: true, state: 'Succeeded' },
          savepoint: attempt('Succeeded', b, { triggerReason: 'job cancel' }),
          control: { name: 'job-cancel', state: 'Succeeded', updateTime: '2026-03-01T12:00:00Z' },
        },
      ],
      [0.7, { jobStatus: { state: 'Cancelled' } }],
    ],
    ends: { exit: 0, location: two, triggerId: b, generation: 2, trigger: 'cancel' },
  },
  {
    name: 'is not the savepoint of a job-cancel',
    operator: 'spotify',
    via: 'annotation',
    before: firstTaken,
    sees: [
      [
        0.5,
        {
          ...reached(2, two),
          savepoint: attempt('Succeeded', b, { triggerReason: 'job cancel' }),
          control: { name: 'job-cancel', state: 'Succeeded', updateTime: '2026-03-01T12:00:00Z' },
        },
      ],
      [0.7, { jobStatus: { state: 'Cancelled' } }],
    ],
    ends: { exit: 3, state: 'Requested' },
  },
  {
    name: 'is in progress when the job is lost, and Flink is silent',
    operator: 'spotify',
    via: 'annotation',
    before: firstTaken,
    sees: [
      [0.1, { savepoint: attempt('InProgress', b), control: control('InProgress', '12:00:00') }],
      [5, { jobStatus: { state: 'Lost' } }],
    ],
    ends: { exit: 3, state: 'Failed', triggerId: b },
  },
  {
    name: 'joins one three above the status, where no webhook forbids it: the third success is its',
    operator: 'spotify',
    via: 'generation',
    before: { ...firstTaken, job: { savepointGeneration: 4 } },
    sees: [
      [0.2, { ...reached(2, two), savepoint: attempt('Succeeded', b) }],
      [0.4, { ...reached(3, 'file:/sp/x'), savepoint: attempt('Succeeded', c) }],
      [10, { ...reached(4, three), savepoint: attempt('Succeeded', 'f'.repeat(32)) }],
    ],
    ends: { exit: 0, location: three, triggerId: 'f'.repeat(32), generation: 4 },
  },
]
