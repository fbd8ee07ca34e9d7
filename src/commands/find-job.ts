import { Failure, failure } from '../domain/failure.ts'
import type { JobKind } from '../domain/job.ts'
import { type Cluster, refusedWith, type ServedKind } from '../domain/ports.ts'
import { type Resource, type ResourceRef, shortName } from '../domain/resource.ts'
import { type JobName, jobKinds } from './job-name.ts'

/** The job's object in the namespace of the command; kubectl's NotFound where it is not there. */
export async function findJob(cluster: Cluster, job: JobName): Promise<Resource> {
  return readJob(cluster, await jobRefs(cluster, job))
}

/** Where the job's object may be, in the versions that the server serves: a bare NAME may be of any kind that is served. */
export async function jobRefs(
  cluster: Cluster,
  { kind, name }: JobName,
  kinds: readonly JobKind[] = jobKinds,
): Promise<readonly ResourceRef[]> {
  const served = kind ? [await servedKind(cluster, kind)] : await servedKinds(cluster, kinds)
  return served.map(({ apiVersion, kind }) => ({ apiVersion, kind, namespace: cluster.namespace, name }))
}

/** The one object that is there. All places are asked at once; where one may not look, there is none to be seen. */
export async function readJob(cluster: Cluster, refs: readonly ResourceRef[]): Promise<Resource> {
  const [only, ...more] = refs
  if (only && more.length === 0) return cluster.get(only)
  const answers = await Promise.all(refs.map(ref => getIfThere(cluster, ref)))
  const found = answers.filter((answer): answer is Resource => !(answer instanceof Failure))
  const [job, ...others] = found
  if (others.length > 0) throw ambiguous(found)
  if (job) return job
  const refusals = answers.filter(answer => answer instanceof Failure)
  throw refusals.find(refusal => !refusedWith(refusal, 404)) ?? refusals[0]
}

async function getIfThere(cluster: Cluster, ref: ResourceRef): Promise<Resource | Failure> {
  try {
    return await cluster.get(ref)
  } catch (error) {
    if (error instanceof Failure && (refusedWith(error, 404) || refusedWith(error, 403))) return error
    throw error
  }
}

function ambiguous(found: readonly Resource[]): Failure {
  const names = found.map(({ kind, metadata }) => shortName({ kind, name: metadata.name }))
  return failure('not-asked', `the name means more than one job: ${names.join(', ')}`, 'name its kind too')
}

/** The kind as it is served, or the error that kubectl gives for an unknown one. */
export async function servedKind(cluster: Cluster, kind: JobKind): Promise<ServedKind> {
  const [served] = await servedKinds(cluster, [kind])
  return served as ServedKind
}

/** The kinds that the server has, asked for at once; an error where it has none of them. */
export async function servedKinds(
  cluster: Cluster,
  kinds: readonly JobKind[],
): Promise<readonly ServedKind[]> {
  const answers = await Promise.all(kinds.map(({ group, kind }) => cluster.served(group, kind)))
  const served = answers.filter(answer => answer !== undefined)
  if (served.length > 0) return served
  const names = kinds.map(({ words }) => `"${words[0]}"`).join(' or ')
  throw failure('not-asked', `the server doesn't have a resource type ${names}`)
}

/** A bare NAME: today there is one kind to look in. */
export function onlyKind(): JobKind {
  const [kind] = jobKinds
  if (!kind) throw new Error('no kind of job is known')
  return kind
}
