import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import type { Fields } from '../../src/domain/fields.ts'
import { type ApiServer, startApiServer } from './apiserver/start.ts'
import type { Token } from './apiserver/users.ts'
import { exampleObjects } from './examples.ts'
import type { Behaviour } from './flink/behaviour.ts'
import type { FlinkStub } from './flink/stub.ts'
import { collectionOf, flinkClusterOf, isRunning, jobsPath } from './jobs.ts'
import { kindsOf } from './kind.ts'
import { type Kubelet, type KubeletOptions, startKubelet } from './kubelet/stub.ts'
import { type KubeApi, openApi } from './kubernetes/api.ts'
import { type DialectName, type Operator, type OperatorOptions, startOperator } from './operators/operator.ts'

export { isRunning } from './jobs.ts'

export interface SandboxOptions
  extends Pick<
      OperatorOptions,
      | 'loopMs'
      | 'seed'
      | 'races'
      | 'webhook'
      | 'savepointLimitMs'
      | 'retryMs'
      | 'secondMs'
      | 'restTimeoutMs'
      | 'snapshots'
      | 'savepointGraceMs'
    >,
    Pick<KubeletOptions, 'jobManagerMs' | 'taskManagerMs' | 'submitterMs' | 'deployingMs'> {
  readonly dialect: DialectName
  /** Savepoints go below it, one folder a cluster. */
  readonly directory: string
  /** What each new JobManager does wrong from its start. */
  readonly behaviour?: Partial<Behaviour>
  /** Further users, beside `admin` and the operator. */
  readonly tokens?: readonly Token[]
  readonly port?: number
  readonly watchHistory?: number
  readonly log?: (line: string) => void
}

/** One Kubernetes with one simulated operator, in this process. */
export interface Sandbox {
  readonly dialect: DialectName
  readonly server: ApiServer
  readonly operator: Operator
  readonly kubelet: Kubelet
  /** As an administrator. */
  readonly api: KubeApi
  /** Of `admin`. */
  readonly kubeconfig: string
  /** Creates a FlinkCluster like `orders` and resolves once its job runs; `job` is laid over spec.job. */
  createCluster(name: string, more?: { namespace?: string; job?: Fields; spec?: Fields }): Promise<Fields>
  cluster(name: string, namespace?: string): Promise<Fields>
  /** Where the API server has it. */
  path(name: string, namespace?: string): string
  /** Resolves to the object once it meets the condition; seen by a watch, so short moments count. Rejects after ten seconds. */
  seen(name: string, condition: (object: Fields) => boolean, namespace?: string): Promise<Fields>
  /** The stub behind a cluster's JobManager. */
  flink(name: string, namespace?: string): FlinkStub
  close(): Promise<void>
}

const groups = ['system:masters']
const systemTokens: readonly Token[] = [
  { token: 'admin-token', user: 'admin', groups },
  { token: 'flink-operator-token', user: 'flink-operator', groups },
  { token: 'kubelet-token', user: 'kubelet', groups },
]

/** Starts an API server with an operator's kinds, the operator and a kubelet that plays Flink. */
export async function startSandbox(options: SandboxOptions): Promise<Sandbox> {
  const { dialect, directory, port, watchHistory } = options
  mkdirSync(directory, { recursive: true })
  const server = await startApiServer({
    tokens: [...systemTokens, ...(options.tokens ?? [])],
    ...(port !== undefined && { port }),
    ...(watchHistory !== undefined && { watchHistory }),
  })
  const api = await openApi(server.kubeconfig('admin'))
  for (const kind of kindsOf(dialect)) {
    await api.create('/apis/apiextensions.k8s.io/v1/customresourcedefinitions', kind)
  }
  const kubelet = await startKubelet({ ...options, kubeconfig: server.kubeconfig('kubelet') })
  const operator = await startOperator({ ...options, kubeconfig: server.kubeconfig('flink-operator') })
  const path = (name: string, namespace = 'default') => `${jobsPath(dialect, namespace)}/${name}`
  const cluster = (name: string, namespace?: string) => api.get(path(name, namespace))
  const seen: Sandbox['seen'] = (name, condition, namespace) => waitFor(api, path(name, namespace), condition)
  return {
    dialect,
    server,
    operator,
    kubelet,
    api,
    kubeconfig: server.kubeconfig('admin'),
    path,
    createCluster: async (name, { namespace = 'default', ...more } = {}) => {
      const example = { dialect, name, namespace, directory: join(directory, name), ...more }
      for (const body of exampleObjects(example))
        await api.create(collectionOf(dialect, body, namespace), body)
      return seen(name, isRunning, namespace)
    },
    cluster,
    seen,
    flink: (name, namespace = 'default') => {
      const flink = kubelet.flink(namespace, flinkClusterOf(dialect, name))
      if (flink === undefined) throw new Error(`no JobManager runs for ${namespace}/${name}`)
      return flink
    },
    close: async () => {
      await operator.stop()
      await kubelet.stop()
      api.close()
      await server.close()
    },
  }
}

const patienceMs = 30_000

/** Reads, then watches from there; gives up in time to say what it saw last. */
async function waitFor(api: KubeApi, path: string, condition: (object: Fields) => boolean): Promise<Fields> {
  const found = await api.get(path)
  if (condition(found)) return found
  const { name, resourceVersion } = found['metadata'] as { name: string; resourceVersion: string }
  const stop = AbortSignal.timeout(patienceMs)
  const query = `fieldSelector=metadata.name%3D${name}&watch=true&resourceVersion=${resourceVersion}`
  const watch = api.watch(`${path.slice(0, path.lastIndexOf('/'))}?${query}`, stop)
  let last = found
  try {
    for await (const { object } of watch) {
      if (condition(object)) return object
      last = object
    }
  } catch (error) {
    if (!stop.aborted) throw error
  }
  throw new Error(`${name} never met the condition; at last its status was ${JSON.stringify(last['status'])}`)
}
