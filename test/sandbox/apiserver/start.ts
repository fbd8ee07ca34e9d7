import {
  createServer,
  type IncomingMessage,
  type RequestListener,
  type Server,
  type ServerResponse,
} from 'node:http'
import { createServer as createTlsServer } from 'node:https'
import type { AddressInfo } from 'node:net'
import type { Duplex } from 'node:stream'
import { generate } from 'selfsigned'
import type { Api, Dial } from './api.ts'
import { bootstrap } from './bootstrap.ts'
import { createInterceptors, type Faults, type FaultyAnswer, faultBody } from './faults.ts'
import { collectGarbage } from './garbage.ts'
import { handle } from './handle.ts'
import { createKinds } from './kinds.ts'
import { kubeconfigOf } from './kubeconfig.ts'
import type { KubeObject } from './object.ts'
import { authorize } from './rbac.ts'
import { sendError, sendJson, sendText, warningValue } from './respond.ts'
import { ApiError } from './status.ts'
import { createStore } from './store.ts'
import { refuseUpgrade, upgrade } from './upgrade.ts'
import { authenticate, impersonate, type Token, type User } from './users.ts'

export interface ApiServerOptions {
  /** Who may come in; the first is the default user of `kubeconfig()`. */
  readonly tokens: readonly Token[]
  readonly port?: number
  /** HTTPS with a certificate of its own (the default), or plain HTTP. */
  readonly tls?: boolean
  /** Where a pod's port really is. Default: the pod's annotation `flinksp.test/rest-url`. */
  readonly dial?: Dial
  /** How many changes a watch can go back; few provoke 410. */
  readonly watchHistory?: number
  /** How often a watch that asked for bookmarks gets one, if anything changed. */
  readonly bookmarkMillis?: number
  readonly log?: (line: string) => void
}

export interface RequestRecord {
  readonly method: string
  /** Path and query. */
  readonly path: string
  readonly user: string
  /** 0 until it was answered. */
  code: number
}

export interface ApiServer {
  readonly url: string
  /** The certificate to trust; empty without TLS. */
  readonly caPem: string
  /** YAML with a context for every user; the given one is current. */
  kubeconfig(user?: string): string
  /** Every request so far, in the order of arrival. */
  requests(): readonly RequestRecord[]
  readonly faults: Faults
  close(): Promise<void>
}

/** The annotation that says where a stand-in pod's REST API listens. */
export const restUrlAnnotation = 'flinksp.test/rest-url'

const dialAnnotation: Dial = ({ metadata }: KubeObject) => {
  const url = URL.parse(metadata.annotations?.[restUrlAnnotation] ?? '')
  return url ? { host: url.hostname, port: Number(url.port) } : undefined
}

/** Starts a Kubernetes API server in this process, on the loopback interface. */
export async function startApiServer(options: ApiServerOptions): Promise<ApiServer> {
  const api = createApi(options)
  const records: RequestRecord[] = []
  const interceptors = createInterceptors()
  const stopCollecting = collectGarbage(api.store)
  const certificate = options.tls === false ? undefined : await newCertificate()
  const listener: RequestListener = (request, response) => void serve(request, response)
  const server = certificate
    ? createTlsServer({ key: certificate.private, cert: certificate.cert }, listener)
    : createServer(listener)
  const sockets = trackSockets(server)
  server.on('upgrade', (request, socket, head) => serveUpgrade(request, socket, head))
  await listen(server, options.port ?? 0)
  const { port } = server.address() as AddressInfo
  const url = `${certificate ? 'https' : 'http'}://127.0.0.1:${port}`

  async function serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const record = begin(request)
    response.on('close', () => options.log?.(`${record.method} ${record.path} ${record.code} ${record.user}`))
    try {
      const user = identify(request, record)
      await interceptors.released(record)
      for (const text of interceptors.warningsFor(record))
        response.appendHeader('Warning', warningValue(text))
      const fault = interceptors.answerFor(record)
      if (fault) sendFault(response, fault)
      else await handle(api, user, new URL(record.path, url), request, response)
    } catch (error) {
      sendError(response, error)
    }
    record.code = response.statusCode
  }

  function serveUpgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void {
    const record = begin(request)
    socket.on('error', () => socket.destroy())
    try {
      const user = identify(request, record)
      const fault = interceptors.answerFor(record)
      if (fault) throw new ApiError(fault.code, fault.reason ?? '', fault.message ?? '')
      upgrade(api, user, new URL(record.path, url), request, socket, head)
      record.code = 101
    } catch (error) {
      if (!(error instanceof ApiError)) throw error
      record.code = error.code
      refuseUpgrade(socket, error)
    }
  }

  function begin(request: IncomingMessage): RequestRecord & { user: string } {
    const record = { method: request.method ?? '', path: request.url ?? '/', user: '', code: 0 }
    records.push(record)
    return record
  }

  function identify(request: IncomingMessage, record: { user: string }): User {
    const caller = authenticate(request, options.tokens)
    record.user = caller.user
    return impersonate(request, caller, (by, resource, name) => {
      const verdict = authorize(api.store, by, { verb: 'impersonate', group: '', resource, name })
      return verdict.allowed
    })
  }

  async function refuseConnections(millis: number): Promise<void> {
    await stop(server, sockets)
    await new Promise(resolve => setTimeout(resolve, millis))
    if (!closed) await listen(server, port)
  }

  let closed = false
  return {
    url,
    caPem: certificate?.cert ?? '',
    kubeconfig: (user = options.tokens[0]?.user ?? '') =>
      kubeconfigOf(url, certificate?.cert, options.tokens, user),
    requests: () => records,
    faults: {
      dropWatches: () => {
        for (const drop of [...api.watches]) drop()
      },
      refuseConnections,
      answerOnce: (match, answer) => void interceptors.answer(match, answer, true),
      answer: (match, answer) => interceptors.answer(match, answer, false),
      warn: interceptors.warn,
      hold: interceptors.hold,
      forgetHistory: () => api.store.compact(),
    },
    async close() {
      closed = true
      stopCollecting()
      await stop(server, sockets)
    },
  }
}

function createApi({
  watchHistory = 100_000,
  dial = dialAnnotation,
  bookmarkMillis = 5000,
}: ApiServerOptions): Api {
  const store = createStore(watchHistory)
  const kinds = createKinds(store)
  bootstrap(store)
  return { store, kinds, dial, bookmarkMillis, watches: new Set(), snapshots: new Map() }
}

function newCertificate() {
  const names = [
    { type: 2 as const, value: 'localhost' },
    { type: 7 as const, ip: '127.0.0.1' },
  ]
  return generate([{ name: 'commonName', value: 'flinksp-sandbox' }], {
    keyType: 'ec',
    algorithm: 'sha256',
    extensions: [
      { name: 'basicConstraints', cA: true, critical: true },
      { name: 'subjectAltName', altNames: names },
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

/** Stops listening and cuts every connection, upgraded ones too. */
function stop(server: Server, sockets: Set<Duplex>): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>()
  server.close(() => resolve())
  for (const socket of sockets) socket.destroy()
  return promise
}

function sendFault(response: ServerResponse, fault: FaultyAnswer): void {
  for (const [name, value] of Object.entries(fault.headers ?? {})) response.setHeader(name, value)
  const body = faultBody(fault)
  if (typeof body === 'string') sendText(response, fault.code, body)
  else sendJson(response, fault.code, body)
}
