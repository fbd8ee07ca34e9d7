import { humanDuration } from '../domain/duration.ts'
import { Failure, failure } from '../domain/failure.ts'
import { OutOfTime } from './patience.ts'

/** What was to be done at a location. */
export type Verb = 'read' | 'list' | 'delete'

/** Why it could not be done, and what to do about it. */
export interface Reason {
  readonly text: string
  readonly hints?: readonly string[]
}

/** The Failure for an error of a vendor's library. The error itself goes nowhere: it may carry tokens. */
export function refusal(
  verb: Verb,
  location: string,
  error: unknown,
  limitMs: number,
  explain: (error: unknown, verb: Verb) => Reason | undefined,
): Failure {
  if (error instanceof Failure) return error
  const { text, hints = [] } =
    error instanceof OutOfTime
      ? late(limitMs)
      : (explain(error, verb) ?? connectionReason(error) ?? { text: named(error) })
  return failure('not-asked', `cannot ${verb} ${location}: ${text}`, ...hints)
}

function named(error: unknown): string {
  const { name } = (error ?? {}) as { name?: unknown }
  return typeof name === 'string' && name !== 'Error' ? `${name}: ${saidBy(error)}` : saidBy(error)
}

function late(limitMs: number): Reason {
  return {
    text: `no answer within ${humanDuration(limitMs)}`,
    hints: ['--request-timeout gives each request more time'],
  }
}

const connections: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'connection refused',
  ECONNRESET: 'the connection was reset',
  EPIPE: 'the connection was closed',
  ETIMEDOUT: 'the connection timed out',
  EHOSTUNREACH: 'no route to the host',
  ENETUNREACH: 'the network is unreachable',
  EADDRNOTAVAIL: 'the network is unreachable',
  ENOTFOUND: 'no such host',
  EAI_AGAIN: 'the name of the host could not be looked up',
  CERT_HAS_EXPIRED: 'the certificate of the server has expired',
  SELF_SIGNED_CERT_IN_CHAIN: 'the certificate of the server is signed by nobody this machine trusts',
  DEPTH_ZERO_SELF_SIGNED_CERT: 'the certificate of the server is signed by nobody this machine trusts',
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: 'the certificate of the server is signed by nobody this machine trusts',
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: 'the certificate of the server is signed by nobody this machine trusts',
  ERR_TLS_CERT_ALTNAME_INVALID: 'the certificate of the server is for another name',
}

/** Why there was no connection; undefined: it was not for that. */
export function connectionReason(error: unknown): Reason | undefined {
  const cause = chain(error).find(each => connections[codeOf(each)] !== undefined)
  if (cause === undefined) return undefined
  return { text: `${connections[codeOf(cause)]}${whereOf(cause)}` }
}

/** The host, which some libraries leave in the message alone. */
function whereOf(cause: unknown): string {
  const { address, hostname, port } = cause as { address?: string; hostname?: string; port?: number }
  const host = address ?? hostname
  const said = /(?:getaddrinfo|connect) [A-Z_]+ ([^\s]+)/.exec(saidBy(cause))?.[1]
  if (host === undefined) return said === undefined ? '' : ` (${said})`
  return ` (${host}${port === undefined ? '' : `:${port}`})`
}

/** The error, what caused it, and what it gathers: the first few of them. */
function chain(error: unknown): unknown[] {
  const all = [error]
  for (let next = 0; next < all.length && all.length < 20; next++) {
    const { cause, errors } = (all[next] ?? {}) as { cause?: unknown; errors?: unknown }
    if (typeof cause === 'object' && cause !== null) all.push(cause)
    if (Array.isArray(errors)) all.push(...errors)
  }
  return all
}

function codeOf(error: unknown): string {
  const { code } = (error ?? {}) as { code?: unknown }
  return typeof code === 'string' ? code : ''
}

const longest = 300

/** What a library or a server said, on one line, without what looks like a secret. */
export function saidBy(error: unknown): string {
  const { message } = (error ?? {}) as { message?: unknown }
  const text = typeof message === 'string' ? message : String(error)
  const line = text
    .replace(/\?[^\s"'<>)]*=[^\s"'<>)]*/g, '?…')
    .replace(/\bBearer\s+\S+/gi, 'Bearer …')
    .replace(/[A-Za-z0-9+/_=.-]{100,}/g, '…')
    .replace(/\s+/g, ' ')
    .trim()
  return line.length > longest ? `${line.slice(0, longest)}…` : line
}
