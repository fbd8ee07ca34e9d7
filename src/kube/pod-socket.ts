import type { ClientRequest, IncomingMessage } from 'node:http'
import { WebSocketHandler } from '@kubernetes/client-node/dist/web-socket-handler.js'
import { type Failure, failure } from '../domain/failure.ts'
import { readBody } from './body.ts'
import { interrupted, refusal, type Subject } from './failures.ts'
import type { Server } from './server.ts'

/** One connection to a pod, as WebSocketHandler gives it. */
export type PodSocket = Awaited<ReturnType<WebSocketHandler['connect']>>

/** What arrives: the number of the stream, and its bytes. */
export type Receive = (stream: number, bytes: Buffer) => void

/** As long as the dialler of any other request. */
const handshakeMs = 30_000

const refusalLimit = 1024 * 1024

/** WebSocketHandler would open the process's own streams for lack of others. */
const nobody = {}

/**
 * Opens a WebSocket at a subresource of a pod (portforward, exec), in the subprotocols that client-node offers (v5 to v1 of
 * channel.k8s.io). A refusal is told in the server's own words, which client-node would drop.
 */
export async function openPodSocket(
  server: Server,
  path: string,
  subject: Subject,
  receive: Receive,
  signal: AbortSignal,
): Promise<PodSocket> {
  const { credentials, headers } = await server.headers()
  const agent = await server.agents.for(credentials)
  const refused = Promise.withResolvers<never>()
  const config = {
    getCurrentCluster: () => ({ server: server.access.server }),
    async applyToHTTPSOptions(options: object) {
      const finishRequest = hearing(subject, refused.reject)
      Object.assign(options, { agent, headers, signal, handshakeTimeout: handshakeMs, finishRequest })
    },
  }
  const handler = new WebSocketHandler(config as never, undefined, nobody as never)
  const dialling = handler.connect(path, null, (stream, bytes) => {
    receive(stream, bytes)
    return true
  })
  return await Promise.race([dialling, refused.promise]).catch(error => {
    throw signal.aborted ? interrupted() : unreachablePod(error)
  })
}

/** What ws needs of itself here. */
interface Upgrading {
  once(
    event: 'unexpected-response',
    listener: (request: ClientRequest, response: IncomingMessage) => void,
  ): unknown
  terminate(): void
}

/** The option `finishRequest` of ws sends the request, and can hear what its own error does not tell. */
function hearing(subject: Subject, refuse: (failure: Failure) => void) {
  return (request: ClientRequest, socket: Upgrading) => {
    socket.once('unexpected-response', (_, response) => {
      const { statusCode = 0, headers } = response
      readBody(response, refusalLimit)
        .then(body => refuse(refusal(statusCode, headers, body.toString('utf8'), subject)))
        .catch(() => refuse(refusal(statusCode, headers, '', subject)))
        .finally(() => socket.terminate())
    })
    request.end()
  }
}

/** kubectl's text; WebSocketHandler gives what was said as an event. */
function unreachablePod(event: unknown): Failure {
  if (event instanceof Error && event.name === 'Failure') return event as Failure
  const { message } = event as { message?: unknown }
  return failure(
    'not-asked',
    `error upgrading connection: ${typeof message === 'string' ? message : 'no answer'}`,
  )
}
