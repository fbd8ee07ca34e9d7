import type { Fields } from '../../src/domain/fields.ts'
import { fieldsAt, textAt } from '../../src/domain/fields.ts'
import { type ApiServer, startApiServer } from '../../test/sandbox/apiserver/start.ts'
import { exampleCluster } from '../../test/sandbox/examples.ts'
import { kindOf } from '../../test/sandbox/kind.ts'
import { type KubeApi, openApi } from '../../test/sandbox/kubernetes/api.ts'

/** The sandbox's API server with many running jobs, and nothing behind them but who answers requests for savepoints. */
export interface ManyJobs {
  readonly server: ApiServer
  close(): Promise<void>
}

const group = '/apis/flinkoperator.k8s.io/v1beta1'
const control = 'flinkclusters.flinkoperator.k8s.io/user-control'
const groups = ['system:masters']
const namespaces = 10
/** A FlinkCluster as people have them: 8 KiB, most of it what kubectl and Helm leave in annotations. */
const padding = 'x'.repeat(6_500)
const savepointMs = 200

/** `jobs` FlinkClusters in ten namespaces. The simulated operator itself takes minutes for so many. */
export async function startManyJobs(jobs: number): Promise<ManyJobs> {
  const tokens = [
    { token: 'admin-token', user: 'admin', groups },
    { token: 'operator-token', user: 'operator', groups },
  ]
  const server = await startApiServer({ tokens })
  const api = await openApi(server.kubeconfig('operator'))
  await api.create('/apis/apiextensions.k8s.io/v1/customresourcedefinitions', kindOf('spotify'))
  for (let at = 0; at < namespaces; at++)
    await api.create('/api/v1/namespaces', {
      apiVersion: 'v1',
      kind: 'Namespace',
      metadata: { name: `team-${at}` },
    })
  for (let at = 0; at < jobs; at++) await createRunning(api, `team-${at % namespaces}`, `job-${at}`)
  const stop = new AbortController()
  const operating = operate(api, stop.signal)
  return {
    server,
    async close() {
      stop.abort()
      await operating
      api.close()
      await server.close()
    },
  }
}

const pathOf = (namespace: string, name: string) => `${group}/namespaces/${namespace}/flinkclusters/${name}`

async function createRunning(api: KubeApi, namespace: string, name: string): Promise<void> {
  const body = exampleCluster({ dialect: 'spotify', name, namespace, directory: `/savepoints/${name}` })
  const metadata = { ...fieldsAt(body, 'metadata'), annotations: { 'example.com/applied': padding } }
  await api.create(`${group}/namespaces/${namespace}/flinkclusters`, { ...body, metadata })
  const job = { id: 'a'.repeat(32), state: 'Running', submitterName: `${name}-job-submitter` }
  const status = {
    state: 'Running',
    components: {
      jobManager: { name: `${name}-jobmanager`, state: 'Ready', ready: '1/1', replicas: 1 },
      job,
    },
  }
  await api.patch(`${pathOf(namespace, name)}/status`, { status })
}

/** Takes the annotation away, shows the savepoint in progress, and then complete, as Spotify's operator does. */
async function operate(api: KubeApi, signal: AbortSignal): Promise<void> {
  const acts: Promise<void>[] = []
  try {
    for await (const { object } of api.watch(`${group}/flinkclusters?watch=true`, signal)) {
      const asked = fieldsAt(object, 'metadata', 'annotations')[control]
      if (asked === 'savepoint') acts.push(takeSavepoint(api, object))
    }
  } catch (error) {
    if (!signal.aborted) throw error
  }
  await Promise.all(acts)
}

let taken = 0

async function takeSavepoint(api: KubeApi, object: Fields): Promise<void> {
  const path = pathOf(textAt(object, 'metadata', 'namespace') ?? '', textAt(object, 'metadata', 'name') ?? '')
  const triggerID = (++taken).toString(16).padStart(32, '0')
  const now = new Date().toISOString()
  const savepoint = {
    jobID: 'a'.repeat(32),
    triggerID,
    triggerReason: 'user requested',
    requestTime: now,
    triggerTime: now,
  }
  await api.patch(path, { metadata: { annotations: { [control]: null } } })
  await api.patch(`${path}/status`, { status: { savepoint: { ...savepoint, state: 'InProgress' } } })
  await new Promise(resolve => setTimeout(resolve, savepointMs))
  const savepointLocation = `file:/savepoints/savepoint-aaaaaa-${triggerID.slice(-12)}`
  const job = { savepointGeneration: 1, savepointLocation, savepointTime: new Date().toISOString() }
  await api.patch(`${path}/status`, {
    status: { components: { job }, savepoint: { ...savepoint, state: 'Succeeded' } },
  })
}
