import { type ClientRequestArgs, request as httpRequest, type IncomingMessage } from 'node:http'
import { request as httpsRequest } from 'node:https'
import type { Call } from './api.ts'
import { isJson, type Json, type KubeObject, valueAt } from './object.ts'
import { type ApiError, badRequest, notFound, unavailable } from './status.ts'

interface Place {
  readonly tls: boolean
  readonly host: string
  readonly port: number
}

/** `/services/[scheme:]NAME[:PORT]/proxy/…` and the same for pods: passes the request on to the pod. */
export function proxy(call: Call): Promise<void> {
  const { target, response } = call
  const place = target.plural === 'pods' ? podPlace(call) : servicePlace(call)
  if (target.rest !== '' || call.request.method !== 'GET') return passOn(call, place)
  response.writeHead(301, { Location: `${call.info.path}/${queryText(call.request)}` })
  response.end()
  return Promise.resolve()
}

/** `name`, `name:port`, `scheme:name:port`, `scheme:name:` (apimachinery SplitSchemeNamePort). */
function splitId(id: string) {
  const parts = id.split(':')
  const [scheme, name, port] = parts.length === 3 ? parts : ['', ...parts]
  if (!name || parts.length > 3 || !['', 'http', 'https'].includes(scheme ?? '')) {
    throw badRequest(`invalid service request "${id}"`)
  }
  return { tls: scheme === 'https', name, port: port ?? '' }
}

function servicePlace({ api, target }: Call): Place {
  const { tls, name, port } = splitId(target.name)
  const service = api.store.get('/services', target.namespace, name)
  if (!service) throw notFound({ group: '', plural: 'services' }, name)
  const servicePort = portOf(service, name, port)
  const pods = api.store
    .list('/pods', target.namespace)
    .filter(pod => isSelected(pod, service.spec?.['selector']))
  const ready = pods.filter(isReady)
  for (const pod of servicePort ? ready : []) {
    const number = targetPort(pod, servicePort ?? {})
    const place = number === undefined ? undefined : api.dial(pod, number)
    if (place) return { tls, ...place }
    if (number !== undefined) throw refused(pod, number)
  }
  // The real server names the service alone where its Endpoints have no subset, else all that was asked for.
  throw unavailable(`no endpoints available for service "${pods.length === 0 ? name : target.name}"`)
}

function portOf(service: KubeObject, name: string, wanted: string): Json | undefined {
  const ports = listOf(service.spec?.['ports'])
  // No port means the port without a name, which only a service of one port has.
  const named = ports.find(port => (port['name'] ?? '') === wanted)
  if (named || !/^\d+$/.test(wanted)) return named
  const numbered = ports.find(port => port['port'] === Number(wanted))
  if (!numbered) throw unavailable(`no service port ${wanted} found for service "${name}"`)
  return numbered
}

/** The container port behind a service port: `targetPort` by number or name, else the port itself. */
function targetPort(pod: KubeObject, { targetPort: wanted, port }: Json): number | undefined {
  if (typeof wanted === 'number') return wanted
  if (typeof wanted !== 'string') return typeof port === 'number' ? port : undefined
  const ports = listOf(pod.spec?.['containers']).flatMap(container => listOf(container['ports']))
  const found = ports.find(({ name }) => name === wanted)?.['containerPort']
  return typeof found === 'number' ? found : undefined
}

function podPlace({ api, target }: Call): Place {
  const { tls, name, port } = splitId(target.name)
  const pod = api.store.get('/pods', target.namespace, name)
  if (!pod) throw notFound({ group: '', plural: 'pods' }, name)
  const first = listOf(pod.spec?.['containers']).flatMap(container => listOf(container['ports']))[0]
  const number = Number(port || first?.['containerPort'])
  const place = api.dial(pod, number)
  if (!place) throw refused(pod, number)
  return { tls, ...place }
}

const refused = (pod: KubeObject, port: number) =>
  unavailable(
    `error trying to reach service: dial tcp ${pod.status?.['podIP'] ?? '10.0.0.1'}:${port}: connect: connection refused`,
  )

export function isReady(pod: KubeObject): boolean {
  if (pod.metadata.deletionTimestamp) return false
  return listOf(pod.status?.['conditions']).some(({ type, status }) => type === 'Ready' && status === 'True')
}

function isSelected(pod: KubeObject, selector: unknown): boolean {
  if (!isJson(selector)) return false
  return Object.entries(selector).every(([key, value]) => valueAt(pod, ['metadata', 'labels', key]) === value)
}

const listOf = (value: unknown): Json[] => (Array.isArray(value) ? value.filter(isJson) : [])

// Hop-by-hop headers, and the caller's credentials: those are for the API server alone.
const notPassedOn = [
  'authorization',
  'connection',
  'keep-alive',
  'transfer-encoding',
  'upgrade',
  'te',
  'trailer',
]

async function passOn(call: Call, { tls, host, port }: Place): Promise<void> {
  const { request, response, target } = call
  const body = await call.body()
  const headers = Object.fromEntries(
    Object.entries(request.headers).filter(
      ([name]) => !notPassedOn.includes(name) && !name.startsWith('impersonate-'),
    ),
  )
  const options: ClientRequestArgs & { rejectUnauthorized: boolean } = {
    host,
    port,
    method: request.method ?? 'GET',
    path: `${target.rest}${queryText(call.request)}`,
    headers: { ...headers, 'x-forwarded-uri': call.info.path, 'content-length': body.length },
    rejectUnauthorized: false,
  }
  const { promise, resolve, reject } = Promise.withResolvers<void>()
  const passed = (tls ? httpsRequest : httpRequest)(options, answer => {
    response.writeHead(answer.statusCode ?? 502, answerHeaders(call, answer))
    answer.pipe(response)
    answer.on('error', () => response.destroy())
    response.on('close', resolve)
  })
  passed.on('error', error => reject(unreachable(error)))
  response.on('close', () => passed.destroy())
  passed.end(body)
  return promise
}

function unreachable(error: NodeJS.ErrnoException & { address?: string; port?: number }): ApiError {
  const why =
    error.code === 'ECONNREFUSED'
      ? `dial tcp ${error.address}:${error.port}: connect: connection refused`
      : error.message
  return unavailable(`error trying to reach service: ${why}`)
}

/** A redirect to a path stays under the proxy, as apimachinery's proxy.Transport rewrites it. */
function answerHeaders({ info }: Call, answer: IncomingMessage) {
  const { connection: _, 'keep-alive': __, 'transfer-encoding': ___, location, ...headers } = answer.headers
  if (!location?.startsWith('/')) return { ...headers, ...(location && { location }) }
  const prefix = info.path.slice(0, info.path.indexOf('/proxy') + '/proxy'.length)
  return { ...headers, location: `${prefix}${location}` }
}

/** The query as it came, escapes and all. */
const queryText = ({ url = '' }: IncomingMessage) => (url.includes('?') ? url.slice(url.indexOf('?')) : '')
