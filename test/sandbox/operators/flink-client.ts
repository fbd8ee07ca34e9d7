import http from 'node:http'
import { type Fields, fieldsAt, integerAt, isFields, listAt, textAt } from '../../../src/domain/fields.ts'
import type { TriggerAnswer } from './dialect.ts'
import type { ObservedJob, ObservedSavepoint } from './observed.ts'

/** What the operators ask a JobManager (controllers/flinkclient/flink_client.go, internal/flink/client.go). */
export interface FlinkClient {
  /** undefined where nobody answered. */
  jobs(): Promise<ObservedJob[] | undefined>
  exception(jobId: string): Promise<string | undefined>
  savepoint(jobId: string, triggerId: string): Promise<ObservedSavepoint>
  /** Its newest completed checkpoint that is a file, and the one of a number. */
  checkpoint(jobId: string, id?: number): Promise<string | undefined>
  triggerCheckpoint(jobId: string): Promise<TriggerAnswer>
  /** How the checkpoint of a trigger is. */
  triggeredCheckpoint(jobId: string, triggerId: string): Promise<ObservedSavepoint>
  triggerSavepoint(jobId: string, request: Fields): Promise<TriggerAnswer>
  stopJob(jobId: string, request: Fields): Promise<TriggerAnswer>
  cancelJob(jobId: string): Promise<void>
  /** Runs the jar of a session cluster; undefined, or why Flink refused it. */
  runJar(request: Fields): Promise<string | undefined>
  /** Deletes a savepoint. */
  dispose(location: string): Promise<void>
}

export function flinkClient(url: string, timeoutMs: number): FlinkClient {
  const ask = (method: string, path: string, body?: Fields) => send(url + path, method, timeoutMs, body)
  const trigger = async (path: string, body: Fields): Promise<TriggerAnswer> => {
    try {
      const { status, text, json } = await ask('POST', path, body)
      const triggerId = textAt(json, 'request-id')
      return status === 202 && triggerId ? { triggerId } : { error: text }
    } catch (error) {
      return { error: `Post "${url}${path}": ${goText(error)}` }
    }
  }
  const checkpoint = async (jobId: string, id?: number) => {
    const answer = await ask('GET', `/jobs/${jobId}/checkpoints`).catch(() => undefined)
    const done = listAt(answer?.json ?? {}, 'history').find(one =>
      id === undefined ? one['is_savepoint'] === false && one['status'] === 'COMPLETED' : one['id'] === id,
    )
    return textAt(done ?? {}, 'external_path')
  }
  return {
    jobs: async () => {
      const answer = await ask('GET', '/jobs/overview').catch(() => undefined)
      return answer?.status === 200 ? listAt(answer.json, 'jobs').map(readJob) : undefined
    },
    exception: async jobId => {
      const answer = await ask('GET', `/jobs/${jobId}/exceptions`).catch(() => undefined)
      return answer && textAt(answer.json, 'root-exception')
    },
    savepoint: async (jobId, triggerId) => {
      const path = `/jobs/${jobId}/savepoints/${triggerId}`
      try {
        return readSavepoint(await ask('GET', path))
      } catch (error) {
        return { is: 'unknown', error: `Get "${url}${path}": ${goText(error)}` }
      }
    },
    checkpoint,
    triggerCheckpoint: jobId => trigger(`/jobs/${jobId}/checkpoints`, { checkpointType: 'FULL' }),
    triggeredCheckpoint: async (jobId, triggerId) => {
      const path = `/jobs/${jobId}/checkpoints/${triggerId}`
      try {
        const { status, text, json } = await ask('GET', path)
        if (status !== 200) return { is: 'unknown', error: text }
        if (textAt(json, 'status', 'id') !== 'COMPLETED') return { is: 'running' }
        const location = await checkpoint(jobId, integerAt(json, 'operation', 'checkpointId'))
        return location === undefined
          ? { is: 'unknown', error: 'no such checkpoint' }
          : { is: 'done', location }
      } catch (error) {
        return { is: 'unknown', error: `Get "${url}${path}": ${goText(error)}` }
      }
    },
    triggerSavepoint: (jobId, body) => trigger(`/jobs/${jobId}/savepoints`, body),
    stopJob: (jobId, body) => trigger(`/jobs/${jobId}/stop`, body),
    cancelJob: async jobId => {
      await ask('PATCH', `/jobs/${jobId}?mode=cancel`).catch(() => undefined)
    },
    runJar: async body => {
      try {
        const { status, json, text } = await ask('POST', '/jars/job.jar/run', body)
        return status === 200 ? undefined : (textsOf(json['errors'])[0] ?? text)
      } catch (error) {
        return goText(error)
      }
    },
    dispose: async location => {
      await ask('POST', '/savepoint-disposal', { 'savepoint-path': location }).catch(() => undefined)
    },
  }
}

function readJob(job: Fields): ObservedJob {
  return {
    id: textAt(job, 'jid') ?? '',
    name: textAt(job, 'name') ?? '',
    state: textAt(job, 'state') ?? '',
    startedAt: integerAt(job, 'start-time') ?? 0,
  }
}

function readSavepoint({ status, text, json }: Answer): ObservedSavepoint {
  if (status !== 200) return { is: 'unknown', error: text }
  if (textAt(json, 'status', 'id') !== 'COMPLETED') return { is: 'running' }
  const location = textAt(json, 'operation', 'location')
  if (location) return { is: 'done', location }
  return {
    is: 'failed',
    stackTrace: textAt(fieldsAt(json, 'operation'), 'failure-cause', 'stack-trace') ?? '',
  }
}

interface Answer {
  readonly status: number
  /** `503 Service Unavailable`, as Go has it. */
  readonly text: string
  readonly json: Fields
}

function send(url: string, method: string, timeoutMs: number, body?: Fields): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const headers = { 'content-type': 'application/json' }
    const request = http.request(url, { method, headers, timeout: timeoutMs, agent: false }, response => {
      const chunks: Buffer[] = []
      response.on('data', (chunk: Buffer) => chunks.push(chunk))
      response.on('error', reject)
      response.on('end', () => {
        const status = response.statusCode ?? 0
        resolve({ status, text: `${status} ${response.statusMessage ?? ''}`, json: parsed(chunks) })
      })
    })
    request.on('timeout', () => request.destroy(new Error('context deadline exceeded')))
    request.on('error', reject)
    request.end(body && JSON.stringify(body))
  })
}

function parsed(chunks: Buffer[]): Fields {
  try {
    const json: unknown = JSON.parse(Buffer.concat(chunks).toString('utf8'))
    return isFields(json) ? json : {}
  } catch {
    return {}
  }
}

function textsOf(value: unknown): string[] {
  return Array.isArray(value) ? value.filter(text => typeof text === 'string') : []
}

/** As Go words what its dialer found. */
function goText(error: unknown): string {
  const { code, message, address, port } = error as NodeJS.ErrnoException & {
    address?: string
    port?: number
  }
  return code === 'ECONNREFUSED' ? `dial tcp ${address}:${port}: connect: connection refused` : message
}
