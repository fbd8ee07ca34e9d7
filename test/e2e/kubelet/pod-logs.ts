import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { eventually } from '../conditions.ts'
import type { ControlPlane } from '../control-plane/start.ts'

/** Makes kwok tell what the only container of a pod has written, and resolves once the API server does. */
export function podLogs(
  { api }: Pick<ControlPlane, 'api'>,
  directory: string,
): (pod: { readonly namespace: string; readonly name: string }, lines: readonly string[]) => Promise<void> {
  return async ({ namespace, name }, lines) => {
    const folder = join(directory, 'pod-logs')
    const logsFile = join(folder, `${namespace}-${name}.log`)
    await mkdir(folder, { recursive: true })
    await writeFile(logsFile, lines.map(asRuntimesWrite).join(''))
    await api.ask('POST', `/apis/kwok.x-k8s.io/v1alpha1/namespaces/${namespace}/logs`, {
      apiVersion: 'kwok.x-k8s.io/v1alpha1',
      kind: 'Logs',
      metadata: { name, namespace },
      spec: { logs: [{ logsFile }] },
    })
    await eventually(`the log of ${name} can be read`, async () => {
      const { code, body } = await api.send('GET', `/api/v1/namespaces/${namespace}/pods/${name}/log`)
      return code === 200 && String(body).includes(lines.at(-1) ?? '') ? true : undefined
    })
  }
}

/** The format of containerd and CRI-O (kubelet pkg/kubelet/kuberuntime/logs). */
function asRuntimesWrite(line: string): string {
  return `${new Date().toISOString()} stdout F ${line}\n`
}
