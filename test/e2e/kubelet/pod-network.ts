import { type Fields, fieldsAt, textAt } from '../../../src/domain/fields.ts'
import { type Pod, readPod } from '../../sandbox/kubelet/pod.ts'
import { isApiError, type KubeApi, openApi } from '../../sandbox/kubernetes/api.ts'
import { startInformer } from '../../sandbox/kubernetes/informer.ts'
import type { Stoppable } from '../parts.ts'
import type { PodAddresses } from './pod-addresses.ts'

/**
 * Makes the pods that a stand-in kubelet plays reachable in both ways Kubernetes has: port-forward (a PortForward object a pod
 * tells kwok the real port) and service proxy (the pod's address leads to it). Where a pod really is says its annotation
 * `flinksp.test/rest-url`.
 */
export async function startPodNetwork(kubeconfig: string, addresses: PodAddresses): Promise<Stoppable> {
  const api = await openApi(kubeconfig)
  const informer = await startInformer(api, {
    path: '/api/v1/pods',
    labelSelector: 'flinksp.test/process=true,component=jobmanager',
    onChange: (object, deleted) => {
      const url = URL.parse(restUrlOf(readPod(object)) ?? '')
      const podIP = textAt(object, 'status', 'podIP')
      if (deleted || url === null) return
      if (podIP !== undefined) addresses.lead(podIP, Number(url.port))
      void forward(api, object, Number(url.port)).catch(() => undefined)
    },
  })
  return {
    stop: async () => {
      await informer.stop()
      api.close()
    },
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
