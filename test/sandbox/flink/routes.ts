import { randomBytes } from 'node:crypto'
import { rmSync } from 'node:fs'
import type { Behaviour } from './behaviour.ts'
import { takeCheckpoint } from './checkpoints.ts'
import { checkpointsConfigJson, checkpointsJson } from './checkpoints-json.ts'
import { endJob, type StubJob, type Submission } from './job.ts'
import {
  configJson,
  exceptionsJson,
  jobConfigJson,
  jobJson,
  jobsOverviewJson,
  overviewJson,
} from './rest-json.ts'
import { readSavepoint } from './savepoint-files.ts'
import { beginSavepoint, type Operation, type SavepointRequest } from './savepoints.ts'
import type { Timers } from './timers.ts'

/** One JobManager's memory. */
export interface FlinkState {
  readonly jobs: StubJob[]
  /** By `job/trigger`. */
  readonly operations: Map<string, Operation>
  /** By `job/trigger`: the number of each that was asked for. */
  readonly triggeredCheckpoints: Map<string, number>
  readonly disposals: Map<string, { readonly 'failure-cause'?: object }>
  readonly properties: Readonly<Record<string, string>>
  readonly behaviour: Behaviour
  readonly timers: Timers
  /** Submits a job; throws the client's error where Flink refuses it. */
  readonly submit: (submission: Submission) => StubJob
}

export interface RestRequest {
  readonly method: string
  readonly path: string
  readonly query: URLSearchParams
  readonly body: string
}

export interface RestReply {
  readonly status: number
  readonly json: unknown
}

/** Flink's answer to one request. */
export function answerRest(state: FlinkState, request: RestRequest): RestReply {
  const parts = request.path
    .replace(/^\/v1(?=\/)/, '')
    .split('/')
    .filter(Boolean)
  const [first, second, third, fourth] = parts
  const now = Date.now()
  if (first === 'jobs' && second !== undefined && second !== 'overview') {
    return answerJob(state, request, second, third, fourth)
  }
  if (first === 'jars' && third === 'run' && request.method === 'POST') return runJar(state, request)
  if (first === 'savepoint-disposal') return dispose(state, request, second)
  switch (`${request.method} /${parts.join('/')}`) {
    case 'GET /config':
      return ok(configJson())
    case 'GET /overview':
      return ok(overviewJson(state.jobs))
    case 'GET /jobs':
      return ok({ jobs: state.jobs.map(job => ({ id: job.id, status: job.state })) })
    case 'GET /jobs/overview':
      return ok(jobsOverviewJson(state.jobs, now))
    case 'GET /jobmanager/config':
      return ok(Object.entries(state.properties).map(([key, value]) => ({ key, value })))
    default:
      return { status: 404, json: { errors: [`Not found: ${request.path}`] } }
  }
}

function answerJob(
  state: FlinkState,
  request: RestRequest,
  jobId: string,
  what?: string,
  id?: string,
): RestReply {
  const job = state.jobs.find(one => one.id === jobId)
  if (request.method === 'POST' && (what === 'savepoints' || what === 'stop'))
    return trigger(state, request, jobId, what)
  if (request.method === 'PATCH' && what === undefined) return cancel(job, request)
  if (request.method === 'POST' && what === 'checkpoints') return triggerCheckpoint(state, job, jobId)
  const asked = what === 'checkpoints' && id !== undefined && id !== 'config'
  if (request.method === 'GET' && asked) return checkpointStatus(state, jobId, id)
  if (request.method !== 'GET') return { status: 404, json: { errors: [`Not found: ${request.path}`] } }
  if (what === 'savepoints' && id !== undefined) return savepointStatus(state, jobId, id)
  if (job === undefined) return refusal(404, `Job ${jobId} not found`)
  return (
    readJob(state, job, [what, id].filter(Boolean).join('/')) ?? {
      status: 404,
      json: { errors: [`Not found: ${request.path}`] },
    }
  )
}

function readJob({ behaviour }: FlinkState, job: StubJob, what: string): RestReply | undefined {
  const now = Date.now()
  switch (what) {
    case '':
      return ok(jobJson(job, now))
    case 'status':
      return ok({ status: job.state })
    case 'checkpoints':
      return ok(checkpointsJson(job, now))
    case 'checkpoints/config':
      return ok(checkpointsConfigJson(behaviour.checkpointEveryMs))
    case 'config':
      return ok(jobConfigJson(job))
    case 'exceptions':
      return ok(exceptionsJson(job))
    default:
      return undefined
  }
}

/** The keys of SavepointTriggerRequestBody and StopWithSavepointRequestBody; Flink up to 1.19 answers 400 to any other. */
const bodyKeys = {
  savepoints: ['target-directory', 'cancel-job', 'formatType', 'triggerId'],
  stop: ['targetDirectory', 'drain', 'formatType', 'triggerId'],
}

function trigger(
  state: FlinkState,
  request: RestRequest,
  jobId: string,
  what: 'savepoints' | 'stop',
): RestReply {
  const { behaviour } = state
  if (behaviour.refuseSavepoints > 0)
    return refusal(behaviour.refuseSavepoints, 'Could not fulfill the request.')
  const body = parsedBody(request.body)
  const type = what === 'stop' ? 'StopWithSavepointRequestBody' : 'SavepointTriggerRequestBody'
  if (body === undefined || Object.keys(body).some(key => !bodyKeys[what].includes(key))) {
    return refusal(400, `Request did not match expected format ${type}.`)
  }
  const key = what === 'stop' ? 'targetDirectory' : 'target-directory'
  const directory = body[key] ?? state.properties['state.savepoints.dir']
  if (typeof directory !== 'string') {
    return refusal(400, `Config key [state.savepoints.dir] is not set. Property [${key}] must be provided.`)
  }
  const triggerId =
    typeof body['triggerId'] === 'string' ? body['triggerId'] : randomBytes(16).toString('hex')
  const operationKey = `${jobId}/${triggerId}`
  if (!state.operations.has(operationKey)) {
    const job = state.jobs.find(one => one.id === jobId)
    state.operations.set(operationKey, beginSavepoint(job, savepointRequest(body, directory, what), state))
  }
  return { status: 202, json: { 'request-id': triggerId } }
}

/** POST /jobs/:jobid/checkpoints (since 1.17): completed before anybody can ask after it. */
function triggerCheckpoint(state: FlinkState, job: StubJob | undefined, jobId: string): RestReply {
  if (job?.state !== 'RUNNING') return refusal(404, `Job ${jobId} not found`)
  takeCheckpoint(job, state.properties['state.checkpoints.dir'])
  const triggerId = randomBytes(16).toString('hex')
  state.triggeredCheckpoints.set(`${jobId}/${triggerId}`, job.checkpoints[0]?.id ?? 0)
  return { status: 202, json: { 'request-id': triggerId } }
}

/** CheckpointInfo.java */
function checkpointStatus(state: FlinkState, jobId: string, triggerId: string): RestReply {
  const checkpointId = state.triggeredCheckpoints.get(`${jobId}/${triggerId}`)
  return checkpointId === undefined
    ? refusal(404, `There is no checkpoint operation with triggerId=${triggerId} for job ${jobId}.`)
    : ok({ status: { id: 'COMPLETED' }, operation: { checkpointId, failureCause: null } })
}

function savepointRequest(
  body: Record<string, unknown>,
  directory: string,
  what: 'savepoints' | 'stop',
): SavepointRequest {
  const format = body['formatType'] === 'NATIVE' ? 'NATIVE' : 'CANONICAL'
  if (what === 'stop') return { directory, format, afterwards: 'FINISHED', drain: body['drain'] === true }
  return { directory, format, afterwards: body['cancel-job'] === true ? 'CANCELED' : 'run on', drain: false }
}

function savepointStatus(state: FlinkState, jobId: string, triggerId: string): RestReply {
  const operation = state.operations.get(`${jobId}/${triggerId}`)
  if (operation === undefined) {
    return refusal(404, `There is no savepoint operation with triggerId=${triggerId} for job ${jobId}.`)
  }
  if (operation.result === undefined) return ok({ status: { id: 'IN_PROGRESS' }, operation: null })
  return ok({ status: { id: 'COMPLETED' }, operation: operation.result })
}

function cancel(job: StubJob | undefined, request: RestRequest): RestReply {
  if ((request.query.get('mode') ?? 'cancel') !== 'cancel') {
    return refusal(
      308,
      'The termination mode "stop" has been removed. For an ungraceful shutdown, please use "cancel" instead. For a graceful shutdown, please use "jobs/:jobId/stop" instead.',
    )
  }
  if (job === undefined) return refusal(404, 'Job could not be found.')
  if (job.state !== 'RUNNING') {
    return refusal(
      409,
      `Job cancellation failed because the job has already reached another terminal state (${job.state}).`,
    )
  }
  endJob(job, 'CANCELED', Date.now())
  return { status: 202, json: {} }
}

/** POST /jars/:jarid/run (JarRunRequestBody); which jar is not looked at. */
function runJar({ submit }: FlinkState, request: RestRequest): RestReply {
  const { jobId, savepointPath, allowNonRestoredState, parallelism, programArgsList } =
    parsedBody(request.body) ?? {}
  try {
    const job = submit({
      ...(typeof jobId === 'string' && { id: jobId }),
      name: 'job',
      parallelism: typeof parallelism === 'number' ? parallelism : 1,
      args: Array.isArray(programArgsList) ? programArgsList.filter(arg => typeof arg === 'string') : [],
      allowNonRestoredState: allowNonRestoredState === true,
      ...(typeof savepointPath === 'string' && { fromSavepoint: savepointPath }),
    })
    return ok({ jobid: job.id })
  } catch (error) {
    return refusal(500, (error as Error).message)
  }
}

/** Disposal has no guard of any kind (flink-runtime SavepointDisposalHandlers): any path that it can read is deleted. */
function dispose(state: FlinkState, request: RestRequest, triggerId: string | undefined): RestReply {
  if (request.method === 'GET' && triggerId !== undefined) {
    const result = state.disposals.get(triggerId)
    return result
      ? ok({ status: { id: 'COMPLETED' }, operation: result })
      : refusal(404, `Operation not found under key: ${triggerId}`)
  }
  const path = parsedBody(request.body)?.['savepoint-path']
  if (typeof path !== 'string') return refusal(400, 'Field savepoint-path must not be omitted or be null.')
  const id = randomBytes(16).toString('hex')
  state.disposals.set(id, disposed(path))
  return ok({ 'request-id': id })
}

function disposed(path: string) {
  try {
    readSavepoint(path)
    rmSync(path.replace(/^file:(\/\/)?/, ''), { recursive: true })
    return {}
  } catch {
    return {
      'failure-cause': {
        class: 'org.apache.flink.util.FlinkException',
        'stack-trace': `org.apache.flink.util.FlinkException: Could not dispose savepoint ${path}.`,
      },
    }
  }
}

function parsedBody(text: string): Record<string, unknown> | undefined {
  try {
    const parsed: unknown = JSON.parse(text === '' ? '{}' : text)
    return typeof parsed === 'object' && parsed !== null ? (parsed as Record<string, unknown>) : undefined
  } catch {
    return undefined
  }
}

function ok(json: unknown): RestReply {
  return { status: 200, json }
}

/** Since Flink 1.10 `errors[0]` is a whole stack trace. */
function refusal(status: number, message: string): RestReply {
  const frames =
    '\tat org.apache.flink.runtime.rest.handler.AbstractRestHandler.respondToRequest(AbstractRestHandler.java:83)'
  return {
    status,
    json: { errors: [`org.apache.flink.runtime.rest.handler.RestHandlerException: ${message}\n${frames}\n`] },
  }
}
