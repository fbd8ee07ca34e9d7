import { eventually } from '../conditions.ts'
import { type CountingCluster, countingCluster } from '../counting.ts'
import type { KubeApi, KubeObject } from '../kube-api.ts'
import type { ApacheStack } from './stack.ts'

const collection = '/apis/flink.apache.org/v1beta1/namespaces/default/flinkdeployments'

/** In the mode in which the operator makes plain Deployments of both parts, and a kubelet starts them. */
function flinkDeployment(stack: ApacheStack, { name, args, savepointsDir }: CountingCluster): KubeObject {
  // What the operator checks; the stand-in kubelet gives its processes less.
  const resource = { cpu: 0.5, memory: '1600m' }
  return {
    apiVersion: 'flink.apache.org/v1beta1',
    kind: 'FlinkDeployment',
    metadata: { name, namespace: 'default' },
    spec: {
      image: 'flink:1.18.1',
      flinkVersion: 'v1_18',
      mode: 'standalone',
      serviceAccount: 'flink',
      flinkConfiguration: {
        // The operator is outside the cluster, and finds JobManagers by this alone.
        'rest.port': String(stack.restPort()),
        'state.savepoints.dir': `file://${savepointsDir}`,
        // Else its validation refuses upgradeMode savepoint.
        'state.checkpoints.dir': `file://${savepointsDir}-checkpoints`,
      },
      // The convention of the stand-in kubelets (test/sandbox/kubelet/README.md); `component` is the operator's own label.
      podTemplate: { metadata: { labels: { 'flinksp.test/process': 'true', cluster: name } } },
      jobManager: { resource },
      taskManager: { resource },
      job: {
        jarURI: 'local:///opt/flink/usrlib/counting-job.jar',
        entryClass: stack.flink.jobClass,
        args,
        parallelism: 1,
        upgradeMode: 'savepoint',
        state: 'running',
      },
    },
  }
}

/** Running as the operator sees it, and some numbers counted. */
export async function runCountingDeployment(stack: ApacheStack, name: string): Promise<CountingCluster> {
  const cluster = countingCluster(stack, 'flinkdeployment', name)
  const { api } = stack.controlPlane
  await api.ask('POST', collection, flinkDeployment(stack, cluster))
  await eventually(
    `job ${name} is RUNNING`,
    async () => {
      const { status } = await readDeployment(api, name)
      return status?.jobStatus?.state === 'RUNNING' ? true : undefined
    },
    100_000,
  )
  await cluster.counts()
  return cluster
}

export function readDeployment(api: KubeApi, name: string): Promise<KubeObject> {
  return api.get(`${collection}/${name}`)
}
