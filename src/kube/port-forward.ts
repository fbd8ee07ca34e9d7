import type { AddressInfo } from 'node:net'
import { createServer, type Server as Listener, type Socket } from 'node:net'
import { WebSocketHandler } from '@kubernetes/client-node/dist/web-socket-handler.js'
import { type Failure, failure } from '../domain/failure.ts'
import type { RestPlace } from '../domain/ports.ts'
import { interrupted } from './failures.ts'
import { messageOf } from './go-wording.ts'
import { queryText, segment } from './paths.ts'
import { readyPod } from './pods.ts'
import type { Server } from './server.ts'

/** One connection to a port of a pod, as WebSocketHandler gives it. */
type PodSocket = Awaited<ReturnType<WebSocketHandler['connect']>>

/**
 * A port on loopback whose connections end at a JobManager pod, each over a WebSocket of its own through the API server.
 * client-node's WebSocketHandler opens them; its PortForward drags the generated API in and drops the pod's errors.
 */
export async function portForward(
  server: Server,
  place: RestPlace,
  signal: AbortSignal,
): Promise<{ url: string; close(): Promise<void> }> {
  const pod = await readyPod(server, place, signal)
  const connect = dialler(server, place, pod, signal)
  // the first connection shows at once whether this way works at all
  ;(await connect(() => {})).close()
  const open = new Set<Socket>()
  const listener = createServer(socket => {
    open.add(socket)
    socket.once('close', () => open.delete(socket))
    carry(socket, connect)
  })
  const close = () => closed(listener, open)
  await listening(listener)
  if (signal.aborted) {
    await close()
    throw interrupted()
  }
  signal.addEventListener('abort', () => void close(), { once: true })
  const { port } = listener.address() as AddressInfo
  return { url: `${place.tls ? 'https' : 'http'}://127.0.0.1:${port}`, close }
}

type Connect = (receive: (stream: number, bytes: Buffer) => void) => Promise<PodSocket>

function dialler(server: Server, place: RestPlace, pod: string, signal: AbortSignal): Connect {
  const path = `/api/v1/namespaces/${segment(place.namespace)}/pods/${segment(pod)}/portforward${queryText({ ports: String(place.podPort) })}`
  return async receive => {
    const { credentials, headers } = await server.headers()
    const agent = await server.agents.for(credentials)
    const config = {
      getCurrentCluster: () => ({ server: server.access.server }),
      async applyToHTTPSOptions(options: object) {
        Object.assign(options, { agent, headers, signal, handshakeTimeout: handshakeMs })
      },
    }
    const handler = new WebSocketHandler(config as never, undefined, nobody as never)
    const dialling = handler.connect(path, null, (stream, bytes) => {
      receive(stream, bytes)
      return true
    })
    return await dialling.catch(error => {
      throw signal.aborted ? interrupted() : unreachablePod(error)
    })
  }
}

/** kubectl port-forward's text; WebSocketHandler gives what was said as an event. */
function unreachablePod(event: unknown): Failure {
  const { message } = event as { message?: unknown }
  return failure(
    'not-asked',
    `error upgrading connection: ${typeof message === 'string' ? message : 'no answer'}`,
  )
}

/** As long as the dialler of any other request. */
const handshakeMs = 30_000

/** WebSocketHandler would open the process's own stdin for lack of another. */
const nobody = {}

/** Channel 0 is data, channel 1 the pod's errors; the first message of each only repeats the port number. */
function carry(socket: Socket, connect: Connect): void {
  const announced = new Set<number>()
  socket.pause()
  socket.on('error', () => socket.destroy())
  const receive = (stream: number, bytes: Buffer) => {
    if (!announced.has(stream)) {
      announced.add(stream)
      return
    }
    if (stream === 0) socket.write(bytes)
    else socket.destroy(new Error(bytes.toString('utf8')))
  }
  connect(receive).then(
    pod => join(socket, pod),
    error => socket.destroy(new Error(messageOf(error))),
  )
}

function join(socket: Socket, pod: PodSocket): void {
  pod.onclose = () => socket.end()
  pod.onerror = () => socket.destroy()
  socket.once('close', () => pod.close())
  if (socket.destroyed) {
    pod.close()
    return
  }
  socket.on('data', (bytes: Buffer) => pod.send(Buffer.concat([Buffer.of(0), bytes])))
  socket.resume()
}

function listening(listener: Listener): Promise<void> {
  return new Promise((resolve, reject) => {
    listener.once('error', reject)
    listener.listen(0, '127.0.0.1', resolve)
  })
}

function closed(listener: Listener, open: ReadonlySet<Socket>): Promise<void> {
  return new Promise(resolve => {
    listener.close(() => resolve())
    for (const socket of open) socket.destroy()
  })
}
