import { type JobKind, type JobName, jobKinds } from '../cli/job-name.ts'
import { failure } from '../domain/failure.ts'
import type { Cluster, ServedKind } from '../domain/ports.ts'
import type { Resource, ResourceRef } from '../domain/resource.ts'

/** The job's object in the namespace of the command; kubectl's NotFound where it is not there. */
export async function findJob(cluster: Cluster, job: JobName): Promise<Resource> {
  return cluster.get(await jobRef(cluster, job))
}

/** Where the job's object is, in the version that the server serves. */
export async function jobRef(cluster: Cluster, { kind, name }: JobName): Promise<ResourceRef> {
  const served = await servedKind(cluster, kind ?? onlyKind())
  return { apiVersion: served.apiVersion, kind: served.kind, namespace: cluster.namespace, name }
}

/** The kind as it is served, or the error that kubectl gives for an unknown one. */
export async function servedKind(cluster: Cluster, { group, kind, words }: JobKind): Promise<ServedKind> {
  const served = await cluster.served(group, kind)
  if (!served) throw failure('not-asked', `the server doesn't have a resource type "${words[0]}"`)
  return served
}

/** A bare NAME: today there is one kind to look in. */
export function onlyKind(): JobKind {
  const [kind] = jobKinds
  if (!kind) throw new Error('no kind of job is known')
  return kind
}
