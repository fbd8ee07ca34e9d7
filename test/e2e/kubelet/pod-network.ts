import { type Fields, fieldsAt, textAt } from '../../../src/domain/fields.ts'
import { type Pod, readPod } from '../../sandbox/kubelet/pod.ts'
import { isApiError, type KubeApi, openApi } from '../../sandbox/kubernetes/api.ts'
import { startInformer } from '../../sandbox/kubernetes/informer.ts'
import { openPodAddresses, type PodAddresses } from './pod-addresses.ts'

/** The pods' container port `ui` where the cluster does not say otherwise. */
const uiPort = 8081

export interface PodNetwork {
  /** Why the service proxy cannot reach pods on this machine; undefined where it can. */
  readonly noProxy: string | undefined
  stop(): Promise<void>
}

/**
 * Makes the pods that a stand-in kubelet plays reachable in both ways Kubernetes has: port-forward (a PortForward object a pod
 * tells kwok the real port) and service proxy (the pod's address leads to it). Where a pod really is says its annotation
 * `flinksp.test/rest-url`.
 */
export async function startPodNetwork(options: { kubeconfig: string; dir: string }): Promise<PodNetwork> {
  const api = await openApi(options.kubeconfig)
  const ports = new Map<string, number>()
  const { addresses, noProxy } = await open(options.dir, ports)
  const informer = await startInformer(api, {
    path: '/api/v1/pods',
    labelSelector: 'flinksp.test/process=true,component=jobmanager',
    onChange: (object, deleted) => {
      const port = Number(new URL(restUrlOf(readPod(object)) ?? 'http://none:0').port)
      const podIP = textAt(object, 'status', 'podIP')
      if (deleted || port === 0) return
      if (podIP !== undefined) ports.set(podIP, port)
      void forward(api, object, port).catch(() => undefined)
    },
  })
  return {
    noProxy,
    stop: async () => {
      await informer.stop()
      await addresses?.stop()
      api.close()
    },
  }
}

async function open(
  dir: string,
  ports: ReadonlyMap<string, number>,
): Promise<{ addresses?: PodAddresses; noProxy: string | undefined }> {
  try {
    const target = (podIP: string) => ports.get(podIP)
    return { addresses: await openPodAddresses({ dir, port: uiPort, target }), noProxy: undefined }
  } catch (error) {
    const reason = error instanceof Error ? (error.message.split('\n').at(-1) ?? '') : String(error)
    return { noProxy: `no network namespace on this machine: ${reason}` }
  }
}

function restUrlOf(pod: Pod): string | undefined {
  return pod.annotations['flinksp.test/rest-url']
}

/** kwok: every port of this pod is that port of the loopback. Gone with the pod. */
async function forward(api: KubeApi, pod: Fields, port: number): Promise<void> {
  const { name, namespace, uid } = fieldsAt(pod, 'metadata')
  const collection = `/apis/kwok.x-k8s.io/v1alpha1/namespaces/${namespace}/portforwards`
  const spec = { forwards: [{ target: { address: '127.0.0.1', port } }] }
  const object = {
    apiVersion: 'kwok.x-k8s.io/v1alpha1',
    kind: 'PortForward',
    metadata: { name, namespace, ownerReferences: [{ apiVersion: 'v1', kind: 'Pod', name, uid }] },
    spec,
  }
  await api.create(collection, object).catch(async error => {
    if (!isApiError(error, 409)) throw error
    await api.patch(`${collection}/${name}`, { metadata: object.metadata, spec })
  })
}
