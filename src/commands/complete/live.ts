import type { Candidate } from '../../domain/candidate.ts'
import type { World } from '../../domain/ports.ts'
import type { JobName } from '../job/name.ts'
import type { JobsMeant } from './jobs.ts'

/** What only the kubeconfig or the server can tell. */
export type Live =
  | { readonly is: 'context' | 'cluster' | 'user' | 'namespace' }
  | ({ readonly is: 'job' } & JobsMeant)
  | { readonly is: 'savepoint'; readonly job: JobName }

/** The candidates in the order in which they are best shown. Nothing is written, and nobody is asked. */
export async function liveCandidates(world: World, live: Live): Promise<readonly Candidate[]> {
  if (live.is === 'job') {
    const { jobCandidates } = await import('./jobs.ts')
    return await jobCandidates(await world.cluster(), live)
  }
  if (live.is === 'savepoint') {
    const { savepointCandidates } = await import('./savepoints.ts')
    return await savepointCandidates(world, live.job)
  }
  if (live.is === 'namespace') {
    const { namespaceCandidates } = await import('./namespaces.ts')
    return await namespaceCandidates(world)
  }
  const { contexts, clusters, users } = await world.kubeconfig()
  return { context: contexts, cluster: clusters, user: users }[live.is]
}
