import { readFileSync } from 'node:fs'
import { load } from 'js-yaml'
import type { Json } from '../../sandbox/apiserver/object.ts'
import { type ApiServer, type ApiServerOptions, startApiServer } from '../../sandbox/apiserver/start.ts'

export interface Answer {
  readonly code: number
  readonly body: Json
  readonly warnings: string[]
}

/** Requests as one user, bodies as JSON. */
export type Client = (
  method: string,
  path: string,
  body?: unknown,
  headers?: Record<string, string>,
) => Promise<Answer>

export interface TestServer extends ApiServer {
  as(token: string): Client
  /** As the administrator. */
  readonly call: Client
}

export const tokens = [
  { token: 'admin-token', user: 'admin', groups: ['system:masters'] },
  { token: 'bob-token', user: 'bob', groups: ['developers'] },
]

/** An API server for one test, over plain HTTP unless it says otherwise. */
export async function testServer(options: Partial<ApiServerOptions> = {}): Promise<TestServer> {
  const server = await startApiServer({ tokens, tls: false, ...options })
  const as = (token: string) => clientOf(server.url, token)
  return { ...server, as, call: as('admin-token') }
}

function clientOf(url: string, token: string): Client {
  return async (method, path, body, headers = {}) => {
    const response = await fetch(`${url}${path}`, {
      method,
      redirect: 'manual',
      headers: {
        ...(token && { Authorization: `Bearer ${token}` }),
        'Content-Type': 'application/json',
        ...headers,
      },
      ...(body !== undefined && { body: typeof body === 'string' ? body : JSON.stringify(body) }),
    })
    const text = await response.text()
    const warnings = response.headers.get('warning')
    return {
      code: response.status,
      body: text.startsWith('{') ? JSON.parse(text) : { text },
      warnings: warnings === null ? [] : warnings.split(/, (?=299)/),
    }
  }
}

export const mergePatch = { 'Content-Type': 'application/merge-patch+json' }
export const jsonPatch = { 'Content-Type': 'application/json-patch+json' }
export const strategicPatch = { 'Content-Type': 'application/strategic-merge-patch+json' }

export const clusters = '/apis/flinkoperator.k8s.io/v1beta1/namespaces/default/flinkclusters'
export const configMaps = '/api/v1/namespaces/default/configmaps'

/** Installs our definition of FlinkCluster in one of its flavours. */
export async function install(call: Client, flavour: 'gcp' | 'spotify'): Promise<void> {
  const yaml = readFileSync(
    new URL(`../../sandbox/crds/flinkcluster-${flavour}.yaml`, import.meta.url),
    'utf8',
  )
  await call('POST', '/apis/apiextensions.k8s.io/v1/customresourcedefinitions', load(yaml))
}

/** A FlinkCluster that both flavours accept. */
export function flinkCluster(name: string, job: Json = {}): Json {
  return {
    apiVersion: 'flinkoperator.k8s.io/v1beta1',
    kind: 'FlinkCluster',
    metadata: { name },
    spec: {
      flinkVersion: '1.18',
      image: { name: 'flink:1.18' },
      jobManager: {},
      taskManager: { replicas: 1 },
      job: { jarFile: 'count.jar', savepointsDir: 's3://bucket/savepoints', ...job },
    },
  }
}

export const configMap = (name: string, data: Json = {}, metadata: Json = {}): Json => ({
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: { name, ...metadata },
  data,
})

/** One watch: its events as they come, and its end. */
export async function openWatch(server: TestServer, path: string, headers: Record<string, string> = {}) {
  const abort = new AbortController()
  const response = await fetch(`${server.url}${path}`, {
    headers: { Authorization: 'Bearer admin-token', ...headers },
    signal: abort.signal,
  })
  const events = linesOf(response)
  return {
    code: response.status,
    /** The next event; undefined where the server ended the watch. */
    async next(): Promise<{ type: string; object: Json } | undefined> {
      const { value } = await events.next()
      return value === undefined ? undefined : JSON.parse(value)
    },
    close: () => abort.abort(),
  }
}

async function* linesOf(response: Response): AsyncGenerator<string, undefined> {
  let rest = ''
  const decoder = new TextDecoder()
  try {
    for await (const chunk of response.body ?? []) {
      const lines = (rest + decoder.decode(chunk, { stream: true })).split('\n')
      rest = lines.pop() ?? ''
      yield* lines
    }
  } catch {
    // Cut: the same as ended, for who reads it.
  }
  return undefined
}
