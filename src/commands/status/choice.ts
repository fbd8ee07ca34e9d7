import type { Cluster, World } from '../../domain/ports.ts'
import type { JobRef } from '../../domain/savepoint.ts'
import { operatorOf } from '../../operators/index.ts'
import type { JobChoice } from '../job/choose-jobs.ts'
import { findJob } from '../job/find-job.ts'
import type { JobName } from '../job/name.ts'
import { lookAmong, servedKind } from '../job/served-kinds.ts'
import type { Listing } from './list.ts'
import { type Many, statusOfMany } from './many.ts'
import type { Looking } from './one.ts'

/** The jobs that are chosen, and what is to be watched so that they are seen again. */
export interface Chosen {
  readonly many: Many
  readonly listing: Listing
}

export async function chosenJobs(world: World, choice: JobChoice, looking: Looking): Promise<Chosen> {
  const cluster = await world.cluster()
  if (choice.by === 'name') return await namedJobs(world, cluster, choice.jobs, looking)
  const selector = choice.labels === undefined ? {} : { labels: choice.labels }
  const namespace = choice.allNamespaces ? undefined : cluster.namespace
  const listing = { ...looking, namespace, selector, chosen: () => true }
  const many = await lookAmong(
    cluster,
    choice.kind,
    kinds => statusOfMany(world, kinds, listing),
    ({ items }) => items.length === 0,
  )
  return { many, listing }
}

/** They have to be there; what they are is asked once. */
async function namedJobs(
  world: World,
  cluster: Cluster,
  jobs: readonly JobName[],
  looking: Looking,
): Promise<Chosen> {
  const found = await Promise.all(jobs.map(job => findJob(cluster, job)))
  const kinds = new Set(found.map(resource => operatorOf(resource).kind))
  const names = new Set(found.map(({ kind, metadata }) => `${kind}/${metadata.name}`))
  const [only, ...more] = found
  const selector = only && more.length === 0 ? { fields: `metadata.name=${only.metadata.name}` } : {}
  const listing = {
    ...looking,
    namespace: cluster.namespace,
    selector,
    chosen: ({ kind, name }: Pick<JobRef, 'kind' | 'name'>) => names.has(`${kind}/${name}`),
  }
  const served = await Promise.all([...kinds].map(kind => servedKind(cluster, kind)))
  return { many: await statusOfMany(world, served, listing), listing }
}
