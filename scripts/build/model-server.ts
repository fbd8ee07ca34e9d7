import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { checkpoints, events, flinkCluster, flinkDeployment, revisions, snapshots } from './model-objects.ts'

/** As much of an API server as one `history` asks: the job `model` of two kinds, whose Flink answers, and `alone`, beside which nothing is. */
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

const notFound = {
  kind: 'Status',
  apiVersion: 'v1',
  status: 'Failure',
  reason: 'NotFound',
  message: 'not found',
  code: 404,
}

const spotify = 'flinkoperator.k8s.io/v1beta1'
const apache = 'flink.apache.org/v1beta1'
const here = 'namespaces/default'

/** What is not here is not found. */
const answers: Readonly<Record<string, object>> = {
  [`/apis/${spotify}`]: served(spotify, ['FlinkCluster']),
  [`/apis/${spotify}/${here}/flinkclusters/model`]: flinkCluster('model'),
  [`/apis/${spotify}/${here}/flinkclusters/alone`]: flinkCluster('alone'),
  [`/apis/${apache}`]: served(apache, ['FlinkDeployment', 'FlinkSessionJob', 'FlinkStateSnapshot']),
  [`/apis/${apache}/${here}/flinkdeployments/model`]: flinkDeployment('model'),
  [`/apis/${apache}/${here}/flinkstatesnapshots`]: list(snapshots),
}

function answerTo(url: string): object | undefined {
  const [path = '', query = ''] = url.split('?')
  const about = (name: string) => query.includes(`%3D${name}`)
  if (path.endsWith('/controllerrevisions')) return list(about('model') ? revisions : [])
  if (path.endsWith('/events')) return list(about('model') ? events : [])
  if (/\/services\/model-(jobmanager:ui|rest:rest)\/proxy\//.test(path)) return checkpoints
  return answers[path]
}

function list(items: readonly object[]): object {
  return { kind: 'List', apiVersion: 'v1', metadata: { resourceVersion: '1' }, items }
}

function served(groupVersion: string, kinds: readonly string[]): object {
  const resources = kinds.map(kind => {
    return { name: `${kind.toLowerCase()}s`, kind, namespaced: true, verbs: ['get', 'list'] }
  })
  return { kind: 'APIResourceList', groupVersion, resources }
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
