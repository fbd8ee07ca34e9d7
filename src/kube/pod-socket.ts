import type { ClientRequest, IncomingMessage } from 'node:http'
import { WebSocketHandler } from '@kubernetes/client-node/dist/web-socket-handler.js'
import { Failure, failure } from '../domain/failure.ts'
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

/** As many kept connections as may turn out to be closed by the server when they are used again. */
const mostLost = 3

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
  for (let lost = 0; ; lost++) {
    const heard = hearing(subject)
    try {
      return await dialled(server, path, heard, receive, signal)
    } catch (error) {
      if (signal.aborted) throw interrupted()
      if (!heard.wasLost(error) || lost >= mostLost) throw unreachablePod(error)
    }
  }
}

async function dialled(
  server: Server,
  path: string,
  { finishRequest, refused }: Hearing,
  receive: Receive,
  signal: AbortSignal,
): Promise<PodSocket> {
  const { credentials, headers } = await server.headers()
  const agent = await server.agents.for(credentials)
  const config = {
    getCurrentCluster: () => ({ server: server.access.server }),
    async applyToHTTPSOptions(options: object) {
      Object.assign(options, { agent, headers, signal, handshakeTimeout: handshakeMs, finishRequest })
    },
  }
  const handler = new WebSocketHandler(config as never, undefined, nobody as never)
  const dialling = handler.connect(path, null, (stream, bytes) => {
    receive(stream, bytes)
    return true
  })
  return await Promise.race([dialling, refused])
}

/** What ws needs of itself here. */
interface Upgrading {
  once(
    event: 'unexpected-response',
    listener: (request: ClientRequest, response: IncomingMessage) => void,
  ): unknown
  terminate(): void
}

/** What is heard of a request that the error of ws does not tell. */
interface Hearing {
  /** The option of ws that sends the request. */
  readonly finishRequest: (request: ClientRequest, socket: Upgrading) => void
  /** Rejects with the server's refusal. */
  readonly refused: Promise<never>
  /** Was it sent on a kept connection that the server had closed? */
  wasLost(error: unknown): boolean
}

function hearing(subject: Subject): Hearing {
  const { promise: refused, reject } = Promise.withResolvers<never>()
  refused.catch(() => undefined)
  let sent: ClientRequest | undefined
  let isAnswered = false
  return {
    refused,
    wasLost: error => !(error instanceof Failure) && !isAnswered && sent?.reusedSocket === true,
    finishRequest(request, socket) {
      sent = request
      socket.once('unexpected-response', (_, response) => {
        isAnswered = true
        void refusalIn(response, subject)
          .then(reject)
          .finally(() => socket.terminate())
      })
      request.end()
    },
  }
}

async function refusalIn(response: IncomingMessage, subject: Subject): Promise<Failure> {
  const { statusCode = 0, headers } = response
  const body = await readBody(response, refusalLimit).catch(() => Buffer.alloc(0))
  return refusal(statusCode, headers, body.toString('utf8'), subject)
}

/** kubectl's text; WebSocketHandler gives what was said as an event. */
function unreachablePod(event: unknown): Failure {
  if (event instanceof Failure) return event
  const { message } = event as { message?: unknown }
  return failure(
    'not-asked',
    `error upgrading connection: ${typeof message === 'string' ? message : 'no answer'}`,
  )
}
