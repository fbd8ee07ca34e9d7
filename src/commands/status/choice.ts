import type { Cluster, ServedKind, World } from '../../domain/ports.ts'
import { operatorOf } from '../../operators/index.ts'
import type { JobChoice } from '../job/choose-jobs.ts'
import { findJob, servedKind, servedKinds } from '../job/find-job.ts'
import { type JobName, jobKinds } from '../job/name.ts'
import type { Listing } from './list.ts'
import type { Looking } from './one.ts'

/** What is to be listed, and later watched, so that the jobs that are chosen are seen. */
export interface Chosen {
  readonly kinds: readonly ServedKind[]
  readonly listing: Listing
}

export async function chosenJobs(world: World, choice: JobChoice, looking: Looking): Promise<Chosen> {
  const cluster = await world.cluster()
  if (choice.by === 'name') return await namedJobs(cluster, choice.jobs, looking)
  const kinds = await servedKinds(cluster, choice.kind ? [choice.kind] : jobKinds)
  const selector = choice.labels === undefined ? {} : { labels: choice.labels }
  const namespace = choice.allNamespaces ? undefined : cluster.namespace
  return { kinds, listing: { ...looking, namespace, selector, chosen: () => true } }
}

/** They have to be there; what they are is asked once. */
async function namedJobs(cluster: Cluster, jobs: readonly JobName[], looking: Looking): Promise<Chosen> {
  const found = await Promise.all(jobs.map(job => findJob(cluster, job)))
  const kinds = new Set(found.map(resource => operatorOf(resource).kind))
  const names = new Set(found.map(({ kind, metadata }) => `${kind}/${metadata.name}`))
  const [only, ...more] = found
  const selector = only && more.length === 0 ? { fields: `metadata.name=${only.metadata.name}` } : {}
  return {
    kinds: await Promise.all([...kinds].map(kind => servedKind(cluster, kind))),
    listing: {
      ...looking,
      namespace: cluster.namespace,
      selector,
      chosen: ({ kind, name }) => names.has(`${kind}/${name}`),
    },
  }
}
