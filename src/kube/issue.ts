import { type Agent, type ClientRequest, request as httpRequest, type IncomingMessage } from 'node:http'
import { request as httpsRequest } from 'node:https'
import type { Socket } from 'node:net'
import type { Clock } from '../domain/ports.ts'
import { deadline } from './deadline.ts'
import { codeOf } from './go-wording.ts'

interface Outgoing {
  readonly method: string
  readonly path: string
  readonly body?: { readonly type: string; readonly text: string }
  readonly signal?: AbortSignal
}

interface Wire {
  readonly server: string
  readonly agent: Agent
  readonly headers: Readonly<Record<string, string | string[]>>
  readonly clock: Clock
  readonly signal: AbortSignal
  readonly meanwhile?: () => void
}

/** Go's net.Dialer of client-go: connected, TLS included, within this time. */
const connectMs = 30_000

/** The API server ends a request that is no watch after 60 s; a watch begins its answer at once. */
const answerMs = 90_000

/** Puts one request on the wire and gives the answer's head; no redirect is followed. Rejects with Node's error. */
export async function issue(outgoing: Outgoing, wire: Wire): Promise<IncomingMessage> {
  try {
    return await once(outgoing, wire)
  } catch (error) {
    if (!(error instanceof LostBeforeAnswer) || outgoing.method !== 'GET') throw causeOf(error)
    return once(outgoing, wire).catch(again => {
      throw causeOf(again)
    })
  }
}

/** A kept connection was closed by the server just as it was used again: a read may simply be sent once more. */
class LostBeforeAnswer extends Error {}

function causeOf(error: unknown): unknown {
  return error instanceof LostBeforeAnswer ? error.cause : error
}

function once(outgoing: Outgoing, wire: Wire): Promise<IncomingMessage> {
  const { promise, resolve, reject } = Promise.withResolvers<IncomingMessage>()
  const signal = outgoing.signal ? AbortSignal.any([wire.signal, outgoing.signal]) : wire.signal
  const request = started(outgoing, wire, signal)
  let limit = deadline(wire.clock, connectMs, () => {
    request.destroy(Object.assign(new Error('i/o timeout'), { code: 'ETIMEDOUT' }))
  })
  const connected = () => {
    limit.clear()
    limit = deadline(wire.clock, answerMs, () => {
      request.destroy(new Error('net/http: timeout awaiting response headers'))
    })
  }
  request.once('socket', socket => whenConnected(socket, wire, connected))
  request.once('response', response => {
    limit.clear()
    resolve(response)
  })
  request.once('close', () => limit.clear())
  // stays: after the answer has begun, its stream carries the error
  request.on('error', error => {
    const lost = request.reusedSocket && ['ECONNRESET', 'EPIPE'].includes(codeOf(error))
    reject(lost ? new LostBeforeAnswer(error.message, { cause: error }) : error)
  })
  request.end(outgoing.body?.text)
  return promise
}

function started(outgoing: Outgoing, wire: Wire, signal: AbortSignal): ClientRequest {
  const url = new URL(`${wire.server}${outgoing.path}`)
  const { body } = outgoing
  const options = {
    method: outgoing.method,
    agent: wire.agent,
    signal,
    headers: {
      ...wire.headers,
      ...(body && { 'content-type': body.type, 'content-length': Buffer.byteLength(body.text) }),
    },
  }
  return url.protocol === 'https:' ? httpsRequest(url, options) : httpRequest(url, options)
}

function whenConnected(socket: Socket, wire: Wire, connected: () => void): void {
  if (!socket.connecting) {
    connected()
    return
  }
  socket.once(wire.server.startsWith('https:') ? 'secureConnect' : 'connect', connected)
  // Node listened before: the first message of the handshake has left by then.
  if (wire.meanwhile) socket.once('connect', wire.meanwhile)
}
