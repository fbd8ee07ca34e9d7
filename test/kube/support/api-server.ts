import {
  createServer as createHttp,
  type IncomingHttpHeaders,
  type Server,
  type ServerResponse,
} from 'node:http'
import { createServer as createHttps } from 'node:https'
import type { AddressInfo, Socket } from 'node:net'
import type { TLSSocket } from 'node:tls'
import type { KeyPair } from './certificates.ts'

export interface Seen {
  readonly method: string
  /** Without the query. */
  readonly path: string
  readonly query: Readonly<Record<string, string>>
  readonly headers: IncomingHttpHeaders
  /** Name and value in turn, as they came. */
  readonly rawHeaders: readonly string[]
  readonly body: string
  /** The common name of the client certificate. */
  readonly certificate?: string
}

export type Answer = (response: ServerResponse, seen: Seen) => void

/** An API server that does what the test says, on loopback. */
export interface ApiServer {
  readonly url: string
  readonly port: number
  readonly seen: Seen[]
  readonly http: Server
  /** The answer to `GET /path`, from now on, or in turn where several are given (the last one stays). */
  on(request: string, ...answers: Answer[]): ApiServer
  /** Cuts all connections, and takes no new ones until `up`. */
  down(): Promise<void>
  up(): Promise<void>
  close(): Promise<void>
}

export interface Tls extends KeyPair {
  /** Asks for a client certificate of this authority. */
  readonly clientAuthority?: string
}

export async function apiServer(tls?: Tls): Promise<ApiServer> {
  const seen: Seen[] = []
  const answers = new Map<string, Answer[]>()
  const sockets = new Set<Socket>()
  const http = create(tls)
  http.on('connection', socket => {
    sockets.add(socket)
    socket.once('close', () => sockets.delete(socket))
  })
  http.on('request', async (request, response) => {
    const url = new URL(request.url ?? '/', 'http://server')
    const chunks: Buffer[] = []
    for await (const chunk of request) chunks.push(chunk as Buffer)
    const certificate = (request.socket as TLSSocket).getPeerCertificate?.()?.subject?.CN
    const entry: Seen = {
      method: request.method ?? '',
      path: url.pathname,
      query: Object.fromEntries(url.searchParams),
      headers: request.headers,
      rawHeaders: request.rawHeaders,
      body: Buffer.concat(chunks).toString('utf8'),
      ...(typeof certificate === 'string' && { certificate }),
    }
    seen.push(entry)
    const queue = answers.get(`${entry.method} ${entry.path}`) ?? [status(404, '', '')]
    const answer = queue.length > 1 ? queue.shift() : queue[0]
    answer?.(response, entry)
  })
  await listen(http, 0)
  const { port } = http.address() as AddressInfo
  const stop = () =>
    new Promise<void>(resolve => {
      http.close(() => resolve())
      for (const socket of sockets) socket.destroy()
    })
  const server: ApiServer = {
    url: `${tls ? 'https' : 'http'}://127.0.0.1:${port}`,
    port,
    seen,
    http,
    on(request, ...scripted) {
      answers.set(request, scripted)
      return server
    },
    down: stop,
    up: () => listen(http, port),
    close: () => (http.listening ? stop() : Promise.resolve()),
  }
  return server
}

export function json(body: unknown, code = 200, headers: Record<string, string> = {}): Answer {
  return response => {
    response.writeHead(code, { 'content-type': 'application/json', ...headers }).end(JSON.stringify(body))
  }
}

export function text(code: number, body: string, headers: Record<string, string> = {}): Answer {
  return response => {
    response.writeHead(code, { 'content-type': 'text/plain', ...headers }).end(body)
  }
}

/** A Status object; `more` is its details. Without a reason, Go's plain 404 page. */
export function status(code: number, reason: string, message: string, more: object = {}): Answer {
  if (reason === '' && code === 404) return text(404, '404 page not found\n')
  return json(
    { kind: 'Status', apiVersion: 'v1', status: 'Failure', message, reason, code, details: more },
    code,
  )
}

/** Events of a watch, one a line; the stream stays open unless `end` says how it ends. */
export function events(list: readonly object[], end?: 'end' | 'end-mid-line' | 'cut' | 'mid-line'): Answer {
  return response => {
    response.writeHead(200, { 'content-type': 'application/json' })
    response.flushHeaders()
    for (const event of list) response.write(`${JSON.stringify(event)}\n`)
    if (end === 'end') response.end()
    if (end === 'end-mid-line') response.end('{"type":"MODIF')
    if (end === 'mid-line') response.write('{"type":"MODIF', () => response.socket?.destroy())
    if (end === 'cut') response.write('', () => response.socket?.destroy())
  }
}

function create(tls: Tls | undefined): Server {
  if (tls === undefined) return createHttp()
  const { cert, key, clientAuthority } = tls
  if (clientAuthority === undefined) return createHttps({ cert, key })
  return createHttps({ cert, key, ca: clientAuthority, requestCert: true, rejectUnauthorized: false })
}

function listen(server: Server, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject)
    server.listen(port, '127.0.0.1', resolve)
  })
}
