import type { Candidate } from '../domain/candidate.ts'
import type { ConnectionOptions, Machine } from '../domain/connection.ts'
import type { KubeconfigNames } from '../domain/ports.ts'
import { loadKubeconfig } from './kubeconfig.ts'

/** What the kubeconfig's contexts, clusters and users are called: a context with its cluster, a cluster with its server. */
export function kubeconfigNames(connection: ConnectionOptions, machine: Machine): KubeconfigNames {
  const { contexts, clusters, users } = loadKubeconfig(connection.kubeconfig, machine)
  return {
    contexts: byWord(
      [...contexts].map(([word, { cluster, namespace }]) => ({
        word,
        description: [cluster, namespace].filter(part => part).join(', '),
        ...(namespace !== undefined && { namespace }),
      })),
    ),
    clusters: byWord(
      [...clusters].map(([word, { server }]) => ({ word, ...(server && { description: server }) })),
    ),
    users: byWord([...users.keys()].map(word => ({ word }))),
  }
}

function byWord<Named extends Candidate>(named: readonly Named[]): readonly Named[] {
  return named.toSorted((a, b) => (a.word < b.word ? -1 : 1))
}
