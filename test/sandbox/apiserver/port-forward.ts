import type { IncomingMessage } from 'node:http'
import { connect, type Socket } from 'node:net'
import type { Duplex } from 'node:stream'
import type { RawData, WebSocket } from 'ws'
import type { Dial } from './api.ts'
import { asBuffer, channelSockets } from './channel-sockets.ts'
import type { KubeObject } from './object.ts'

// What a kubelet speaks (kubelet server/portforward/websocket.go); clients offer v5 and more beside it.
const sockets = channelSockets(['v4.channel.k8s.io'])

/**
 * Port-forward over one WebSocket: for the n-th port, channel 2n carries data and 2n+1 errors. Each channel begins
 * with the port as two bytes, little end first.
 */
export function forwardPorts(
  request: IncomingMessage,
  socket: Duplex,
  head: Buffer,
  { pod, ports, dial }: { pod: KubeObject; ports: readonly number[]; dial: Dial },
): void {
  sockets.handleUpgrade(request, socket, head, client => {
    const streams = ports.map((port, at) => openStream(client, pod, port, at * 2, dial))
    client.on('message', (data: RawData) => {
      const frame = asBuffer(data)
      const channel = frame[0] ?? 0
      if (channel % 2 === 0) streams[channel / 2]?.write(frame.subarray(1))
    })
    const end = () => {
      for (const stream of streams) stream?.destroy()
    }
    client.on('close', end).on('error', end)
  })
}

function openStream(
  client: WebSocket,
  pod: KubeObject,
  port: number,
  channel: number,
  dial: Dial,
): Socket | undefined {
  const send = (to: number, bytes: Uint8Array) => client.send(Buffer.concat([Buffer.from([to]), bytes]))
  const first = Buffer.alloc(2)
  first.writeUInt16LE(port)
  send(channel, first)
  send(channel + 1, first)
  const fail = (why: string) => {
    if (client.readyState !== client.OPEN) return
    const { name, namespace, uid } = pod.metadata
    const text = `error forwarding port ${port} to pod ${name}_${namespace}, uid ${uid}: ${why}`
    send(channel + 1, Buffer.from(text))
    client.close()
  }
  const place = dial(pod, port)
  if (!place) {
    fail(`dial tcp4 127.0.0.1:${port}: connect: connection refused`)
    return undefined
  }
  const stream = connect(place)
  stream.on('data', (bytes: Buffer) => send(channel, bytes))
  stream.on('error', (error: Error) => fail(error.message))
  stream.on('end', () => client.close())
  return stream
}
