import { fieldsAt, listAt, textAt } from '../../../src/domain/fields.ts'
import type { Pod } from '../../sandbox/kubelet/pod.ts'
import type { KubeApi } from '../../sandbox/kubernetes/api.ts'
import { eventually } from '../conditions.ts'
import type { PodProcess } from '../kubelet/kubelet.ts'

/**
 * What a pod of a standalone FlinkDeployment runs: Flink's configuration out of the ConfigMap that the operator mounts, and the
 * words that it gives to the image's entry point (seen on 1.7.0).
 */
export async function readPodProcess(api: KubeApi, { namespace, name, cluster }: Pod): Promise<PodProcess> {
  const core = `/api/v1/namespaces/${namespace}`
  const pod = await api.get(`${core}/pods/${name}`)
  const config = `flink-config-${cluster}`
  // Made after the Deployment that owns it: a kubelet waits for what it is to mount.
  const map = await eventually(`${config} is there`, () => api.get(`${core}/configmaps/${config}`))
  const properties = propertiesOf(textAt(map, 'data', 'flink-conf.yaml') ?? '')
  const { args } = fieldsAt({ container: listAt(pod, 'spec', 'containers')[0] }, 'container')
  const [mode, ...words] = Array.isArray(args) ? args.map(String) : []
  return {
    properties,
    restPort: Number(properties['rest.port']),
    // A session cluster's is `jobmanager`. A TaskManager is not told what its cluster is for: the job's jar does no harm there.
    ...(mode !== 'jobmanager' && { application: words }),
  }
}

/** Not YAML, whatever the file's name says: a key and a value a line (flink-core GlobalConfiguration up to 1.18). */
function propertiesOf(text: string): Record<string, string> {
  const pairs = text.split('\n').map(line => /^([^#:][^:]*): (.*)$/.exec(line))
  return Object.fromEntries(pairs.flatMap(pair => (pair ? [[pair[1], pair[2]]] : [])))
}
