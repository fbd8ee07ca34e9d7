import { Failure, failure } from '../../domain/failure.ts'
import type { JobKind } from '../../domain/job.ts'
import { type Cluster, refusedWith, type ServedKind } from '../../domain/ports.ts'
import { jobKinds } from './name.ts'

/** A kind that the server did not have is believed to be missing still, or asked for anew. */
export type Absence = 'remembered' | 'asked'

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

/** Those of the kinds that the server has. */
export async function servedAmong(
  cluster: Cluster,
  kinds: readonly JobKind[],
  absence: Absence,
): Promise<readonly ServedKind[]> {
  const how = absence === 'remembered' ? ([absence] as const) : []
  const answers = await Promise.all(kinds.map(({ group, kind }) => cluster.served(group, kind, ...how)))
  return answers.filter(answer => answer !== undefined)
}

/**
 * What there is of one kind, or of all: where there is nothing, kinds are asked for that the server did not have when it was
 * asked last.
 */
export async function lookAmong<Found>(
  cluster: Cluster,
  kind: JobKind | undefined,
  look: (kinds: readonly ServedKind[]) => Promise<Found>,
  isEmpty: (found: Found) => boolean,
): Promise<Found> {
  const kinds = await servedKinds(cluster, kind ? [kind] : jobKinds)
  const found = await look(kinds).catch(orNotFound)
  const nothing = found instanceof Failure || isEmpty(found)
  if (!kind && nothing) {
    const all = await servedAmong(cluster, jobKinds, 'asked')
    const isNew = ({ kind }: ServedKind) => !kinds.some(known => known.kind === kind)
    if (all.some(isNew)) return look(all)
  }
  if (found instanceof Failure) throw found
  return found
}

/** None of the kinds is served any more. */
function orNotFound(error: unknown): Failure {
  if (error instanceof Failure && refusedWith(error, 404)) return error
  throw error
}
