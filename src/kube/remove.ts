import type { WriteOptions } from '../domain/ports.ts'
import { type Resource, refOf } from '../domain/resource.ts'
import type { Discovery } from './discovery.ts'
import { atItsPlace } from './objects.ts'
import { resourcePath, subjectOf } from './paths.ts'
import type { Server } from './server.ts'

/** Deletes the object as it was read, and in the background what it owns, which is what `kubectl delete` asks for. */
export async function remove(
  server: Server,
  discovery: Discovery,
  object: Resource,
  { dryRun = false, late = false }: WriteOptions = {},
): Promise<void> {
  const ref = refOf(object)
  const { uid, resourceVersion } = object.metadata
  const options = {
    apiVersion: 'v1',
    kind: 'DeleteOptions',
    preconditions: { uid, resourceVersion },
    propagationPolicy: 'Background',
    ...(dryRun && { dryRun: ['All'] }),
  }
  await atItsPlace(discovery, ref, ({ apiVersion, plural }) =>
    server.json({
      late,
      method: 'DELETE',
      path: resourcePath({ apiVersion, plural, namespace: ref.namespace, name: ref.name }),
      subject: subjectOf('delete', { apiVersion, name: ref.name }, plural),
      body: { type: 'application/json', text: JSON.stringify(options) },
    }),
  )
}
