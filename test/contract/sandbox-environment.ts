import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Faults } from '../sandbox/apiserver/faults.ts'
import { logAnnotation } from '../sandbox/apiserver/pod-log.ts'
import { startApiServer } from '../sandbox/apiserver/start.ts'
import { kindsOf } from '../sandbox/kind.ts'
import { startKubelet } from '../sandbox/kubelet/stub.ts'
import { openApi } from '../sandbox/kubernetes/api.ts'
import type { DialectName } from '../sandbox/operators/operator.ts'
import { startWebhook } from '../sandbox/operators/webhook.ts'
import { contractUsers, type Environment, verbOf } from './environment.ts'

const masters = [{ name: 'admin' }, { name: 'operator' }].map(user => ({
  ...user,
  groups: ['system:masters'],
}))

export interface SandboxEnvironment extends Environment {
  readonly faults: Faults
  close(): Promise<void>
}

/** The sandbox's API server, in this process. */
export async function sandboxEnvironment(dialect: DialectName): Promise<SandboxEnvironment> {
  const directory = await mkdtemp(join(tmpdir(), 'flinksp-contract-'))
  const users = [...masters, ...contractUsers]
  const server = await startApiServer({
    tokens: users.map(({ name, groups = [] }) => ({ token: `${name}-token`, user: name, groups })),
  })
  const api = await openApi(server.kubeconfig('admin'))
  for (const kind of kindsOf(dialect)) {
    await api.create('/apis/apiextensions.k8s.io/v1/customresourcedefinitions', kind)
  }
  const webhook = await startWebhook(api, dialect)
  const kubelet = await startKubelet({
    kubeconfig: server.kubeconfig('operator'),
    jobManagerMs: 20,
    taskManagerMs: 10,
    submitterMs: 150,
  })
  return {
    dialect,
    api,
    kubelet,
    directory,
    faults: server.faults,
    async writeLog({ namespace, name }, lines) {
      const annotations = { [logAnnotation]: lines.map(line => `${line}\n`).join('') }
      await api.patch(`/api/v1/namespaces/${namespace}/pods/${name}`, { metadata: { annotations } })
    },
    kubeconfig: user => server.kubeconfig(user),
    requests: async user =>
      server
        .requests()
        .filter(request => request.user === user)
        .map(({ method, path, code }) => ({ verb: verbOf(method, path), path, code })),
    close: async () => {
      await kubelet.stop()
      await webhook.stop()
      api.close()
      await server.close()
      await rm(directory, { recursive: true, maxRetries: 10 })
    },
  }
}
