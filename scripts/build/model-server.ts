import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'

/** As much of an API server as one `history` asks, with two jobs: `model`, whose Flink answers, and `alone`. */
export async function startModelServer(): Promise<{ kubeconfig: string; close(): void }> {
  const server = createServer((request, response) => {
    const answer = answerTo(request.url ?? '')
    response.writeHead(answer ? 200 : 404, { 'content-type': 'application/json' })
    response.end(JSON.stringify(answer ?? notFound))
  })
  await new Promise<void>(listening => server.listen(0, '127.0.0.1', listening))
  const { port } = server.address() as AddressInfo
  return {
    kubeconfig: kubeconfigOf(`http://127.0.0.1:${port}`),
    close: () => {
      server.close()
      server.closeAllConnections()
    },
  }
}

const jobId = 'c0c55c5f5b3f4d0e9a4f3a2b1c0d9e8f'
const location = 'file:/savepoints/savepoint-c0c55c-63ed75ba89c1'
const apiVersion = 'flinkoperator.k8s.io/v1beta1'
const clusters = `/apis/${apiVersion}/namespaces/default/flinkclusters/`
const notFound = {
  kind: 'Status',
  apiVersion: 'v1',
  status: 'Failure',
  reason: 'NotFound',
  message: 'not found',
  code: 404,
}

function answerTo(url: string): object | undefined {
  const name = url.startsWith(clusters) ? url.slice(clusters.length) : undefined
  if (name === 'model' || name === 'alone') return job(name)
  if (url.startsWith('/api/v1/namespaces/default/services/model-jobmanager:ui/proxy/')) return checkpoints
  if (url.includes('/controllerrevisions?') || url.includes('/events?'))
    return { kind: 'List', apiVersion: 'v1', metadata: { resourceVersion: '1' }, items: [] }
  if (!url.startsWith(`/apis/${apiVersion}`)) return undefined
  const resource = { name: 'flinkclusters', kind: 'FlinkCluster', namespaced: true, verbs: ['get'] }
  return { kind: 'APIResourceList', groupVersion: apiVersion, resources: [resource] }
}

const job = (name: string) => ({
  apiVersion,
  kind: 'FlinkCluster',
  metadata: { name, namespace: 'default', uid: '1', resourceVersion: '1', generation: 1 },
  spec: { job: { savepointsDir: 'file:///savepoints' } },
  status: {
    state: 'Running',
    components: {
      job: {
        id: jobId,
        state: 'Running',
        savepointGeneration: 1,
        savepointLocation: location,
        savepointTime: '2024-05-01T09:59:00Z',
      },
    },
    savepoint: {
      triggerID: '3b1f9a5c7d2e4f60819a2b3c4d5e6f70',
      triggerTime: '2024-05-01T09:58:50Z',
      state: 'Succeeded',
    },
  },
})

/** As Flink's CheckpointingStatistics has it. */
const checkpoints = {
  counts: { restored: 0, total: 1, in_progress: 0, completed: 1, failed: 0 },
  history: [
    {
      id: 1,
      status: 'COMPLETED',
      is_savepoint: true,
      trigger_timestamp: 1_714_557_530_000,
      latest_ack_timestamp: 1_714_557_540_000,
      end_to_end_duration: 10_000,
      state_size: 1_024,
      external_path: location,
      discarded: false,
      checkpoint_type: 'SAVEPOINT',
    },
  ],
  latest: { completed: null, savepoint: null, failed: null, restored: null },
}

function kubeconfigOf(server: string): string {
  return `apiVersion: v1
kind: Config
current-context: model
clusters: [{ name: model, cluster: { server: "${server}" } }]
users: [{ name: model, user: { token: model } }]
contexts: [{ name: model, context: { cluster: model, user: model } }]
`
}
