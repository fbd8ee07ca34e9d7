import type { IncomingMessage } from 'node:http'
import { Failure } from '../domain/failure.ts'
import { type Fields, isFields } from '../domain/fields.ts'
import type { Clock } from '../domain/ports.ts'
import type { Access } from './access.ts'
import type { Agents } from './agent.ts'
import { readBody } from './body.ts'
import type { Credentials, Login } from './credentials.ts'
import { deadline } from './deadline.ts'
import {
  interrupted,
  refusal,
  retryAfterOf,
  type Subject,
  transportFailure,
  unusableAnswer,
} from './failures.ts'
import { codeOf } from './go-wording.ts'
import { impersonationHeaders } from './headers.ts'
import { issue } from './issue.ts'
import { aLittleAfter, lastWord } from './last-word.ts'
import { inTurn } from './turn.ts'
import { warningsIn } from './warnings.ts'

/** One request to the API server. */
export interface Request {
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE'
  /** With its query, from the server's root. */
  readonly path: string
  readonly subject: Subject
  readonly body?: { readonly type: string; readonly text: string }
  readonly signal?: AbortSignal
  /** Sent also after Ctrl-C: what we did is being put back. */
  readonly late?: boolean
  /** The answer goes on, and keeps its connection from others. */
  readonly lasts?: boolean
}

export interface Answer {
  readonly fields: Fields
  /** The server's Date, epoch milliseconds. */
  readonly at?: number
}

/** The API server as a place to send requests to. Everything it throws is a Failure. */
export interface Server {
  readonly access: Access
  /** A request whose answer is one JSON object of at most `limit` bytes. */
  json(request: Request, limit?: number): Promise<Answer>
  /** A request whose answer is read as it comes; the caller ends it through its signal. */
  stream(request: Request): Promise<IncomingMessage>
  /** What a request outside of this module must carry. */
  headers(): Promise<{ credentials: Credentials; headers: Record<string, string | string[]> }>
  readonly agents: Agents
}

export interface Surroundings {
  readonly login: Login
  readonly agents: Agents
  readonly clock: Clock
  /** Ctrl-C: ends every request; a write that is on its way gets its answer first. */
  readonly signal: AbortSignal
  readonly warn: (text: string) => void
  readonly requestTimeoutMs: number
  /** User-Agent and the like. */
  readonly headers: Readonly<Record<string, string>>
  readonly meanwhile?: () => void
}

const mib = 1024 * 1024
/** etcd holds no object above 1.5 MiB; the answer may be indented. */
export const objectLimit = 4 * mib
export const listLimit = 64 * mib
const refusalLimit = mib

/** The API server ends whatever is no watch after 60 s, its body included (--request-timeout); a slow line has some more. */
const bodyMs = 180_000

// client-go rest/with_retry.go: 10 times, as long as the server says how long to wait
const mostRetries = 10
const longestPauseMs = 30_000

export function serverAt(access: Access, around: Surroundings): Server {
  const headersFor = (credentials: Credentials) => ({
    ...around.headers,
    ...impersonationHeaders(access.user),
    ...(credentials.authorization !== undefined && { authorization: credentials.authorization }),
  })
  const attempt = async (
    request: Request,
    credentials: Credentials,
    over: AbortSignal,
  ): Promise<IncomingMessage> => {
    const agent = await around.agents.for(credentials)
    const compressed = access.cluster.disableCompression ? {} : { 'accept-encoding': 'gzip' }
    const { clock, meanwhile } = around
    const wire = {
      server: access.server,
      agent,
      headers: { accept: 'application/json', ...compressed, ...headersFor(credentials) },
      clock,
      signal: request.late || request.method === 'GET' ? over : lastWord(over, clock),
      ...(meanwhile && { meanwhile }),
    }
    return inTurn(agent, clock, () => issue(request, wire), request.lasts)
  }
  const send = (request: Request) => answered(request, access, around, attempt)
  return {
    access,
    agents: around.agents,
    stream: request => send({ ...request, lasts: true }),
    async headers() {
      const credentials = await around.login.current()
      return { credentials, headers: headersFor(credentials) }
    },
    json: (request, limit = objectLimit) =>
      withinTime(request, access, around, timed => parsed(send, timed, limit, access, around)),
  }
}

/** Sends until there is an answer to keep: logs in again after a 401, waits where the server asks for it. */
async function answered(
  request: Request,
  access: Access,
  around: Surroundings,
  attempt: (request: Request, credentials: Credentials, over: AbortSignal) => Promise<IncomingMessage>,
): Promise<IncomingMessage> {
  const over = request.late ? aLittleAfter(around.signal, around.clock) : around.signal
  let loggedInAgain = false
  for (let retries = 0; ; retries++) {
    const credentials = await around.login.current()
    const response = await attempt(request, credentials, over).catch(error =>
      failed(error, request, access, over),
    )
    warningsIn(response.headers, around.warn)
    const code = response.statusCode ?? 0
    if (code >= 200 && code < 300) return response
    const text = await readBody(response, refusalLimit).then(
      body => body.toString('utf8'),
      () => '',
    )
    if (code === 401 && !loggedInAgain && (await around.login.renew(credentials))) {
      loggedInAgain = true
      continue
    }
    const pause = pauseAsked(request, response)
    if (pause === undefined || retries >= mostRetries || pause > longestPauseMs) {
      throw refusal(code, response.headers, text, request.subject)
    }
    await around.clock.sleep(pause, either(over, request.signal))
    if (over.aborted || request.signal?.aborted) throw interrupted()
  }
}

/** A write is sent again only where the answer says that it was not carried out: 500 may also be etcd that did not answer. */
function pauseAsked({ method }: Request, { statusCode = 0, headers }: IncomingMessage): number | undefined {
  const again = statusCode === 429 || (method === 'GET' ? statusCode >= 500 : statusCode === 503)
  const seconds = again ? retryAfterOf(headers) : undefined
  return seconds === undefined ? undefined : seconds * 1000
}

function failed(error: unknown, request: Request, access: Access, over: AbortSignal): never {
  if (over.aborted) throw interrupted()
  if (request.signal?.aborted) {
    const { reason } = request.signal
    throw reason instanceof TimedOut ? transportFailure(reason, access.server) : interrupted()
  }
  throw transportFailure(error, access.server)
}

/** Go's text for http.Client.Timeout. */
class TimedOut extends Error {
  override readonly message = 'net/http: request canceled (Client.Timeout exceeded while awaiting headers)'
}

/** `--request-timeout`, over all of a request and its answer. */
async function withinTime<T>(
  request: Request,
  access: Access,
  around: Surroundings,
  send: (timed: Request) => Promise<T>,
): Promise<T> {
  if (around.requestTimeoutMs === 0) return send(request)
  const stop = new AbortController()
  const limit = deadline(around.clock, around.requestTimeoutMs, () => stop.abort(new TimedOut()))
  try {
    return await send({ ...request, signal: either(stop.signal, request.signal) })
  } catch (error) {
    if (stop.signal.aborted) throw transportFailure(stop.signal.reason, access.server)
    throw error
  } finally {
    limit.clear()
  }
}

async function parsed(
  send: (request: Request) => Promise<IncomingMessage>,
  request: Request,
  limit: number,
  access: Access,
  around: Surroundings,
): Promise<Answer> {
  const response = await send(request)
  const late = deadline(around.clock, bodyMs, () =>
    response.destroy(new Error('the answer did not end in time')),
  )
  const body = await readBody(response, limit)
    .catch(error => {
      if (error instanceof Failure) throw error
      if (around.signal.aborted && !request.late) throw interrupted()
      throw streamFailure(error, access)
    })
    .finally(late.clear)
  const at = Date.parse(response.headers.date ?? '')
  return { fields: objectIn(body), ...(!Number.isNaN(at) && { at }) }
}

function objectIn(body: Buffer): Fields {
  let value: unknown
  try {
    value = JSON.parse(body.toString('utf8'))
  } catch {
    throw unusableAnswer('the server did not answer with JSON')
  }
  if (!isFields(value)) throw unusableAnswer('the server did not answer with a JSON object')
  return value
}

function either(a: AbortSignal, b: AbortSignal | undefined): AbortSignal {
  return b === undefined ? a : AbortSignal.any([a, b])
}

/** For a caller that reads a stream itself. */
export function streamFailure(error: unknown, access: Access): Failure {
  return transportFailure(codeOf(error) === 'ECONNRESET' ? new Error('unexpected EOF') : error, access.server)
}
