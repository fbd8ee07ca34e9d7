import type { IncomingMessage } from 'node:http'
import { type RawData, WebSocketServer } from 'ws'

/** A server of WebSockets that speaks the first of these subprotocols that a client offers. */
export function channelSockets(protocols: readonly string[]): WebSocketServer {
  return new WebSocketServer({
    noServer: true,
    handleProtocols: offered => protocols.find(one => offered.has(one)) ?? false,
  })
}

/** Does the request ask for a WebSocket with channels? kubectl's SPDY tunnel is none. */
export const isChannelSocket = ({ headers }: IncomingMessage) =>
  headers.upgrade?.toLowerCase() === 'websocket' &&
  (headers['sec-websocket-protocol'] ?? '').split(',').some(one => one.trim() === 'v4.channel.k8s.io')

/** The bytes of a message. */
export function asBuffer(data: RawData): Buffer {
  if (Buffer.isBuffer(data)) return data
  return Array.isArray(data) ? Buffer.concat(data) : Buffer.from(data)
}
