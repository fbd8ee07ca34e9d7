import assert from 'node:assert/strict'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import type { RestAnswer, RestQuestion } from '../../src/domain/rest.ts'
import { parseAnswer } from '../../src/flink/parse.ts'

const jobId = '29a0271b9fa5d4b5c5bd54e94487087a'
const triggerId = 'b04cf057274967135560b7d3c207bfa7'
const savepoint: RestQuestion = { ask: 'savepoint', jobId, triggerId }
const checkpoints: RestQuestion = { ask: 'checkpoints', jobId }
const exceptions: RestQuestion = { ask: 'exceptions', jobId }
const take: RestQuestion = { ask: 'take', jobId }
const location = 's3://bucket/sp/savepoint-29a027-02993b31c01c'

function operation(value: unknown): unknown {
  return { status: { id: 'COMPLETED' }, operation: value }
}

function failed(stackTrace: string): unknown {
  return operation({
    'failure-cause': { class: 'a.B', 'stack-trace': stackTrace, 'serialized-throwable': 'rO0AB' },
  })
}

const answers: readonly [
  what: string,
  RestQuestion,
  status: number,
  body: unknown,
  RestAnswer | undefined,
][] = [
  [
    'a savepoint in progress with a null operation',
    savepoint,
    200,
    { status: { id: 'IN_PROGRESS' }, operation: null },
    { answer: 'savepoint', savepoint: { state: 'IN_PROGRESS' } },
  ],
  [
    'a savepoint in progress without an operation',
    savepoint,
    200,
    { status: { id: 'IN_PROGRESS' } },
    { answer: 'savepoint', savepoint: { state: 'IN_PROGRESS' } },
  ],
  [
    'a completed savepoint',
    savepoint,
    200,
    operation({ location }),
    { answer: 'savepoint', savepoint: { state: 'COMPLETED', location } },
  ],
  [
    'a failed savepoint, which Flink calls COMPLETED too',
    savepoint,
    200,
    failed(
      'java.util.concurrent.CompletionException: a.b.CheckpointException: IO-problem detected.\n\tat a.B.c(B.java:1)\nCaused by: java.io.IOException: disk is full\n\tat a.B.c(B.java:1)',
    ),
    {
      answer: 'savepoint',
      savepoint: {
        state: 'FAILED',
        failure: { message: 'IO-problem detected.', rootCause: 'disk is full' },
      },
    },
  ],
  [
    'a savepoint that is complete although the stop failed',
    savepoint,
    200,
    failed(
      `a.b.StopWithSavepointStoppingException: A savepoint has been created at: ${location}, but the corresponding job ${jobId} failed during stopping.\nCaused by: java.io.IOException: sink is gone`,
    ),
    {
      answer: 'savepoint',
      savepoint: {
        state: 'FAILED',
        location,
        failure: {
          message: `A savepoint has been created at: ${location}, but the corresponding job ${jobId} failed during stopping.`,
          rootCause: 'sink is gone',
        },
      },
    },
  ],
  ['no completed savepoint without a location', savepoint, 200, operation({}), undefined],
  ['no completed savepoint without an operation', savepoint, 200, operation(null), undefined],
  ['no location that is not a text', savepoint, 200, operation({ location: ['s3://x'] }), undefined],
  [
    'no location longer than 4 KiB',
    savepoint,
    200,
    operation({ location: `s3://${'a'.repeat(4_096)}` }),
    undefined,
  ],
  ['no location with a line break', savepoint, 200, operation({ location: 's3://a\nb' }), undefined],
  ['no state that Flink does not have', savepoint, 200, { status: { id: 'DONE' } }, undefined],
  ['a trigger id', take, 202, { 'request-id': triggerId }, { answer: 'taken', triggerId }],
  ['no trigger id that would change a path', take, 202, { 'request-id': '../../../x' }, undefined],
  ['no trigger id in capitals', take, 202, { 'request-id': triggerId.toUpperCase() }, undefined],
  [
    'the version',
    { ask: 'version' },
    200,
    { 'flink-version': '1.18.1' },
    { answer: 'version', version: '1.18.1' },
  ],
  ['no version that is none', { ask: 'version' }, 200, { 'flink-version': 1.18 }, undefined],
  [
    'the directory by its old name',
    { ask: 'default-directory' },
    200,
    [
      { key: 'rest.port', value: '8081' },
      { key: 'state.savepoints.dir', value: 's3://old' },
    ],
    { answer: 'default-directory', directory: 's3://old' },
  ],
  [
    'the directory by its new name first',
    { ask: 'default-directory' },
    200,
    [
      { key: 'state.savepoints.dir', value: 's3://old' },
      { key: 'execution.checkpointing.savepoint-dir', value: 's3://new' },
    ],
    { answer: 'default-directory', directory: 's3://new' },
  ],
  [
    'that there is no directory',
    { ask: 'default-directory' },
    200,
    [null, 7, { key: 'state.savepoints.dir', value: '' }],
    { answer: 'default-directory', directory: undefined },
  ],
  ['no directory of another page', { ask: 'default-directory' }, 200, { key: 'x' }, undefined],
  [
    'the jobs, without what is not one',
    { ask: 'jobs' },
    200,
    {
      jobs: [
        { jid: jobId, name: 'wordcount', state: 'RUNNING', 'start-time': 1_795_358_980_981, 'end-time': -1 },
        { jid: 'all', name: 'bad id', state: 'RUNNING' },
        { jid: triggerId, state: 'CREATED', 'start-time': -1 },
        { jid: jobId, name: 'bad state', state: '\u001b[31m' },
        'job',
      ],
    },
    {
      answer: 'jobs',
      jobs: [
        { id: jobId, name: 'wordcount', state: 'RUNNING', startedAt: 1_795_358_980_981 },
        { id: triggerId, name: '', state: 'CREATED' },
      ],
    },
  ],
  ['no jobs of another page', { ask: 'jobs' }, 200, { jobs: 'none' }, undefined],
  [
    'the exception until 1.20',
    exceptions,
    200,
    {
      'root-exception': 'a.b.JobException: x\nCaused by: java.io.IOException: y',
      exceptionHistory: { entries: [] },
    },
    { answer: 'exceptions', rootCause: 'y' },
  ],
  [
    'the exception by the history alone',
    exceptions,
    200,
    { exceptionHistory: { entries: [{ stacktrace: 'java.io.IOException: newest' }, { stacktrace: 'old' }] } },
    { answer: 'exceptions', rootCause: 'newest' },
  ],
  [
    'that there was no exception',
    exceptions,
    200,
    { 'root-exception': null, exceptionHistory: { entries: [] } },
    { answer: 'exceptions', rootCause: undefined },
  ],
  [
    'a refusal of 1.9: the bare message',
    savepoint,
    404,
    { errors: ['Operation not found under key: x'] },
    { answer: 'refused', status: 404, reason: 'Operation not found under key: x' },
  ],
  [
    'a refusal since 1.10: a stack trace',
    take,
    400,
    {
      errors: [
        'org.apache.flink.runtime.rest.handler.RestHandlerException: no directory\n\tat a.B.c(B.java:1)\n',
      ],
    },
    { answer: 'refused', status: 400, reason: 'no directory' },
  ],
  [
    'an internal error by its cause',
    take,
    500,
    {
      errors: [
        'Internal server error.',
        '<Exception on server side:\na.b.Outer: x\n\tat a.B.c(B.java:1)\nCaused by: a.b.Inner: y\nEnd of exception on server side>',
      ],
    },
    { answer: 'refused', status: 500, reason: 'y' },
  ],
  [
    'a refusal without a reason',
    take,
    500,
    { errors: [] },
    { answer: 'refused', status: 500, reason: 'HTTP 500 without a reason' },
  ],
  ['no refusal of the API server', savepoint, 404, { kind: 'Status', code: 404 }, undefined],
  ['nothing of a list', savepoint, 200, [], undefined],
  ['nothing of null', savepoint, 200, null, undefined],
  ['nothing of another status', savepoint, 304, operation({ location }), undefined],
]

describe('an answer of Flink', () => {
  for (const [what, question, status, body, answer] of answers) {
    it(`is read as ${what}`, () => assert.deepEqual(parseAnswer(question, status, body), answer))
  }
})

describe('the checkpoints of a job', () => {
  const completed = {
    className: 'completed',
    id: 5,
    status: 'COMPLETED',
    is_savepoint: true,
    savepointFormat: 'NATIVE',
    trigger_timestamp: 1_795_358_989_385,
    latest_ack_timestamp: 1_795_358_989_447,
    state_size: 8_104,
    end_to_end_duration: 62,
    external_path: location,
    discarded: false,
  }

  it('are one list, newest first, with what fell out of the history', () => {
    const body = {
      counts: { restored: 1 },
      latest: {
        completed: {
          ...completed,
          id: 7,
          is_savepoint: false,
          savepointFormat: null,
          external_path: 's3://c/chk-7',
        },
        savepoint: completed,
        failed: {
          '@class': 'failed',
          id: 6,
          is_savepoint: true,
          trigger_timestamp: 1_795_358_990_000,
          latest_ack_timestamp: -1,
          state_size: 0,
          end_to_end_duration: 3,
          failure_timestamp: 1_795_358_990_003,
          failure_message: 'java.io.IOException: disk is full',
        },
        restored: { id: 3, restore_timestamp: 1, is_savepoint: true, external_path: 's3://sp/savepoint-3' },
      },
      history: [
        { '@class': 'in_progress', id: 8, status: 'IN_PROGRESS', is_savepoint: true, end_to_end_duration: 9 },
        { ...completed, id: 7, is_savepoint: false, savepointFormat: null, external_path: 's3://c/chk-7' },
      ],
    }
    const times = {
      triggeredAt: 1_795_358_989_385,
      endedAt: 1_795_358_989_447,
      durationMillis: 62,
      sizeBytes: 8_104,
    }
    assert.deepEqual(parseAnswer(checkpoints, 200, body), {
      answer: 'checkpoints',
      checkpoints: {
        restoredCount: 1,
        restored: { isSavepoint: true, location: 's3://sp/savepoint-3' },
        history: [
          { id: 8, status: 'IN_PROGRESS', isSavepoint: true },
          { id: 7, status: 'COMPLETED', isSavepoint: false, location: 's3://c/chk-7', ...times },
          {
            id: 6,
            status: 'FAILED',
            isSavepoint: true,
            triggeredAt: 1_795_358_990_000,
            endedAt: 1_795_358_990_003,
            durationMillis: 3,
            failureMessage: 'disk is full',
          },
          { id: 5, status: 'COMPLETED', isSavepoint: true, location, format: 'NATIVE', ...times },
        ],
      },
    })
  })

  it('have no location where Flink gives none or has deleted them', () => {
    const entry = (id: number, more: object) => ({ id, status: 'COMPLETED', is_savepoint: false, ...more })
    const body = {
      latest: {},
      history: [
        entry(3, { external_path: '<checkpoint-not-externally-addressable>' }),
        entry(2, { external_path: 's3://c/chk-2', discarded: true }),
        entry(1, { external_path: 's3://c/\u001b[2J' }),
      ],
    }
    const gone = (id: number, more?: object) => ({ id, status: 'COMPLETED', isSavepoint: false, ...more })
    assert.deepEqual(parseAnswer(checkpoints, 200, body), {
      answer: 'checkpoints',
      checkpoints: { restoredCount: 0, history: [gone(3), gone(2, { discarded: true }), gone(1)] },
    })
  })

  it('leave out what is no checkpoint, and numbers that are none', () => {
    const body = {
      counts: { restored: 'NaN' },
      latest: { completed: 'none', restored: [] },
      history: [
        null,
        { id: '5', status: 'COMPLETED' },
        { id: -1, status: 'COMPLETED' },
        { id: 2, status: 'LOST' },
        {
          ...completed,
          id: 1,
          trigger_timestamp: 1e300,
          latest_ack_timestamp: -1,
          state_size: -1,
          end_to_end_duration: 0.5,
        },
      ],
    }
    assert.deepEqual(parseAnswer(checkpoints, 200, body), {
      answer: 'checkpoints',
      checkpoints: {
        restoredCount: 0,
        history: [{ id: 1, status: 'COMPLETED', isSavepoint: true, location, format: 'NATIVE' }],
      },
    })
  })

  it('are none where checkpointing is off', () => {
    const body = {
      errors: ['a.b.RestHandlerException: Checkpointing has not been enabled.\n\tat a.B.c(B.java:1)'],
    }
    assert.deepEqual(parseAnswer(checkpoints, 404, body), {
      answer: 'refused',
      status: 404,
      reason: 'Checkpointing has not been enabled.',
    })
  })
})

describe('what Flink 1.18 really said', () => {
  const recorded = new URL('../../../shared/fixtures/flink-1.18/', import.meta.url)
  const here = existsSync(recorded)
  const read = (path: string) => JSON.parse(readFileSync(new URL(path, recorded), 'utf8'))

  it(here ? 'is understood' : 'is not checked: skipped: ../shared is not here', () => {
    if (!here) return
    const folders = readdirSync(recorded).filter(name =>
      existsSync(new URL(`${name}/trigger.json`, recorded)),
    )
    assert.ok(folders.length > 0)
    for (const folder of folders) {
      const taken = parseAnswer(take, 202, read(`${folder}/trigger.json`))
      assert.equal(taken?.answer, 'taken', folder)
      const result = read(`${folder}/result.json`)
      const { location: path } = result.operation
      assert.deepEqual(parseAnswer(savepoint, 200, result), {
        answer: 'savepoint',
        savepoint: { state: 'COMPLETED', location: path },
      })
      const list = parseAnswer(checkpoints, 200, read(`${folder}/checkpoints.json`))
      assert.ok(list?.answer === 'checkpoints', folder)
      const found = list.checkpoints.history.find(entry => entry.location === path)
      assert.equal(found?.isSavepoint, true, folder)
      assert.ok(found?.endedAt !== undefined && found.triggeredAt !== undefined, folder)
      const jobs = parseAnswer({ ask: 'jobs' }, 200, read(`${folder}/jobs-overview.json`))
      assert.ok(jobs?.answer === 'jobs' && jobs.jobs.length > 0, folder)
      assert.deepEqual(parseAnswer({ ask: 'version' }, 200, read(`${folder}/config.json`)), {
        answer: 'version',
        version: '1.18.1',
      })
    }
    assert.deepEqual(parseAnswer({ ask: 'default-directory' }, 200, read('jobmanager-config.json')), {
      answer: 'default-directory',
      directory: 'file:///flink/fx/sp',
    })
  })
})
