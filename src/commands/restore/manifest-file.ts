import { failure } from '../../domain/failure.ts'
import { fieldsAt, textAt } from '../../domain/fields.ts'
import type { Cluster, World } from '../../domain/ports.ts'
import { type Resource, resourceOf } from '../../domain/resource.ts'
import { jobKinds } from '../job/name.ts'

/** The job that a manifest describes, in the namespace of the command. Throws where it is none. */
export async function jobInFile(world: World, cluster: Cluster, path: string): Promise<Resource> {
  const object = await world.manifests.read(path)
  const shown = path === '-' ? 'standard input' : path
  const metadata = fieldsAt(object, 'metadata')
  const namespace = textAt(metadata, 'namespace') ?? cluster.namespace
  const resource = resourceOf({ ...object, metadata: { ...metadata, namespace } })
  if (!resource) throw unusable(shown, 'its metadata has no name')
  const group = resource.apiVersion.split('/')[0]
  if (!jobKinds.some(known => known.kind === resource.kind && known.group === group))
    throw unusable(shown, `${resource.kind} of ${resource.apiVersion} is no kind of job that is known`)
  // Worded as kubectl, which would not say where it creates the object otherwise.
  if (namespace !== cluster.namespace)
    throw failure(
      'not-asked',
      `the namespace from the provided object ${JSON.stringify(namespace)} does not match the namespace ${JSON.stringify(cluster.namespace)}. You must pass '--namespace=${namespace}' to perform this operation.`,
    )
  return resource
}

function unusable(shown: string, reason: string): Error {
  return failure('not-asked', `cannot use ${shown}: ${reason}`)
}
