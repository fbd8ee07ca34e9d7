import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'

/** As much of an API server as one `history` asks. */
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

const apiVersion = 'flinkoperator.k8s.io/v1beta1'
const notFound = {
  kind: 'Status',
  apiVersion: 'v1',
  status: 'Failure',
  reason: 'NotFound',
  message: 'not found',
  code: 404,
}

function answerTo(url: string): object | undefined {
  if (url.startsWith(`/apis/${apiVersion}/namespaces/default/flinkclusters/model`)) return model
  if (!url.startsWith(`/apis/${apiVersion}`)) return undefined
  const resource = { name: 'flinkclusters', kind: 'FlinkCluster', namespaced: true, verbs: ['get'] }
  return { kind: 'APIResourceList', groupVersion: apiVersion, resources: [resource] }
}

const model = {
  apiVersion,
  kind: 'FlinkCluster',
  metadata: { name: 'model', namespace: 'default', uid: '1', resourceVersion: '1', generation: 1 },
  spec: { job: { savepointsDir: 'file:///savepoints' } },
  status: {
    state: 'Running',
    components: {
      job: {
        id: 'c0c55c5f5b3f4d0e9a4f3a2b1c0d9e8f',
        state: 'Running',
        savepointGeneration: 1,
        savepointLocation: 'file:/savepoints/savepoint-c0c55c-63ed75ba89c1',
        savepointTime: '2024-05-01T09:59:00Z',
      },
    },
    savepoint: {
      triggerID: '3b1f9a5c7d2e4f60819a2b3c4d5e6f70',
      triggerTime: '2024-05-01T09:58:50Z',
      state: 'Succeeded',
    },
  },
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
