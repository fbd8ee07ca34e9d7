import { EventEmitter, once } from 'node:events'
import {
  request as httpRequest,
  type IncomingMessage,
  type RequestOptions,
  type ServerResponse,
} from 'node:http'
import { Agent, request as httpsRequest } from 'node:https'
import { connect as plainConnect } from 'node:net'
import type { Duplex } from 'node:stream'
import { buffer } from 'node:stream/consumers'
import { connect as tlsConnect } from 'node:tls'
import { dump, load } from 'js-yaml'
import { verbOf } from '../contract/environment.ts'
import { startListening } from '../sandbox/apiserver/listening.ts'
import { given, refusal, type Spoiling, type Spoils, spoils, spoilt, type Wanted } from './spoil.ts'

/** Stands between the program and any API server: all passes as it is, but for what is to be spoilt. */
export interface Relay {
  /** The same kubeconfig, by way of the relay. */
  kubeconfig(text: string): string
  /** What passed so far, in order: `PATCH …/orders`; the code is 0 as long as nothing was answered. */
  readonly passed: readonly Passed[]
  /** Spoils what matches, as often as it says, or until the returned function is called. */
  spoil(wanted: Wanted, spoiling: Spoiling, times?: number): () => void
  /** Cuts every watch that is open, as soon as there are so many. What is to become of the next ones is said after it. */
  cutWatches(count?: number): Promise<void>
  /** A token that is good for whoever the kubeconfig is of, until it expires; a server that has heard of it says 401 then. */
  lend(token: string): { expire(): void }
  /** Connections that were upgraded (port-forwards), and are open now. */
  upgraded(): number
  close(): Promise<void>
}

export interface Passed {
  /** `WATCH` for a watch. */
  readonly verb: string
  readonly path: string
  readonly authorization: string
  code: number
}

/** How long a watch is waited for. */
const patienceMs = 30_000

interface Upstream {
  readonly url: URL
  /** Of the kubeconfig's current user. */
  readonly token: string
  readonly ca: string
  readonly agent: Agent
}

interface Relaying {
  readonly upstream: Upstream
  readonly passed: Passed[]
  readonly spoils: Spoils
  /** Those that are answered, and open. */
  readonly watches: Set<ServerResponse>
  /** Says `watch` when one is answered. */
  readonly opened: EventEmitter
  readonly tunnels: Set<Duplex>
  /** By token: is it still good? */
  readonly lent: Map<string, boolean>
}

/** Starts one in front of the API server of this kubeconfig. */
export async function startRelay(kubeconfig: string): Promise<Relay> {
  const upstream = upstreamOf(kubeconfig)
  const watches = new Set<ServerResponse>()
  const opened = new EventEmitter()
  const relaying: Relaying = {
    upstream,
    passed: [],
    spoils: spoils(),
    watches,
    opened,
    tunnels: new Set(),
    lent: new Map(),
  }
  const listening = await startListening(true, 0, {
    request: (request, response) => void pass(relaying, request, response).catch(() => response.destroy()),
    upgrade: (request, socket, head) => tunnel(relaying, request, socket, head),
  })
  return {
    kubeconfig: text => rerouted(text, listening.url, listening.caPem),
    passed: relaying.passed,
    spoil: relaying.spoils.add,
    async cutWatches(count = 1) {
      // Told, not looked for: a watch may be over before anybody has looked.
      while (watches.size < count) await once(opened, 'watch', { signal: AbortSignal.timeout(patienceMs) })
      for (const response of watches) response.destroy()
    },
    lend: token => {
      relaying.lent.set(token, true)
      return { expire: () => void relaying.lent.set(token, false) }
    },
    upgraded: () => relaying.tunnels.size,
    async close() {
      upstream.agent.destroy()
      await listening.stop()
    },
  }
}

interface Kubeconfig {
  readonly clusters: { cluster: { server: string; 'certificate-authority-data'?: string } }[]
  readonly users: { name: string; user: { token?: string } }[]
  readonly contexts: { name: string; context: { user: string } }[]
  readonly 'current-context': string
}

function upstreamOf(kubeconfig: string): Upstream {
  const { clusters, users, contexts, 'current-context': current } = load(kubeconfig) as Kubeconfig
  const [entry] = clusters
  const name = contexts.find(context => context.name === current)?.context.user
  const token = users.find(user => user.name === name)?.user.token ?? ''
  if (entry === undefined) throw new Error('a kubeconfig without a cluster')
  const ca = Buffer.from(entry.cluster['certificate-authority-data'] ?? '', 'base64').toString()
  return { url: new URL(entry.cluster.server), token, ca, agent: new Agent({ ca, keepAlive: true }) }
}

function rerouted(text: string, server: string, caPem: string): string {
  const kubeconfig = load(text) as Kubeconfig
  const data = Buffer.from(caPem).toString('base64')
  for (const { cluster } of kubeconfig.clusters)
    Object.assign(cluster, { server, 'certificate-authority-data': data })
  return dump(kubeconfig)
}

async function pass(relaying: Relaying, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const { spoils, passed: all } = relaying
  const passed = begin(all, request)
  const spoiling = spoils.next(passed)
  const bearer = passed.authorization.replace(/^Bearer /, '')
  if (relaying.lent.get(bearer) === false) return refuse(passed, response)
  if (relaying.lent.get(bearer)) request.headers.authorization = `Bearer ${relaying.upstream.token}`
  if (spoiling?.before) await spoiling.before()
  if (spoiling?.swallow) return
  const answer =
    given(spoiling, passed.path) ?? (await asked(relaying.upstream, request, await buffer(request), response))
  passed.code = answer.code
  const sent = spoilt(spoiling, answer, response)
  if (passed.verb === 'WATCH' && answer.code === 200) open(relaying, response)
  await sent
}

function open({ watches, opened }: Relaying, response: ServerResponse): void {
  watches.add(response)
  response.on('close', () => watches.delete(response))
  opened.emit('watch')
}

async function refuse(passed: Passed, response: ServerResponse): Promise<void> {
  passed.code = 401
  await spoilt(undefined, refusal(401, 'Unauthorized', 'Unauthorized'), response)
}

function begin(all: Passed[], { method = '', url = '', headers }: IncomingMessage): Passed {
  const passed = { verb: verbOf(method, url), path: url, authorization: headers.authorization ?? '', code: 0 }
  all.push(passed)
  return passed
}

/** What the API server answers; its body as it comes. */
function asked(
  upstream: Upstream,
  { method, url, headers }: IncomingMessage,
  body: Buffer,
  response: ServerResponse,
): Promise<{ code: number; headers: NodeJS.Dict<string | string[]>; body: AsyncIterable<Buffer> }> {
  return new Promise((resolve, reject) => {
    const options: RequestOptions = { method, path: url, headers: { ...headers, host: upstream.url.host } }
    const send = upstream.url.protocol === 'https:' ? httpsRequest : httpRequest
    const agent = upstream.url.protocol === 'https:' ? { agent: upstream.agent } : {}
    const outgoing = send(upstream.url, { ...options, ...agent }, answer =>
      resolve({ code: answer.statusCode ?? 0, headers: answer.headers, body: answer }),
    )
    outgoing.on('error', reject)
    // Whoever hangs up here hangs up there too.
    response.on('close', () => outgoing.destroy())
    outgoing.end(body)
  })
}

/** An upgraded connection: bytes, both ways. */
function tunnel(
  { upstream, passed, tunnels }: Relaying,
  request: IncomingMessage,
  socket: Duplex,
  head: Buffer,
) {
  const one = begin(passed, request)
  const { hostname: host, port, protocol } = upstream.url
  const there =
    protocol === 'https:'
      ? tlsConnect({ host, port: Number(port), ca: upstream.ca })
      : plainConnect({ host, port: Number(port) })
  const lines = request.rawHeaders.flatMap((name, at, all) =>
    at % 2 === 0 ? [`${name}: ${all[at + 1]}`] : [],
  )
  there.write([`${request.method} ${request.url} HTTP/1.1`, ...lines, '', ''].join('\r\n'))
  there.write(head)
  one.code = 101
  tunnels.add(socket)
  socket.on('close', () => tunnels.delete(socket))
  for (const [from, to] of [
    [socket, there],
    [there, socket],
  ] as const) {
    from.on('error', () => to.destroy())
    from.on('close', () => to.destroy())
    from.pipe(to)
  }
}
