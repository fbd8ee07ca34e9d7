import type { KubeApi } from '../../test/e2e/kube-api.ts'
import { exampleObjects } from '../../test/sandbox/examples.ts'
import { jobsPath } from '../../test/sandbox/jobs.ts'

const flinkClusters = '/apis/flinkoperator.k8s.io/v1beta1/namespaces/default/flinkclusters'

/** A running job as Spotify's operator leaves it in the API, without operator and without a JobManager that answers. */
export async function createJob(
  api: KubeApi,
  name: string,
  flinkProperties: Readonly<Record<string, string>> = {},
): Promise<void> {
  await api.ask('POST', flinkClusters, {
    apiVersion: 'flinkoperator.k8s.io/v1beta1',
    kind: 'FlinkCluster',
    metadata: { name },
    spec: {
      flinkVersion: '1.18',
      image: { name: 'flink:1.18' },
      jobManager: { replicas: 1 },
      taskManager: { replicas: 1 },
      flinkProperties,
      job: { jarFile: '/opt/job.jar', savepointsDir: 'file:///savepoints', savepointGeneration: 1 },
    },
  })
  await api.patch(`${flinkClusters}/${name}/status`, {
    status: {
      state: 'Running',
      lastUpdateTime: '2024-05-01T10:00:00Z',
      components: {
        configMap: { name: `${name}-configmap`, state: 'Ready' },
        jobManager: { name: `${name}-jobmanager`, state: 'Ready', replicas: 1, ready: '1/1' },
        jobManagerService: { name: `${name}-jobmanager`, state: 'Ready' },
        taskManager: { name: `${name}-taskmanager`, state: 'Ready', replicas: 1, ready: '1/1' },
        job: {
          id: 'c0c55c5f5b3f4d0e9a4f3a2b1c0d9e8f',
          name: `${name}-job-submitter`,
          state: 'Running',
          savepointGeneration: 1,
          savepointLocation: 'file:/savepoints/savepoint-c0c55c-63ed75ba89c1',
          savepointTime: '2024-05-01T09:59:00Z',
        },
      },
      savepoint: {
        jobID: 'c0c55c5f5b3f4d0e9a4f3a2b1c0d9e8f',
        triggerID: '3b1f9a5c7d2e4f60819a2b3c4d5e6f70',
        triggerReason: 'user requested',
        triggerTime: '2024-05-01T09:58:50Z',
        state: 'Succeeded',
      },
    },
  })
}

/** A running FlinkDeployment as operator 1.15 leaves it, the same. */
export async function createDeployment(api: KubeApi, name: string): Promise<void> {
  const place = { namespace: 'default', directory: '/savepoints' }
  const collection = jobsPath('apache-1.15', place.namespace)
  for (const body of exampleObjects({ dialect: 'apache-1.15', name, ...place })) {
    await api.ask('POST', collection, body)
    const recorded = { spec: body['spec'], resource_metadata: { firstDeployment: false } }
    await api.patch(`${collection}/${name}/status`, {
      status: {
        observedGeneration: 1,
        lifecycleState: 'STABLE',
        jobManagerDeploymentStatus: 'READY',
        jobStatus: {
          jobId: 'c0c55c5f5b3f4d0e9a4f3a2b1c0d9e8f',
          jobName: name,
          state: 'RUNNING',
          startTime: '1714557600000',
          upgradeSavepointPath: 'file:/savepoints/savepoint-c0c55c-63ed75ba89c1',
        },
        reconciliationStatus: { lastReconciledSpec: JSON.stringify(recorded), state: 'DEPLOYED' },
      },
    })
  }
}
