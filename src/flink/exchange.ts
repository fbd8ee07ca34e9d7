import type { Response } from 'node-fetch'
import { isFields, textAt } from '../domain/fields.ts'
import type { RestRequest } from './request.ts'
import type { Endpoint } from './way.ts'

/** More than any answer of Flink needs; a body that goes on is cut off. */
const largestBody = 8 * 1024 * 1024
const longestReason = 500

/** What came back over one way: JSON with its status, or nothing that Flink said. */
export type Exchange =
  | { readonly status: number; readonly body: unknown }
  | { readonly unreachable: string; readonly mayHaveBeenSent: boolean; readonly forbidden?: true }

/** Loads fetch for whoever asks soon. */
export async function prepareExchange(): Promise<void> {
  await import('node-fetch')
}

/** One request and its answer. Redirects are not followed: credentials would go along, and Flink >= 1.9 sends none. */
export async function exchange(
  endpoint: Endpoint,
  request: RestRequest,
  signal: AbortSignal,
): Promise<Exchange> {
  const { default: fetch } = await import('node-fetch')
  try {
    const response = await fetch(`${endpoint.url}${request.path}`, {
      method: request.method,
      headers: headersFor(endpoint, request),
      ...(request.body && { body: JSON.stringify(request.body) }),
      agent: endpoint.agent,
      redirect: 'manual',
      size: largestBody,
      signal,
    })
    if (response.status >= 300 && response.status < 400) return redirected(response, endpoint)
    return understood(response, await response.text())
  } catch (error) {
    return { unreachable: reasonOf(error, endpoint), mayHaveBeenSent: !neverLeft(codeOf(error)) }
  }
}

function headersFor(endpoint: Endpoint, request: RestRequest): Record<string, string> {
  return {
    'user-agent': 'kubectl-flinksp',
    accept: 'application/json',
    ...(request.body && { 'content-type': 'application/json' }),
    ...endpoint.headers,
  }
}

function redirected(response: Response, endpoint: Endpoint): Exchange {
  const target = response.headers.get('location')
  const known = target !== null && URL.canParse(target, endpoint.url)
  const host = known ? new URL(target, endpoint.url).origin : 'nowhere'
  // Who redirects has not carried the request out, and neither do we there.
  return {
    unreachable: `it redirects to ${host}, where nothing is sent`,
    mayHaveBeenSent: false,
  }
}

function understood(response: Response, text: string): Exchange {
  const body = json(text)
  const status = response.status
  if (isFields(body) && body['kind'] === 'Status') {
    return unreached(status, textAt(body, 'message') ?? `HTTP ${status}`)
  }
  if (body !== undefined) return { status, body }
  // API servers before 1.20 said in plain text that a service could not be reached (apimachinery pkg/util/proxy/transport.go).
  const plain = /^Error trying to reach service/i.test(text) ? text.trim() : undefined
  const type = response.headers.get('content-type')?.split(';')[0] || 'no content type'
  return unreached(status, plain ?? `HTTP ${status} with ${type}, which is not Flink's REST API`)
}

/** The API server, or something else on the way, answered instead of Flink. */
function unreached(status: number, reason: string): Exchange {
  const refusedOnTheWay = status >= 400 && status < 500 && status !== 408
  const notDialled =
    /no endpoints available|dial tcp|no such host|connection refused|no route to host|Misdirected/i.test(
      reason,
    )
  return {
    unreachable: reason.slice(0, longestReason),
    mayHaveBeenSent: !refusedOnTheWay && !notDialled,
    ...(status === 403 && { forbidden: true }),
  }
}

function json(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

/** What went wrong before a connection stood: nothing can have been sent. */
const beforeSending: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'connection refused',
  ENOTFOUND: 'no such host',
  EAI_AGAIN: 'the name could not be looked up',
  EHOSTUNREACH: 'no route to host',
  ENETUNREACH: 'network is unreachable',
  EADDRNOTAVAIL: 'address not available',
  EPROTO: 'it does not speak TLS',
  DEPTH_ZERO_SELF_SIGNED_CERT: 'its certificate is signed by itself',
  SELF_SIGNED_CERT_IN_CHAIN: 'its certificate is signed by an unknown authority',
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: 'its certificate is signed by an unknown authority',
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: 'its certificate is signed by an unknown authority',
  CERT_HAS_EXPIRED: 'its certificate has expired',
  ERR_TLS_CERT_ALTNAME_INVALID: 'its certificate is for another host',
}

const whileSending: Readonly<Record<string, string>> = {
  ECONNRESET: 'the connection was reset',
  EPIPE: 'the connection was closed',
  ETIMEDOUT: 'the connection timed out',
  ERR_STREAM_PREMATURE_CLOSE: 'the connection ended in the middle of the answer',
  'max-size': `the answer is larger than ${largestBody / 1024 / 1024} MiB`,
}

function neverLeft(code: string): boolean {
  return code in beforeSending
}

/** node-fetch's own messages repeat the whole URL, and are empty where all addresses of a name refuse. */
function reasonOf(error: unknown, endpoint: Endpoint): string {
  const code = codeOf(error)
  const said = beforeSending[code] ?? whileSending[code]
  const message = error instanceof Error ? error.message.replace(/^.*, reason: /s, '') : String(error)
  return `${new URL(endpoint.url).host}: ${said ?? (message || code)}`.slice(0, longestReason)
}

function codeOf(error: unknown): string {
  const { code, type } = error as { code?: unknown; type?: unknown }
  return typeof code === 'string' ? code : typeof type === 'string' ? type : ''
}
