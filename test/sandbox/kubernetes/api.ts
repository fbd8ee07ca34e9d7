import http from 'node:http'
import https from 'node:https'
import { KubeConfig } from '@kubernetes/client-node'
import { type Fields, integerAt, isFields, textAt } from '../../../src/domain/fields.ts'

/** A refusal of the API server. */
export class ApiError extends Error {
  readonly code: number
  readonly reason: string

  constructor(code: number, reason: string, message: string) {
    super(message)
    this.code = code
    this.reason = reason
  }
}

export type PatchType = 'merge' | 'json'

/** The API server as controllers use it: paths in, objects out. */
export interface KubeApi {
  get(path: string): Promise<Fields>
  create(path: string, body: Fields): Promise<Fields>
  replace(path: string, body: Fields): Promise<Fields>
  patch(path: string, body: unknown, type?: PatchType): Promise<Fields>
  /** Answers that there is nothing to delete count as done, as does an object with another uid than `only`. */
  delete(path: string, only?: { readonly uid: string; readonly gracePeriodSeconds: number }): Promise<void>
  /** One watch connection, as lines come; ends with the connection. */
  watch(path: string, signal: AbortSignal): AsyncIterable<{ type: string; object: Fields }>
  close(): void
}

/** Connects with the current context of a kubeconfig given as text. */
export async function openApi(kubeconfig: string): Promise<KubeApi> {
  const config = new KubeConfig()
  config.loadFromString(kubeconfig)
  const server = config.getCurrentCluster()?.server ?? ''
  const send = await sender(config, server)
  const call = async (method: string, path: string, body?: unknown, contentType = 'application/json') => {
    const response = await send(method, path, body, contentType)
    return parsed(response.statusCode ?? 0, await textOf(response))
  }
  return {
    get: path => call('GET', path),
    create: (path, body) => call('POST', path, body),
    replace: (path, body) => call('PUT', path, body),
    patch: (path, body, type = 'merge') =>
      call(
        'PATCH',
        path,
        body,
        type === 'merge' ? 'application/merge-patch+json' : 'application/json-patch+json',
      ),
    delete: async (path, only) => {
      await call('DELETE', path, only && deleteOptions(only)).catch(error => {
        const gone = isApiError(error, 404) || (only !== undefined && isApiError(error, 409))
        if (!gone) throw error
      })
    },
    watch: (path, signal) => watchLines(send, path, signal),
    close: () => send.agent.destroy(),
  }
}

/** kube-apiserver takes the options from the body or from the query, never from both (apiserver endpoints/handlers/delete.go). */
function deleteOptions({
  uid,
  ...more
}: {
  readonly uid: string
  readonly gracePeriodSeconds: number
}): Fields {
  return { kind: 'DeleteOptions', apiVersion: 'v1', ...more, preconditions: { uid } }
}

interface Send {
  (
    method: string,
    path: string,
    body?: unknown,
    contentType?: string,
    signal?: AbortSignal,
  ): Promise<http.IncomingMessage>
  agent: http.Agent
}

async function sender(config: KubeConfig, server: string): Promise<Send> {
  const { protocol, agent, headers } = await transport(config, server)
  const send = (
    method: string,
    path: string,
    body?: unknown,
    contentType = 'application/json',
    signal?: AbortSignal,
  ) =>
    new Promise<http.IncomingMessage>((resolve, reject) => {
      const text = body === undefined ? '' : JSON.stringify(body)
      const request = protocol.request(server + path, {
        method,
        agent,
        headers: {
          ...headers,
          accept: 'application/json',
          'content-type': contentType,
          'user-agent': 'flink-operator',
          // Said by us: Node sends the body of a DELETE without its length, and the server then takes it for none.
          ...(text !== '' && { 'content-length': Buffer.byteLength(text) }),
        },
        ...(signal && { signal }),
      })
      request.on('response', resolve).on('error', reject)
      request.end(text === '' ? undefined : text)
    })
  return Object.assign(send, { agent })
}

async function transport(config: KubeConfig, server: string) {
  if (server.startsWith('http:')) {
    const token = config.getCurrentUser()?.token
    const headers = token ? { authorization: `Bearer ${token}` } : {}
    return { protocol: http, agent: new http.Agent({ keepAlive: true }), headers }
  }
  const options: https.RequestOptions = {}
  await config.applyToHTTPSOptions(options)
  const { ca, cert, key, servername, rejectUnauthorized } = options
  const agent = new https.Agent({
    keepAlive: true,
    ...(ca && { ca }),
    ...(cert && { cert }),
    ...(key && { key }),
    ...(servername && { servername }),
    ...(rejectUnauthorized !== undefined && { rejectUnauthorized }),
  })
  return { protocol: https, agent, headers: options.headers as http.OutgoingHttpHeaders | undefined }
}

async function textOf(response: http.IncomingMessage): Promise<string> {
  const chunks: Buffer[] = []
  for await (const chunk of response as AsyncIterable<Buffer>) chunks.push(chunk)
  return Buffer.concat(chunks).toString('utf8')
}

function parsed(code: number, text: string): Fields {
  const ok = code >= 200 && code < 300
  const body = text === '' ? {} : bodyOf(text, ok)
  if (ok) return body
  throw new ApiError(code, textAt(body, 'reason') ?? '', textAt(body, 'message') ?? text)
}

/** Refusals may be plain text (`404 page not found`). */
function bodyOf(text: string, ok: boolean): Fields {
  if (!ok && !text.startsWith('{')) return {}
  const json: unknown = JSON.parse(text)
  return isFields(json) ? json : {}
}

async function* watchLines(send: Send, path: string, signal: AbortSignal) {
  const response = await send('GET', path, undefined, undefined, signal)
  if (response.statusCode !== 200) parsed(response.statusCode ?? 0, await textOf(response))
  response.setEncoding('utf8')
  let rest = ''
  for await (const chunk of response as AsyncIterable<string>) {
    const lines = (rest + chunk).split('\n')
    rest = lines.pop() ?? ''
    for (const line of lines) {
      if (line !== '') yield JSON.parse(line) as { type: string; object: Fields }
    }
  }
}

/** Was it this answer? */
export function isApiError(error: unknown, code: number): boolean {
  return error instanceof ApiError && error.code === code
}

/** The resourceVersion of an object or list. */
export function versionOf(object: Fields): string {
  return (
    textAt(object, 'metadata', 'resourceVersion') ??
    String(integerAt(object, 'metadata', 'resourceVersion') ?? '')
  )
}
