import type { Server } from '../../test/e2e/server.ts'
import { plainKubectl } from './plain-kubectl.ts'
import { compare, type Figures } from './process-times.ts'

export interface StartUp {
  readonly runs: number
  readonly history: Figures
  readonly kubectl: Figures
  readonly version: Figures
  readonly kubectlVersion: Figures
}

/** `history` of one job, warm caches, beside `kubectl get` of the same object on the same server, which has a job `wordcount`. */
export async function measureStartUp(
  server: Server,
  binary: string,
  runs: number,
  kind = 'flinkcluster',
): Promise<StartUp> {
  // Set, it makes every Node program read some 140 certificates, which our kubeconfig does not use.
  const env = { ...(await server.environment('admin')), NODE_EXTRA_CA_CERTS: '' }
  const kubectl = plainKubectl()
  const figures = compare(
    {
      history: { command: binary, args: ['history', `${kind}/wordcount`], env },
      kubectl: { command: kubectl, args: ['get', kind, 'wordcount'], env },
      version: { command: binary, args: ['version'], env },
      kubectlVersion: { command: kubectl, args: ['version', '--client'], env },
    },
    runs,
  )
  return { runs, ...figures }
}
