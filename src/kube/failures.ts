import type { IncomingHttpHeaders } from 'node:http'
import { type ApiStatus, Failure, failure } from '../domain/failure.ts'
import { type Fields, fieldsAt, integerAt, isFields, listAt, textAt } from '../domain/fields.ts'
import { codeOf, quoted } from './go-wording.ts'
import { transportReason } from './transport-reasons.ts'

/** What a request was about, for texts: `get flinkclusters.flinkoperator.k8s.io orders`. */
export interface Subject {
  readonly verb: string
  /** `flinkclusters.flinkoperator.k8s.io`; absent for paths that are no resource. */
  readonly resource?: string
  readonly name?: string
}

/** An answer that is not 2xx, in kubectl's words (kubectl/pkg/cmd/util/helpers.go). */
export function refusal(code: number, headers: IncomingHttpHeaders, body: string, subject: Subject): Failure {
  const answer = statusObject(body)
  const retryAfter = retryAfterOf(headers)
  const status: ApiStatus = {
    code,
    reason: answer ? (textAt(answer, 'reason') ?? '') : (reasonOf(code, subject) ?? ''),
    message: answer ? (textAt(answer, 'message') ?? '') : genericMessage(code, body, subject),
    ...(retryAfter !== undefined && { retryAfter }),
  }
  return new Failure('not-asked', shortened(sentence(status, answer ?? unexpected(body, subject))), {
    status,
  })
}

/** client-go's stand-in for the details that an answer without a Status object lacks. */
function unexpected(body: string, { resource, name }: Subject): Fields {
  const causes = [{ field: '', message: body.slice(0, 2048).trim() }]
  return resource === undefined ? {} : { details: { kind: resource.split('.')[0], name, causes } }
}

/** The failure an ERROR event of a watch stands for. */
export function watchRefusal(event: Fields, subject: Subject): Failure {
  const code = integerAt(event, 'code') ?? 500
  return refusal(code, {}, JSON.stringify(event), subject)
}

/** Nobody answered, or not in HTTP. `server` is `https://host:port`. */
export function transportFailure(error: unknown, server: string): Failure {
  if (error instanceof Failure) return error
  if (isBug(error)) throw error
  if (codeOf(error) === 'ECONNREFUSED') {
    const host = server.replace(/^https?:\/\//, '').replace(/\/.*$/, '')
    const text = `The connection to the server ${host} was refused - did you specify the right host or port?`
    return new Failure('not-asked', text, { cause: error })
  }
  const reason = transportReason(error, server)
  return new Failure('not-asked', `Unable to connect to the server: ${reason}`, { cause: error })
}

/** A mistake of ours is no trouble with the network: Node's own errors of these kinds carry a code. */
function isBug(error: unknown): boolean {
  const kinds = [TypeError, ReferenceError, RangeError]
  return kinds.some(kind => error instanceof kind) && codeOf(error) === ''
}

/** The server has no such kind. */
export function missingKind(plural: string): Failure {
  const status = {
    code: 404,
    reason: 'NotFound',
    message: 'the server could not find the requested resource',
  }
  return new Failure('not-asked', `error: the server doesn't have a resource type ${quoted(plural)}`, {
    status,
  })
}

/** The answer is 2xx and no object that we asked for. */
export function unusableAnswer(reason: string): Failure {
  return failure('not-asked', reason)
}

export function interrupted(): Failure {
  return failure('interrupted', 'interrupted')
}

/** Did the server refuse because the path itself is unknown (no such kind or version), not one object? */
export function isUnknownPath(error: unknown): boolean {
  if (!(error instanceof Failure) || error.status?.code !== 404) return false
  return error.status.message.startsWith('the server could not find the requested resource')
}

/** May the same request work later, without anybody doing anything? */
export function isPassing(error: unknown): boolean {
  if (!(error instanceof Failure) || error.code !== 'not-asked') return false
  // transportFailure is what has a cause and no status
  if (error.status === undefined) return error.cause !== undefined
  const { code } = error.status
  return code >= 500 || code === 429 || code === 410
}

/** Nobody has told how a request ended that may have been carried out. */
export function isUntold(error: unknown): error is Failure {
  if (!(error instanceof Failure) || error.code !== 'not-asked') return false
  const { status, cause } = error
  if (status === undefined) return cause !== undefined && !neverSent.has(codeOf(cause))
  // 504: kube-apiserver's own "may still be processing the request"; etcd's 500 is passed on as it is.
  return (
    status.code === 504 ||
    (status.code === 500 && /^etcdserver: |^context deadline exceeded$/.test(status.message))
  )
}

const neverSent = new Set([
  'ECONNREFUSED',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'EADDRNOTAVAIL',
])

function statusObject(body: string): Fields | undefined {
  try {
    const answer: unknown = JSON.parse(body)
    return isFields(answer) && answer['kind'] === 'Status' ? answer : undefined
  } catch {
    return undefined
  }
}

function sentence(status: ApiStatus, answer: Fields): string {
  const { reason, message } = status
  if (reason === 'Invalid') return invalid(message, answer)
  if (reason === 'Unauthorized') return `error: You must be logged in to the server (${message})`
  return reason === '' ? `Error from server: ${message}` : `Error from server (${reason}): ${message}`
}

function invalid(message: string, answer: Fields): string {
  const details = fieldsAt(answer, 'details')
  const kind = textAt(details, 'kind') ?? ''
  const name = textAt(details, 'name') ?? ''
  const causes = listAt(details, 'causes').map(
    cause => `${textAt(cause, 'field') ?? ''}: ${textAt(cause, 'message') ?? ''}`,
  )
  const different = [...new Set(causes)]
  const what = kind || name ? `The ${kind} ${quoted(name)} is invalid` : 'The request is invalid'
  if (different.length > 1) return [`${what}: `, ...different.map(cause => `* ${cause}`)].join('\n')
  if (different.length === 1) return `${what}: ${different[0]}`
  return kind || name || message === '' ? what : `${what}: ${message}`
}

/** client-go rest/request.go retryAfterSeconds */
export function retryAfterOf(headers: IncomingHttpHeaders): number | undefined {
  const value = headers['retry-after']
  return value !== undefined && /^\d{1,9}$/.test(value) ? Number(value) : undefined
}

/** apimachinery pkg/api/errors NewGenericServerResponse: an answer without a Status object. */
function genericMessage(code: number, body: string, subject: Subject): string {
  const said = body.slice(0, 2048).trim()
  const text =
    genericTexts[code] ?? (code === 403 || code === 415 || code === 406 ? said : serverError(code, said))
  if (subject.resource === undefined) return text
  const about = [subject.verb, subject.resource, subject.name].filter(word => word !== undefined).join(' ')
  return `${text} (${about})`
}

function serverError(code: number, said: string): string {
  return code >= 500
    ? `an error on the server (${quoted(said)}) has prevented the request from succeeding`
    : `the server responded with the status code ${code} but did not return more information`
}

const genericTexts: Readonly<Record<number, string>> = {
  400: 'the server rejected our request for an unknown reason',
  401: 'the server has asked for the client to provide credentials',
  404: 'the server could not find the requested resource',
  405: 'the server does not allow this method on the requested resource',
  409: 'the server reported a conflict',
  422: 'the server rejected our request due to an error in our request',
  429: 'the server has received too many requests and has asked us to try again later',
  503: 'the server is currently unable to handle the request',
  504: 'the server was unable to return a response in the time allotted, but may still be processing the request',
}

function reasonOf(code: number, subject: Subject): string | undefined {
  if (code === 409) return subject.verb === 'post' ? 'AlreadyExists' : 'Conflict'
  return reasons[code] ?? (code >= 500 ? 'InternalError' : undefined)
}

const reasons: Readonly<Record<number, string>> = {
  400: 'BadRequest',
  401: 'Unauthorized',
  403: 'Forbidden',
  404: 'NotFound',
  405: 'MethodNotAllowed',
  406: 'NotAcceptable',
  415: 'UnsupportedMediaType',
  422: 'Invalid',
  429: 'TooManyRequests',
  503: 'ServiceUnavailable',
  504: 'Timeout',
}

const longest = 2048

/**
 * The webhook of Spotify's operator appends the job's whole status as JSON, several KB (seen on Spotify v0.6: "cannot
 * update spec: taking savepoint is skipped but no up-to-date savepoint, …, job status: {…"); the reason stands before it.
 */
function shortened(text: string): string {
  const cut = text.replace(/,?\s*job status:[\s\S]*$/, '')
  return cut.length <= longest ? cut : `${cut.slice(0, longest)}...`
}
