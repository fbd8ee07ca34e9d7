import { Failure, failure } from '../../domain/failure.ts'
import type { JobKind } from '../../domain/job.ts'
import { type Cluster, refusedWith, type ServedKind } from '../../domain/ports.ts'
import { type Resource, type ResourceRef, shortName } from '../../domain/resource.ts'
import { type JobName, jobKinds } from './name.ts'

/** The job's object in the namespace of the command; kubectl's NotFound where it is not there. */
export async function findJob(cluster: Cluster, job: JobName): Promise<Resource> {
  return readJob(cluster, await jobRefs(cluster, job), job)
}

/** Where the job's object may be, in the versions that the server serves: a bare NAME may be of any kind that is served. */
export async function jobRefs(
  cluster: Cluster,
  { kind, name }: JobName,
  kinds: readonly JobKind[] = jobKinds,
  absence: 'remembered' | 'asked' = 'remembered',
): Promise<readonly ResourceRef[]> {
  const known = kind ? [] : await servedAmong(cluster, kinds, absence)
  const served = known.length > 0 ? known : await servedKinds(cluster, kind ? [kind] : kinds)
  return served.map(({ apiVersion, kind }) => ({ apiVersion, kind, namespace: cluster.namespace, name }))
}

/**
 * The one object that is there. All places are asked at once; where one may not look, there is none to be seen. Where there
 * is none at all, kinds are asked for that the server did not have when it was asked last.
 */
export async function readJob(
  cluster: Cluster,
  refs: readonly ResourceRef[],
  { kind, name }: JobName,
): Promise<Resource> {
  try {
    return await readAmong(cluster, refs)
  } catch (error) {
    if (kind || !refusedWith(error, 404)) throw error
    const late = (await jobRefs(cluster, { name }, jobKinds, 'asked')).filter(
      ref => !refs.some(asked => asked.kind === ref.kind),
    )
    if (late.length === 0) throw error
    return await readAmong(cluster, late)
  }
}

async function readAmong(cluster: Cluster, refs: readonly ResourceRef[]): Promise<Resource> {
  const [only, ...more] = refs
  if (only && more.length === 0) return cluster.get(only)
  const answers = await Promise.all(refs.map(ref => getIfThere(cluster, ref)))
  const found = answers.filter((answer): answer is Resource => !(answer instanceof Failure))
  const [job, ...others] = found
  if (others.length > 0) throw ambiguous(found)
  if (job) return job
  const refusals = answers.filter(answer => answer instanceof Failure)
  throw refusals.find(refusal => !refusedWith(refusal, 404)) ?? nowhere(refusals, refs)
}

async function getIfThere(cluster: Cluster, ref: ResourceRef): Promise<Resource | Failure> {
  try {
    return await cluster.get(ref)
  } catch (error) {
    if (error instanceof Failure && (refusedWith(error, 404) || refusedWith(error, 403))) return error
    throw error
  }
}

/** In kubectl's words of one kind; the others are named, too. */
function nowhere(refusals: readonly Failure[], refs: readonly ResourceRef[]): unknown {
  const [first] = refusals
  if (!first) return first
  const kinds = refs.map(({ kind }) => kind.toLowerCase()).join(', ')
  const hints = [...first.hints, `looked for among: ${kinds}`]
  return new Failure(first.code, first.message, {
    hints,
    cause: first,
    ...(first.status && { status: first.status }),
  })
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

/** The kinds that the server has, asked for at once; an error where it has none of them. Of several one may be missing that was installed just now. */
export async function servedKinds(
  cluster: Cluster,
  kinds: readonly JobKind[],
): Promise<readonly ServedKind[]> {
  const known = kinds.length > 1 ? await servedAmong(cluster, kinds, 'remembered') : []
  const served = known.length > 0 ? known : await servedAmong(cluster, kinds, 'asked')
  if (served.length > 0) return served
  const names = kinds.map(({ words }) => `"${words[0]}"`).join(' or ')
  throw failure('not-asked', `the server doesn't have a resource type ${names}`)
}

async function servedAmong(
  cluster: Cluster,
  kinds: readonly JobKind[],
  absence: 'remembered' | 'asked',
): Promise<readonly ServedKind[]> {
  const how = absence === 'remembered' ? ([absence] as const) : []
  const answers = await Promise.all(kinds.map(({ group, kind }) => cluster.served(group, kind, ...how)))
  return answers.filter(answer => answer !== undefined)
}

/** Of a bare NAME of which nothing is known: the kind to name. */
export function onlyKind(): JobKind {
  const [kind] = jobKinds
  if (!kind) throw new Error('no kind of job is known')
  return kind
}
