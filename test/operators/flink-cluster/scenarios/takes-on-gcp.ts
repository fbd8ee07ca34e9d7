import {
  attempt,
  b,
  c,
  completed,
  control,
  firstTaken,
  flink,
  forgotten,
  inProgress,
  one,
  reached,
  type TakeScenario,
  tasks,
  three,
  timedOutMessage,
  two,
} from './parts.ts'

/** Seen on GCP tags -9 and -3, or read in their sources. */
export const takesOnGcp: TakeScenario[] = [
  {
    name: 'goes through NotTriggered, which takes the old trigger id away',
    operator: 'gcp-9',
    via: 'annotation',
    before: firstTaken,
    sees: [
      [0.05, { savepoint: attempt('NotTriggered'), control: control('Progressing', '12:00:00') }],
      [0.1, { savepoint: attempt('InProgress', b) }],
      [
        5,
        { ...reached(2, two), savepoint: attempt('Succeeded', b), control: control('Succeeded', '12:00:05') },
      ],
      [5.1, { annotated: false }],
    ],
    ends: { exit: 0, location: two, triggerId: b, generation: 2 },
  },
  {
    name: 'fails before it was triggered, for there is no Flink',
    operator: 'gcp-9',
    via: 'annotation',
    before: firstTaken,
    sees: [
      [0.05, { savepoint: attempt('NotTriggered'), control: control('Progressing', '12:00:00') }],
      [
        5,
        {
          savepoint: attempt('Failed', undefined, { message: 'Flink API is not available.' }),
          control: control('Failed', '12:00:05'),
          annotated: false,
        },
      ],
    ],
    ends: { exit: 3, message: 'Flink API is not available.' },
  },
  {
    name: 'that the operator gave up after 60 s is complete in Flink 10 s later',
    operator: 'gcp-9',
    via: 'annotation',
    before: firstTaken,
    sees: [
      [0.1, { savepoint: attempt('InProgress', b), control: control('Progressing', '12:00:00') }],
      [
        65,
        {
          savepoint: attempt('Failed', b, { message: timedOutMessage }),
          control: control('Failed', '12:01:05'),
          annotated: false,
        },
      ],
    ],
    flink: (_, seconds) => (seconds < 75 ? inProgress : completed(two)),
    ends: { exit: 0, location: two, triggerId: b },
  },
  {
    name: 'that the operator gave up after 60 s has failed where Flink is silent',
    operator: 'gcp-9',
    via: 'annotation',
    before: firstTaken,
    sees: [
      [0.1, { savepoint: attempt('InProgress', b), control: control('Progressing', '12:00:00') }],
      [65, { savepoint: attempt('Failed', b, { message: timedOutMessage }), annotated: false }],
    ],
    ends: { exit: 3, triggerId: b, message: timedOutMessage },
  },
  {
    name: 'fails with its JobManager, which forgets every trigger',
    operator: 'gcp-9',
    via: 'annotation',
    before: firstTaken,
    sees: [
      [0.1, { savepoint: attempt('InProgress', b), control: control('Progressing', '12:00:00') }],
      [
        10,
        {
          jobStatus: { state: 'Lost' },
          savepoint: attempt('Failed', b, { message: 'Flink API is not available.' }),
          control: control('Failed', '12:00:10'),
        },
      ],
    ],
    flink: flink({ savepoint: forgotten }),
    ends: { exit: 3, triggerId: b, message: 'Flink API is not available.' },
  },
  {
    name: 'is replaced by the annotation of somebody else, and Flink completes it all the same',
    operator: 'gcp-9',
    via: 'annotation',
    before: firstTaken,
    sees: [
      [0.1, { savepoint: attempt('InProgress', b), control: control('Progressing', '12:00:00') }],
      [3, { savepoint: attempt('NotTriggered'), control: control('Progressing', '12:00:03') }],
      [3.1, { savepoint: attempt('InProgress', c) }],
      [30, { ...reached(2, three), savepoint: attempt('Succeeded', c) }],
    ],
    flink: (_, seconds) => (seconds < 20 ? inProgress : completed(two)),
    ends: { exit: 0, location: two, triggerId: b },
  },
  {
    name: 'is replaced by the annotation of somebody else, whose savepoint is as good where Flink is silent',
    operator: 'gcp-9',
    via: 'annotation',
    before: firstTaken,
    sees: [
      [0.1, { savepoint: attempt('InProgress', b), control: control('Progressing', '12:00:00') }],
      [3, { savepoint: attempt('NotTriggered'), control: control('Progressing', '12:00:03') }],
      [3.1, { savepoint: attempt('InProgress', c) }],
      [30, { ...reached(2, three), savepoint: attempt('Succeeded', c) }],
    ],
    ends: { exit: 0, location: three, triggerId: c, generation: 2 },
  },
  {
    name: 'is replaced, and then both are lost with the job',
    operator: 'gcp-9',
    via: 'annotation',
    before: firstTaken,
    sees: [
      [0.1, { savepoint: attempt('InProgress', b), control: control('Progressing', '12:00:00') }],
      [3, { savepoint: attempt('NotTriggered'), control: control('Progressing', '12:00:03') }],
      [3.1, { savepoint: attempt('InProgress', c) }],
      [10, { jobStatus: { state: 'Lost' } }],
    ],
    flink: (_, seconds) => (seconds < 9 ? inProgress : undefined),
    ends: { exit: 3, state: 'Requested' },
  },
  {
    name: 'is reached by the savepoint that replaced it',
    operator: 'gcp-9',
    via: 'generation',
    before: firstTaken,
    sees: [
      [0.1, { savepoint: attempt('InProgress', b) }],
      [3, { savepoint: attempt('NotTriggered'), control: control('Progressing', '12:00:03') }],
      [3.1, { savepoint: attempt('InProgress', c) }],
      [30, { ...reached(2, three), savepoint: attempt('Succeeded', c) }],
    ],
    ends: { exit: 0, location: three, triggerId: c, generation: 2 },
  },
  {
    name: 'fails once, and is never tried again',
    operator: 'gcp-9',
    via: 'generation',
    before: firstTaken,
    sees: [
      [0.1, { savepoint: attempt('InProgress', b) }],
      [0.2, { savepoint: attempt('Failed', b, { message: 'Savepoint error: IO-problem detected.' }) }],
    ],
    ends: { exit: 3, triggerId: b },
  },
  {
    name: 'meets a job that just deploys its tasks, and is asked for again by annotation',
    operator: 'gcp-9',
    via: 'generation',
    before: firstTaken,
    sees: [
      [0.1, { savepoint: attempt('InProgress', b) }],
      [0.2, { savepoint: attempt('Failed', b, { message: tasks }) }],
      [9, { savepoint: attempt('InProgress', c), control: control('Progressing', '12:00:08') }],
      [10, { ...reached(2, two), savepoint: attempt('Succeeded', c), annotated: false }],
    ],
    ends: { exit: 0, location: two, triggerId: c, generation: 2, writes: ['again'] },
  },
  {
    name: 'has failed where asking again is refused',
    operator: 'gcp-9',
    via: 'annotation',
    before: firstTaken,
    refuses: 'again',
    sees: [
      [0.1, { savepoint: attempt('InProgress', b), control: control('Progressing', '12:00:00') }],
      [0.2, { savepoint: attempt('Failed', b, { message: tasks }), annotated: false }],
    ],
    ends: { exit: 3, triggerId: b, writes: ['again'] },
  },
  {
    name: 'outlives the failures of scheduled savepoints',
    operator: 'gcp-9',
    via: 'annotation',
    before: firstTaken,
    sees: [
      [0.1, { savepoint: attempt('Failed', c, { triggerReason: 'scheduled initial', message: tasks }) }],
      [1, { savepoint: attempt('NotTriggered'), control: control('Progressing', '12:00:01') }],
      [1.1, { savepoint: attempt('InProgress', b) }],
      [6, { ...reached(2, two), savepoint: attempt('Succeeded', b) }],
    ],
    ends: { exit: 0, location: two, triggerId: b, generation: 2 },
  },
  {
    name: 'ends with the object',
    operator: 'gcp-9',
    via: 'annotation',
    sees: [[1, 'deleted']],
    ends: { exit: 3 },
  },
  {
    name: 'is done when its control has failed once and succeeded at the second try',
    operator: 'gcp-3',
    via: 'annotation',
    sees: [
      [0.1, { control: control('Progressing', '12:00:00', { details: { retries: '1' } }) }],
      [
        16,
        {
          jobStatus: {
            savepointGeneration: 1,
            savepointLocation: one,
            lastSavepointTriggerID: b,
            lastSavepointTime: '2026-03-01T12:00:16Z',
          },
          control: control('Progressing', '12:00:00', { details: { savepointTriggerID: b } }),
        },
      ],
    ],
    flink: (_, seconds) => ({
      answer: 'checkpoints',
      checkpoints: {
        restoredCount: 0,
        history: seconds < 5 ? [] : [{ id: 7, status: 'FAILED', isSavepoint: true, failureMessage: 'no' }],
      },
    }),
    ends: { exit: 0, location: one, triggerId: b, generation: 1 },
  },
  {
    name: 'fails when its control has used up its tries',
    operator: 'gcp-3',
    via: 'annotation',
    sees: [
      [0.1, { control: control('Progressing', '12:00:00') }],
      [
        15,
        {
          control: control('Failed', '12:00:15', {
            message: 'Job control is aborted. The maximum number of retries has been reached.',
          }),
          annotated: false,
        },
      ],
    ],
    ends: { exit: 3, message: 'Job control is aborted. The maximum number of retries has been reached.' },
  },
  {
    name: 'is one write that nothing announces, whatever stands in the annotation',
    operator: 'gcp-2',
    via: 'generation',
    before: { annotated: true },
    sees: [
      [
        5,
        {
          jobStatus: {
            savepointGeneration: 1,
            savepointLocation: one,
            lastSavepointTriggerID: b,
            lastSavepointTime: '2026-03-01T12:00:05Z',
          },
        },
      ],
    ],
    ends: { exit: 0, location: one, triggerId: b, generation: 1 },
  },
  {
    name: 'waits for the tries of its operator where Flink is silent',
    operator: 'gcp-2',
    via: 'generation',
    sees: [],
    ends: { exit: 4 },
  },
  {
    name: 'ends with the cluster that a failed job takes away',
    operator: 'gcp-2',
    via: 'generation',
    sees: [[27, { jobStatus: { state: 'Succeeded' } }]],
    ends: { exit: 3 },
  },
]
