import { type AddressInfo, createServer, type Server as Listener, type Socket } from 'node:net'
import type { RestPlace } from '../domain/rest.ts'
import { interrupted } from './failures.ts'
import { messageOf } from './go-wording.ts'
import { resourcePath } from './paths.ts'
import { openPodSocket, type PodSocket, type Receive } from './pod-socket.ts'
import { readyPod } from './pods.ts'
import type { Server } from './server.ts'

/**
 * A port on loopback whose connections end at a JobManager pod, each over a WebSocket of its own through the API server.
 * client-node's WebSocketHandler opens them; its PortForward drags the generated API in and drops the pod's errors.
 */
export async function portForward(
  server: Server,
  place: RestPlace,
  signal: AbortSignal,
): Promise<{ url: string; close(): Promise<void> }> {
  const { name } = await readyPod(server, place, signal)
  const connect = dialler(server, place, name, signal)
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

type Connect = (receive: Receive) => Promise<PodSocket>

function dialler(server: Server, place: RestPlace, pod: string, signal: AbortSignal): Connect {
  const at = { apiVersion: 'v1', plural: 'pods', namespace: place.namespace, name: pod }
  const path = resourcePath({ ...at, subresource: 'portforward' }, { ports: String(place.podPort) })
  const subject = { verb: 'get', resource: 'pods/portforward', name: pod }
  return receive => openPodSocket(server, path, subject, receive, signal)
}

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
