import type { Candidate } from '../../domain/candidate.ts'
import { type Cluster, refusedWith, type ServedKind, type World } from '../../domain/ports.ts'

const namespaceKind: ServedKind = { apiVersion: 'v1', kind: 'Namespace', plural: 'namespaces' }

/** The server's; for somebody who may not list them, those that their kubeconfig names. */
export async function namespaceCandidates(world: World): Promise<readonly Candidate[]> {
  const names = await listed(await world.cluster()).catch(async error => {
    if (!refusedWith(error, 403)) throw error
    const { contexts } = await world.kubeconfig()
    return contexts.flatMap(({ namespace }) => namespace ?? [])
  })
  return [...new Set(names)].sort().map(word => ({ word }))
}

async function listed(cluster: Cluster): Promise<string[]> {
  const names: string[] = []
  for await (const { items } of cluster.list(namespaceKind, undefined))
    names.push(...items.map(({ metadata }) => metadata.name))
  return names
}
