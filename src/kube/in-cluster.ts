import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Machine } from '../domain/connection.ts'

/** A pod's way to its own cluster: client-go rest.InClusterConfig. */
export interface InCluster {
  readonly server: string
  readonly namespace: string
  readonly tokenFile: string
  readonly caFile?: string
}

const accountDirectory = '/var/run/secrets/kubernetes.io/serviceaccount'

/** What the kubelet mounted and set for this pod; undefined outside of one. */
export function inCluster(machine: Machine, directory = accountDirectory): InCluster | undefined {
  const host = machine.env['KUBERNETES_SERVICE_HOST']
  const port = machine.env['KUBERNETES_SERVICE_PORT']
  const tokenFile = join(directory, 'token')
  if (!host || !port || !existsSync(tokenFile)) return undefined
  const caFile = join(directory, 'ca.crt')
  return {
    server: `https://${host.includes(':') ? `[${host}]` : host}:${port}`,
    namespace: machine.env['POD_NAMESPACE'] || namespaceIn(join(directory, 'namespace')),
    tokenFile,
    ...(existsSync(caFile) && { caFile }),
  }
}

function namespaceIn(path: string): string {
  try {
    return readFileSync(path, 'utf8').trim() || 'default'
  } catch {
    return 'default'
  }
}
