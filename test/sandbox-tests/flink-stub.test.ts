import assert from 'node:assert/strict'
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Fields, fieldsAt, integerAt, listAt, textAt } from '../../src/domain/fields.ts'
import { decodeMetadata } from '../sandbox/flink/metadata.ts'
import { type FlinkStub, startFlink } from '../sandbox/flink/stub.ts'

const stackOf = (operation: Fields) => textAt(operation, 'failure-cause', 'stack-trace') ?? ''

describe('the Flink stub', () => {
  let directory: string
  let flink: FlinkStub
  let withCheckpoints: FlinkStub

  beforeEach(async () => {
    directory = mkdtempSync(join(tmpdir(), 'flink-stub-'))
    flink = await startFlink({ properties: { 'state.savepoints.dir': directory } })
    withCheckpoints = await startFlink({
      properties: { 'state.checkpoints.dir': `${directory}/checkpoints` },
    })
  })

  afterEach(async () => {
    await flink.stop()
    await withCheckpoints.stop()
    rmSync(directory, { recursive: true })
  })

  const submit = (more: object = {}) => flink.submit({ name: 'orders', parallelism: 1, args: [], ...more })
  const call = async (method: string, path: string, body?: object) => {
    const response = await fetch(flink.url + path, { method, ...(body && { body: JSON.stringify(body) }) })
    return { code: response.status, json: (await response.json()) as Fields }
  }
  const ended = async (jobId: string, trigger: string) => {
    for (;;) {
      const { json } = await call('GET', `/jobs/${jobId}/savepoints/${trigger}`)
      if (textAt(json, 'status', 'id') === 'COMPLETED') return fieldsAt(json, 'operation')
    }
  }
  const take = async (jobId: string, body: object = {}) => {
    const { json } = await call('POST', `/jobs/${jobId}/savepoints`, { 'cancel-job': false, ...body })
    return ended(jobId, textAt(json, 'request-id') ?? '')
  }

  it('writes a savepoint that holds the count, and goes on from it', async () => {
    const job = submit()
    const location = textAt(await take(job.id), 'location') ?? ''
    const { counter } = decodeMetadata(readFileSync(join(location.replace('file:', ''), '_metadata')))
    const restored = submit({ fromSavepoint: location })
    assert.ok(Number(flink.count(restored.id)) >= Number(counter))
    const { json } = await call('GET', `/jobs/${restored.id}/checkpoints`)
    assert.deepEqual(
      { ...fieldsAt(json, 'latest', 'restored'), restore_timestamp: 0 },
      { id: 1, restore_timestamp: 0, is_savepoint: true, external_path: location },
    )
  })

  it('fails a job whose savepoint is missing, with the path in its exceptions', async () => {
    assert.throws(() => submit({ fromSavepoint: 'file:/no/such/savepoint' }), /Could not start the JobMaster/)
    const job = flink.jobs[0]
    assert.equal(job?.state, 'FAILED')
    const { json } = await call('GET', `/jobs/${job?.id}/exceptions`)
    assert.match(
      textAt(json, 'root-exception') ?? '',
      /Caused by: java.io.FileNotFoundException: Cannot find checkpoint or savepoint file\/directory 'file:\/no\/such\/savepoint' on file system 'file'.\n/,
    )
  })

  it('refuses state of an operator that the job no longer has, unless it may be dropped', async () => {
    const location = textAt(await take(submit().id), 'location') ?? ''
    assert.throws(() => submit({ fromSavepoint: location, args: ['--uid', 'other'] }))
    assert.equal(
      submit({ fromSavepoint: location, args: ['--uid', 'other'], allowNonRestoredState: true }).state,
      'RUNNING',
    )
  })

  it('tells why a directory cannot be used in the last cause', async () => {
    const file = join(directory, 'regular-file')
    writeFileSync(file, '')
    const failed = await take(submit().id, { 'target-directory': `file:${file}` })
    assert.equal(
      stackOf(failed).split('Caused by: ').at(-1)?.split('\n')[0],
      `java.io.IOException: Failed to create savepoint directory at file:${file}`,
    )
  })

  it('answers 400 to a savepoint without a directory and to an unknown key, as Flink up to 1.19 does', async () => {
    const bare = await startFlink()
    const job = bare.submit({ name: 'orders', parallelism: 1, args: [] })
    const texts = await Promise.all(
      [{ 'cancel-job': false }, { targetDirectory: '/x' }].map(async body => {
        const response = await fetch(`${bare.url}/jobs/${job.id}/savepoints`, {
          method: 'POST',
          body: JSON.stringify(body),
        })
        const { errors } = (await response.json()) as { errors: string[] }
        return [response.status, errors[0]?.split('\n')[0]]
      }),
    )
    await bare.stop()
    const prefix = 'org.apache.flink.runtime.rest.handler.RestHandlerException: '
    assert.deepEqual(texts, [
      [
        400,
        `${prefix}Config key [state.savepoints.dir] is not set. Property [target-directory] must be provided.`,
      ],
      [400, `${prefix}Request did not match expected format SavepointTriggerRequestBody.`],
    ])
  })

  it('takes one savepoint for one trigger id, however often it is asked', async () => {
    const job = submit()
    const triggerId = 'a'.repeat(32)
    await call('POST', `/jobs/${job.id}/savepoints`, { triggerId })
    await call('POST', `/jobs/${job.id}/savepoints`, { triggerId })
    await ended(job.id, triggerId)
    const { json } = await call('GET', `/jobs/${job.id}/checkpoints`)
    assert.equal(integerAt(json, 'counts', 'total'), 1)
  })

  it('misbehaves on request: not all tasks running, a refused POST, a failed job', async () => {
    const job = submit()
    await call('POST', '/stub/behaviour', { notAllTasksRunning: 1 })
    assert.match(stackOf(await take(job.id)), /Not all required tasks are currently running\./)
    assert.ok(textAt(await take(job.id), 'location'))
    await call('POST', '/stub/behaviour', { refuseSavepoints: 503 })
    assert.equal((await call('POST', `/jobs/${job.id}/savepoints`, {})).code, 503)
    await call('POST', '/stub/behaviour', { failJob: 'java.lang.RuntimeException: boom' })
    assert.equal(textAt((await call('GET', `/jobs/${job.id}`)).json, 'state'), 'FAILED')
  })

  const checkpointsOf = async (jobId: string) => (await call('GET', `/jobs/${jobId}/checkpoints`)).json
  /** What tells two entries apart, without times and sizes. */
  const entry = (one: Fields) => [one['id'], one['is_savepoint'], one['checkpoint_type'], one['discarded']]

  it('completes checkpoints, keeps the newest as a file, and numbers savepoints among them', async () => {
    const job = withCheckpoints.submit({ name: 'orders', parallelism: 1, args: [] })
    withCheckpoints.change({ checkpoint: true })
    withCheckpoints.change({ checkpoint: true })
    const first = `${withCheckpoints.url}/jobs/${job.id}/checkpoints`
    const json = (await (await fetch(first)).json()) as Fields
    const place = (number: number) => `file:${directory}/checkpoints/${job.id}/chk-${number}`
    assert.deepEqual(listAt(json, 'history').map(entry), [
      [2, false, 'CHECKPOINT', false],
      [1, false, 'CHECKPOINT', true],
    ])
    assert.deepEqual(
      [
        fieldsAt(json, 'counts'),
        textAt(json, 'latest', 'completed', 'external_path'),
        existsSync(place(1).replace('file:', '')),
      ],
      [{ restored: 0, total: 2, in_progress: 0, completed: 2, failed: 0 }, place(2), false],
    )
    const other = submit({ fromSavepoint: place(2) })
    await take(other.id)
    assert.deepEqual(listAt(await checkpointsOf(other.id), 'history').map(entry), [
      [3, true, 'SAVEPOINT', false],
    ])
  })

  it('completes checkpoints by itself, as often as it is told', async () => {
    const job = submit()
    await call('POST', '/stub/behaviour', { checkpointEveryMs: 5 })
    while (job.checkpoints.length < 3) await checkpointsOf(job.id)
    await call('POST', '/stub/behaviour', { checkpointEveryMs: 0 })
    const { length } = job.checkpoints
    const { json } = await call('GET', `/jobs/${job.id}/checkpoints/config`)
    assert.deepEqual(
      [
        job.checkpoints.length,
        json['interval'],
        textAt(await checkpointsOf(job.id), 'latest', 'completed', 'external_path'),
      ],
      [length, Number.MAX_SAFE_INTEGER, '<checkpoint-not-externally-addressable>'],
    )
  })

  it('goes on from the newest checkpoint after a failure that it survives, under the same id', async () => {
    const job = submit()
    await call('POST', '/stub/behaviour', { checkpoint: true })
    await call('POST', '/stub/behaviour', { recoverJob: true })
    const json = await checkpointsOf(job.id)
    assert.deepEqual(
      [
        job.state,
        integerAt(json, 'counts', 'restored'),
        { ...fieldsAt(json, 'latest', 'restored'), restore_timestamp: 0 },
      ],
      [
        'RUNNING',
        1,
        {
          id: 1,
          restore_timestamp: 0,
          is_savepoint: false,
          external_path: '<checkpoint-not-externally-addressable>',
        },
      ],
    )
  })

  it('tells a job by its configuration, and ends it when it is told', async () => {
    const job = submit({ parallelism: 3 })
    const { json } = await call('GET', `/jobs/${job.id}/config`)
    assert.deepEqual(
      [json['jid'], json['name'], integerAt(json, 'execution-config', 'job-parallelism')],
      [job.id, 'orders', 3],
    )
    await call('POST', '/stub/behaviour', { finishJob: true })
    assert.equal(textAt((await call('GET', `/jobs/${job.id}/status`)).json, 'status'), 'FINISHED')
  })

  it('does nothing any more once it is stopped: a savepoint in progress is never written', async () => {
    const dying = await startFlink({ properties: { 'state.savepoints.dir': directory } })
    const job = dying.submit({ name: 'orders', parallelism: 1, args: [] })
    dying.change({ savepointMs: 600_000, checkpointEveryMs: 5 })
    await fetch(`${dying.url}/jobs/${job.id}/savepoints`, { method: 'POST', body: '{}' })
    await dying.stop()
    const before = job.checkpoints.map(({ end }) => end)
    dying.change({ savepointMs: 0 })
    flink.change({ savepointMs: 40 })
    await take(submit().id, { 'target-directory': `file:${directory}/outlived` })
    assert.deepEqual(
      [job.checkpoints.map(({ end }) => end), before.includes(undefined), readdirSync(directory)],
      [before, true, ['outlived']],
    )
  })

  it('stops a job for good where it is drained', async () => {
    const job = submit()
    const { json } = await call('POST', `/jobs/${job.id}/stop`, { drain: true })
    await ended(job.id, textAt(json, 'request-id') ?? '')
    assert.deepEqual([job.state, job.drained, job.checkpoints[0]?.type], ['FINISHED', true, 'SYNC_SAVEPOINT'])
  })

  it('keeps a job running whose stop cannot write its savepoint', async () => {
    const job = submit()
    await call('POST', '/stub/behaviour', { failSavepoints: 'disk full' })
    const { json } = await call('POST', `/jobs/${job.id}/stop`, { drain: false })
    assert.match(stackOf(await ended(job.id, textAt(json, 'request-id') ?? '')), /IOException: disk full/)
    assert.equal(job.state, 'RUNNING')
  })

  it('stops a job with a savepoint, and cancels one', async () => {
    const stopped = submit()
    const { json } = await call('POST', `/jobs/${stopped.id}/stop`, { drain: false })
    assert.ok(textAt(await ended(stopped.id, textAt(json, 'request-id') ?? ''), 'location'))
    assert.equal(stopped.state, 'FINISHED')
    const cancelled = submit()
    assert.equal((await call('PATCH', `/jobs/${cancelled.id}?mode=cancel`)).code, 202)
    assert.equal((await call('PATCH', `/jobs/${cancelled.id}?mode=cancel`)).code, 409)
    assert.equal(cancelled.state, 'CANCELED')
  })
})
