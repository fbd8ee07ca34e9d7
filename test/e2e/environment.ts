import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { contractUsers, type Environment } from '../contract/environment.ts'
import { startKubelet } from '../sandbox/kubelet/stub.ts'
import { openApi } from '../sandbox/kubernetes/api.ts'
import { startWebhook } from '../sandbox/operators/webhook.ts'
import type { ControlPlane } from './control-plane/start.ts'
import { podLogs } from './kubelet/pod-logs.ts'
import { assemble, type Stoppable } from './parts.ts'
import { type DialectName, serverIn } from './server.ts'

/** How the audit log's verbs travel (k8s.io/apiserver RequestInfo). */
const methods: Readonly<Record<string, string>> = {
  get: 'GET',
  list: 'GET',
  watch: 'WATCH',
  create: 'POST',
  update: 'PUT',
  patch: 'PATCH',
  delete: 'DELETE',
  deletecollection: 'DELETE',
}

export interface RealEnvironment extends Environment, Stoppable {
  /** Why the service proxy cannot reach pods on this machine; undefined where it can. */
  readonly noProxy: string | undefined
  readonly controlPlane: ControlPlane
}

/** A real control plane for the contract: the sandbox's kind, webhook and kubelet, another API server. `beside`: kinds that are there too. */
export function realEnvironment(
  dialect: DialectName,
  ...beside: readonly DialectName[]
): Promise<RealEnvironment> {
  return assemble(async (directory, begun) => {
    const { controlPlane, noProxy, install, connectPods } = await serverIn(directory, contractUsers, begun)
    for (const each of [dialect, ...beside]) await install(each)
    const kubeconfig = controlPlane.kubeconfig('operator')
    const api = await openApi(controlPlane.kubeconfig('admin'))
    await begun(startWebhook(api, dialect))
    await connectPods()
    const kubelet = await begun(
      startKubelet({ kubeconfig, jobManagerMs: 20, taskManagerMs: 10, submitterMs: 150 }),
    )
    const savepoints = join(directory, 'savepoints')
    await mkdir(savepoints)
    return {
      dialect,
      noProxy,
      controlPlane,
      api,
      kubelet,
      directory: savepoints,
      // The garbage collector learns of a new kind within 30 s (k8s.io/kubernetes pkg/controller/garbagecollector Sync).
      patienceMs: 60_000,
      kubeconfig: user => controlPlane.kubeconfig(user),
      writeLog: podLogs(controlPlane, directory),
      requests: async user =>
        (await controlPlane.requests(user)).map(({ verb, uri, code }) => ({
          verb: methods[verb] ?? verb,
          path: uri,
          code,
        })),
    }
  })
}
