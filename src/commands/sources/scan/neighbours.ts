import { Failure } from '../../../domain/failure.ts'
import type { Cluster, ServedKind, World } from '../../../domain/ports.ts'
import type { Resource } from '../../../domain/resource.ts'
import type { Owner } from '../../../history/owners.ts'
import { operatorOf } from '../../../operators/index.ts'
import { jobKinds } from '../../job/name.ts'
import { servedKinds } from '../../job/served-kinds.ts'
import { withoutEntropy } from './directories.ts'

/** The other jobs of a namespace, by their objects alone; those that may not be listed are left out after a hint. */
export async function neighboursOf(
  { person }: Pick<World, 'person'>,
  cluster: Cluster,
  namespace: string,
  uid: string,
): Promise<Owner[]> {
  const kinds = await servedKinds(cluster, jobKinds)
  const found = await Promise.all(
    kinds.map(kind =>
      ownersOf(cluster, kind, namespace).catch(error => {
        if (!(error instanceof Failure) || error.code !== 'not-asked') throw error
        person.tell(`whether other jobs write to the same directory is not known: ${error.message}`)
        return []
      }),
    ),
  )
  return found.flat().filter(({ job }) => job.uid !== uid)
}

async function ownersOf(cluster: Cluster, kind: ServedKind, namespace: string): Promise<Owner[]> {
  const found: Owner[] = []
  for await (const { items } of cluster.list(kind, namespace)) found.push(...items.map(ownerOf))
  return found
}

function ownerOf(resource: Resource): Owner {
  const { job, flinkJobId, directory } = operatorOf(resource).read(resource)
  return {
    job,
    flinkJobIds: flinkJobId === undefined ? [] : [flinkJobId],
    directories: directory === undefined ? [] : [withoutEntropy(directory)],
  }
}
