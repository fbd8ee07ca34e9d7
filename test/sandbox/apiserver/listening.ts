import { createServer, type RequestListener, type Server } from 'node:http'
import { createServer as createTlsServer } from 'node:https'
import type { AddressInfo } from 'node:net'
import type { Duplex } from 'node:stream'
import { generate } from 'selfsigned'

/** An HTTP(S) server on the loopback interface that can stop and come back on the same port. */
export interface Listening {
  readonly url: string
  /** The certificate to trust; empty without TLS. */
  readonly caPem: string
  /** Stops listening and cuts every connection, upgraded ones too. */
  stop(): Promise<void>
  start(): Promise<void>
}

export interface Doors {
  readonly request: RequestListener
  readonly upgrade: (request: Parameters<RequestListener>[0], socket: Duplex, head: Buffer) => void
}

export async function startListening(tls: boolean, port: number, doors: Doors): Promise<Listening> {
  const certificate = tls ? await newCertificate() : undefined
  const server = certificate
    ? createTlsServer({ key: certificate.private, cert: certificate.cert }, doors.request)
    : createServer(doors.request)
  // As patient with idle connections as Go's server: a client may well keep one for minutes.
  server.keepAliveTimeout = 180_000
  server.on('upgrade', doors.upgrade)
  const sockets = trackSockets(server)
  await listen(server, port)
  const { port: bound } = server.address() as AddressInfo
  return {
    url: `${tls ? 'https' : 'http'}://127.0.0.1:${bound}`,
    caPem: certificate?.cert ?? '',
    start: () => listen(server, bound),
    stop() {
      const { promise, resolve } = Promise.withResolvers<void>()
      server.close(() => resolve())
      for (const socket of sockets) socket.destroy()
      return promise
    },
  }
}

function newCertificate() {
  return generate([{ name: 'commonName', value: 'flinksp-sandbox' }], {
    keyType: 'ec',
    algorithm: 'sha256',
    extensions: [
      { name: 'basicConstraints', cA: true, critical: true },
      {
        name: 'subjectAltName',
        altNames: [
          { type: 2, value: 'localhost' },
          { type: 7, ip: '127.0.0.1' },
        ],
      },
    ],
  })
}

function trackSockets(server: Server): Set<Duplex> {
  const sockets = new Set<Duplex>()
  for (const event of ['connection', 'secureConnection']) {
    server.on(event, (socket: Duplex) => {
      sockets.add(socket)
      socket.on('close', () => sockets.delete(socket))
    })
  }
  return sockets
}

function listen(server: Server, port: number): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<void>()
  server.once('error', reject)
  server.listen(port, '127.0.0.1', () => {
    server.off('error', reject)
    resolve()
  })
  return promise
}
