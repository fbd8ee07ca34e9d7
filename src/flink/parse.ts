import { firstLine, rootCause, savepointDespite } from '../domain/cause.ts'
import { type Fields, fieldsAt, isFields, listAt, textAt } from '../domain/fields.ts'
import type { RestAnswer, RestJob, RestQuestion, RestSavepoint } from '../domain/rest.ts'
import type { SavepointFailure } from '../domain/savepoint.ts'
import { parseCheckpoints } from './parse-checkpoints.ts'
import { epochAt, idAt, locationAt } from './parse-fields.ts'
import { parseVertices } from './parse-vertices.ts'

const mostJobs = 10_000

/**
 * What Flink (1.9 to 2.3) said to `question`. Undefined: this is not how Flink answers, so something else on the way
 * did, or the answer is broken; either way nothing is known.
 */
export function parseAnswer(question: RestQuestion, status: number, body: unknown): RestAnswer | undefined {
  const refusal = parseRefusal(status, body)
  if (refusal) return refusal
  if (status < 200 || status > 299) return undefined
  if (question.ask === 'page' || question.ask === 'job-page') return { answer: 'page', body }
  if (question.ask === 'default-directory') return parseDefaultDirectory(body)
  return isFields(body) ? parseObject(question, body) : undefined
}

type ObjectQuestion = Exclude<RestQuestion, { ask: 'page' | 'job-page' | 'default-directory' }>

function parseObject(question: ObjectQuestion, body: Fields): RestAnswer | undefined {
  switch (question.ask) {
    case 'savepoint':
      return parseSavepoint(body)
    case 'checkpoints':
      return parseCheckpoints(body)
    case 'jobs':
      return parseJobs(body)
    case 'vertices':
      return parseVertices(body)
    case 'exceptions':
      return parseExceptions(body)
    case 'version':
      return parseVersion(body)
    case 'take':
    case 'stop':
    case 'dispose':
      return parseTaken(body)
    case 'disposal':
      return parseDisposal(body)
  }
}

/** `{"errors":[…]}` is Flink's in every version; a Kubernetes Status or an error page is not. */
function parseRefusal(status: number, body: unknown): RestAnswer | undefined {
  if (status < 400 || !isFields(body) || !Array.isArray(body['errors'])) return undefined
  const errors = body['errors'].filter(error => typeof error === 'string')
  const [first, second] = errors
  // An unhandled error is "Internal server error." and the stack trace beside it (flink-runtime AbstractHandler).
  const internal = second !== undefined && firstLine(first ?? '') === 'Internal server error.'
  const reason = internal ? rootCause(second) : firstLine(first ?? '')
  return { answer: 'refused', status, reason: reason ?? `HTTP ${status} without a reason` }
}

function parseSavepoint(body: Fields): RestAnswer | undefined {
  const state = textAt(body, 'status', 'id')
  if (state === 'IN_PROGRESS') return { answer: 'savepoint', savepoint: { state } }
  if (state !== 'COMPLETED') return undefined
  const savepoint = finished(fieldsAt(body, 'operation'))
  return savepoint && { answer: 'savepoint', savepoint }
}

/** Done is an operation without a cause (flink-runtime SavepointDisposalHandlers). */
function parseDisposal(body: Fields): RestAnswer | undefined {
  const state = textAt(body, 'status', 'id')
  if (state === 'IN_PROGRESS') return { answer: 'disposal', disposal: { state } }
  if (state !== 'COMPLETED') return undefined
  const failure = failureIn(fieldsAt(body, 'operation'))
  return { answer: 'disposal', disposal: failure ? { state: 'FAILED', failure } : { state } }
}

function failureIn(operation: Fields): SavepointFailure | undefined {
  const stackTrace = textAt(operation, 'failure-cause', 'stack-trace')
  const thrown = textAt(operation, 'failure-cause', 'class')
  const text = stackTrace ?? thrown
  if (text === undefined) return undefined
  const cause = rootCause(text)
  return { message: firstLine(text) ?? 'Flink gave no reason', ...(cause && { rootCause: cause }) }
}

/** COMPLETED only says that the operation ended: a location or a cause says how (flink-runtime SavepointInfo). */
function finished(operation: Fields): RestSavepoint | undefined {
  const location = locationAt(operation, 'location')
  if (location) return { state: 'COMPLETED', location }
  const stackTrace = textAt(operation, 'failure-cause', 'stack-trace')
  const thrown = textAt(operation, 'failure-cause', 'class')
  if (stackTrace === undefined && thrown === undefined) return undefined
  const text = stackTrace ?? thrown ?? ''
  const despite = savepointDespite(text)
  const kept = despite && locationAt({ location: despite.location }, 'location')
  const cause = rootCause(text)
  const message = despite?.sentence ?? firstLine(text) ?? 'Flink gave no reason'
  return {
    state: 'FAILED',
    failure: { message, ...(cause && { rootCause: cause }) },
    ...(kept && { location: kept }),
  }
}

function parseJobs(body: Fields): RestAnswer | undefined {
  if (!Array.isArray(body['jobs'])) return undefined
  const jobs = listAt(body, 'jobs').slice(0, mostJobs).map(parseJob)
  return { answer: 'jobs', jobs: jobs.filter(job => job !== undefined) }
}

function parseJob(job: Fields): RestJob | undefined {
  const id = idAt(job, 'jid')
  const state = textAt(job, 'state')
  if (!id || !state || !/^[A-Z_]{1,32}$/.test(state)) return undefined
  const startedAt = epochAt(job, 'start-time')
  const name = (textAt(job, 'name') ?? '').slice(0, 1_024)
  return { id, name, state, ...(startedAt !== undefined && { startedAt }) }
}

/** `root-exception` until 1.20, the exception history since 1.13 (flink-runtime JobExceptionsInfoWithHistory). */
function parseExceptions(body: Fields): RestAnswer | undefined {
  if (!('root-exception' in body) && !('exceptionHistory' in body)) return undefined
  const text =
    textAt(body, 'root-exception') ??
    textAt(listAt(body, 'exceptionHistory', 'entries')[0] ?? {}, 'stacktrace')
  return { answer: 'exceptions', rootCause: text === undefined ? undefined : rootCause(text) }
}

/** Both spellings of the option are read by Flink >= 1.20, the new one first. */
function parseDefaultDirectory(body: unknown): RestAnswer | undefined {
  if (!Array.isArray(body)) return undefined
  const options = body.filter(isFields)
  const value = (key: string) => {
    const option = options.find(candidate => candidate['key'] === key)
    return option && locationAt(option, 'value')
  }
  const directory = value('execution.checkpointing.savepoint-dir') ?? value('state.savepoints.dir')
  return { answer: 'default-directory', directory }
}

function parseVersion(body: Fields): RestAnswer | undefined {
  const version = textAt(body, 'flink-version')
  return version !== undefined && version.length <= 128 ? { answer: 'version', version } : undefined
}

function parseTaken(body: Fields): RestAnswer | undefined {
  const triggerId = idAt(body, 'request-id')
  return triggerId === undefined ? undefined : { answer: 'taken', triggerId }
}
