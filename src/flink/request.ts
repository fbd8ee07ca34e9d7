import type { RestQuestion } from '../domain/rest.ts'

/** One HTTP request to Flink, relative to the root of its REST API. */
export interface RestRequest {
  readonly method: 'GET' | 'POST'
  readonly path: string
  readonly body?: Readonly<Record<string, unknown>>
}

const id = /^[0-9a-f]{32}$/

/** Is this a job or trigger id as Flink writes them? Ids come out of statuses that anybody with the right may write. */
export function isFlinkId(text: string): boolean {
  return id.test(text)
}

/**
 * The request that asks `question`, or undefined where an id in it is none: it would change the path. The routes
 * without `/v1` are the same in every version (flink-runtime RestServerEndpoint registers both).
 */
export function requestFor(question: RestQuestion): RestRequest | undefined {
  switch (question.ask) {
    case 'jobs':
      return { method: 'GET', path: '/jobs/overview' }
    case 'default-directory':
      return { method: 'GET', path: '/jobmanager/config' }
    case 'version':
      return { method: 'GET', path: '/config' }
    case 'page':
      return { method: 'GET', path: `/${question.page}` }
    case 'job-page':
      return ofJob(question.jobId, { method: 'GET', path: question.page && `/${question.page}` })
    case 'vertices':
      return ofJob(question.jobId, { method: 'GET', path: '' })
    case 'checkpoints':
    case 'exceptions':
      return ofJob(question.jobId, { method: 'GET', path: `/${question.ask}` })
    case 'savepoint':
      return isFlinkId(question.triggerId)
        ? ofJob(question.jobId, { method: 'GET', path: `/savepoints/${question.triggerId}` })
        : undefined
    case 'dispose':
      return { method: 'POST', path: '/savepoint-disposal', body: { 'savepoint-path': question.location } }
    case 'disposal':
      return isFlinkId(question.triggerId)
        ? { method: 'GET', path: `/savepoint-disposal/${question.triggerId}` }
        : undefined
    case 'take':
      return ofJob(question.jobId, { method: 'POST', path: '/savepoints', body: takeBody(question) })
    case 'stop':
      return ofJob(question.jobId, { method: 'POST', path: '/stop', body: stopBody(question) })
  }
}

function ofJob(jobId: string, request: RestRequest): RestRequest | undefined {
  return isFlinkId(jobId) ? { ...request, path: `/jobs/${jobId}${request.path}` } : undefined
}

/**
 * Flink <= 1.19 refuses unknown keys and <= 1.12 a missing `cancel-job` (flink-runtime SavepointTriggerRequestBody), so
 * each key is there exactly when it has to be.
 */
function takeBody(question: Extract<RestQuestion, { ask: 'take' }>): Readonly<Record<string, unknown>> {
  return {
    ...(question.directory !== undefined && { 'target-directory': question.directory }),
    'cancel-job': false,
    ...(question.format && { formatType: question.format }),
    ...(question.triggerId && { triggerId: question.triggerId }),
  }
}

/** Other keys than for a savepoint (flink-runtime StopWithSavepointRequestBody); Flink <= 1.12 refuses a missing `drain`. */
function stopBody(question: Extract<RestQuestion, { ask: 'stop' }>): Readonly<Record<string, unknown>> {
  return {
    ...(question.directory !== undefined && { targetDirectory: question.directory }),
    drain: question.drain,
    ...(question.format && { formatType: question.format }),
    ...(question.triggerId && { triggerId: question.triggerId }),
  }
}
