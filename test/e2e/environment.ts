import { join } from 'node:path'
import { type Fields, listAt, textAt } from '../../src/domain/fields.ts'
import { exampleCluster } from '../sandbox/examples.ts'
import { type Kubelet, startKubelet } from '../sandbox/kubelet/stub.ts'
import { type KubeApi, openApi } from '../sandbox/kubernetes/api.ts'
import { startInformer } from '../sandbox/kubernetes/informer.ts'
import { startOperator } from '../sandbox/operators/operator.ts'
import { isRunning, type Sandbox, type SandboxOptions } from '../sandbox/sandbox.ts'
import { eventually } from './conditions.ts'
import type { TokenUser } from './control-plane/start.ts'
import { startPodNetwork } from './kubelet/pod-network.ts'
import { assemble, type Stoppable } from './parts.ts'
import { type DialectName, type Server, serverIn } from './server.ts'

/** What a contract test may use: there on the sandbox and on the real control plane alike. */
export type Environment = Pick<
  Sandbox,
  | 'dialect'
  | 'operator'
  | 'kubelet'
  | 'api'
  | 'kubeconfig'
  | 'createCluster'
  | 'cluster'
  | 'seen'
  | 'flink'
  | 'close'
> & { kubeconfigOf(user: string): string }

export type EnvironmentOptions = Omit<
  SandboxOptions,
  'dialect' | 'directory' | 'tokens' | 'port' | 'watchHistory' | 'log'
>

/** One real control plane, on which one environment after the other is set up and cleared away. */
export interface RealControlPlane extends Omit<Server, 'environment'>, Stoppable {
  /** An operator and a kubelet with the REST stub; `close` deletes every FlinkCluster. */
  environment(options?: EnvironmentOptions): Promise<Environment>
}

export function startRealControlPlane(
  dialect: DialectName,
  users: readonly TokenUser[] = [],
): Promise<RealControlPlane> {
  return assemble(async (directory, begun) => {
    const server = await serverIn(directory, users, begun)
    await server.install(dialect)
    await begun(startPodNetwork({ kubeconfig: server.controlPlane.kubeconfig('system'), dir: directory }))
    return { ...server, environment: (options = {}) => environmentOn(server, dialect, options) }
  })
}

async function environmentOn(
  { controlPlane, directory }: Server,
  dialect: DialectName,
  options: EnvironmentOptions,
): Promise<Environment> {
  const system = controlPlane.kubeconfig('system')
  const kubeconfig = controlPlane.kubeconfig()
  const api = await openApi(kubeconfig)
  const kubelet = await startKubelet({ ...options, kubeconfig: system })
  const operator = await startOperator({ ...options, dialect, kubeconfig: system })
  const seen: Environment['seen'] = (name, condition, namespace = 'default') =>
    sightOf(api, namespace, name, condition)
  return {
    dialect,
    operator,
    kubelet,
    api,
    kubeconfig,
    kubeconfigOf: user => controlPlane.kubeconfig(user),
    createCluster: async (name, { namespace = 'default', ...more } = {}) => {
      const folder = join(directory, 'savepoints', name)
      const body = exampleCluster({ dialect, name, namespace, directory: folder, ...more })
      await api.create(clustersIn(namespace), body)
      return seen(name, isRunning, namespace)
    },
    cluster: (name, namespace = 'default') => api.get(`${clustersIn(namespace)}/${name}`),
    seen,
    flink: (name, namespace = 'default') => stubOf(kubelet, namespace, name),
    close: async () => {
      // Without its operator nothing of a cluster comes back.
      await operator.stop()
      await clear(api)
      await kubelet.stop()
      api.close()
    },
  }
}

function stubOf(kubelet: Kubelet, namespace: string, name: string) {
  const flink = kubelet.flink(namespace, name)
  if (flink === undefined) throw new Error(`no JobManager runs for ${namespace}/${name}`)
  return flink
}

function clustersIn(namespace: string): string {
  return `/apis/flinkoperator.k8s.io/v1beta1/namespaces/${namespace}/flinkclusters`
}

/** The object once it meets the condition; seen by a watch, so that short moments count. */
async function sightOf(
  api: KubeApi,
  namespace: string,
  name: string,
  condition: (object: Fields) => boolean,
): Promise<Fields> {
  const seen = Promise.withResolvers<Fields>()
  const informer = await startInformer(api, {
    path: clustersIn(namespace),
    onChange: object => {
      if (textAt(object, 'metadata', 'name') === name && condition(object)) seen.resolve(object)
    },
  })
  return seen.promise.finally(() => informer.stop())
}

/** What belongs to FlinkClusters; records, because they outlive their jobs. */
const leftovers = [
  '/api/v1/namespaces/default/pods?labelSelector=flinksp.test%2Fprocess',
  '/api/v1/namespaces/default/services?labelSelector=app%3Dflink',
  '/apis/apps/v1/namespaces/default/controllerrevisions?labelSelector=flinkoperator.k8s.io%2Fmanaged-by',
  '/api/v1/namespaces/default/configmaps?labelSelector=app.kubernetes.io%2Fmanaged-by%3Dkubectl-flinksp',
]

/** Not left to the garbage collector alone, which looks for new kinds only every half minute. */
async function clear(api: KubeApi): Promise<void> {
  const all = [clustersIn('default'), ...leftovers]
  for (const path of all) await api.delete(path)
  for (const path of all) {
    await eventually(`nothing is left of ${path}`, async () =>
      listAt(await api.get(path), 'items').length === 0 ? true : undefined,
    )
  }
}
