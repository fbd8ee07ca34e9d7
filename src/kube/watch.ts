import type { Fields } from '../domain/fields.ts'
import { type Clock, refusedWith, type Sighting } from '../domain/ports.ts'
import { type Resource, type ResourceRef, resourceOf } from '../domain/resource.ts'
import type { Discovery } from './discovery.ts'
import { atItsPlace, get } from './objects.ts'
import { resumed, type Watched } from './resume.ts'
import type { Server } from './server.ts'
import { watchStream } from './watch-stream.ts'

/** What a watch stands on. */
export interface Watching {
  readonly server: Server
  readonly discovery: Discovery
  readonly clock: Clock
  readonly signal: AbortSignal
  /** Ctrl-C. */
  readonly interrupted: AbortSignal
}

/** The object as it changes, over dropped streams, 410 Gone and restarts of the API server, until it is deleted or `signal`. */
export function watch(
  watching: Watching,
  ref: ResourceRef,
  resourceVersion: string,
): AsyncGenerator<Sighting> {
  return resumed(oneObject(watching, ref), watching, resourceVersion)
}

function oneObject(watching: Watching, ref: ResourceRef): Watched<Sighting> {
  const { server, discovery } = watching
  const { apiVersion, kind, namespace, name } = ref
  const which = { apiVersion, namespace, fieldSelector: `metadata.name=${name}`, name }
  let uid: string | undefined
  return {
    events: version =>
      watchStream(watching, which, version, act => atItsPlace(discovery, { apiVersion, kind }, act)),
    understand(event) {
      const object = resourceOf(event['object'] as Fields)
      if (object === undefined) return {}
      if (event['type'] === 'DELETED') return { seen: { type: 'deleted' }, over: true }
      uid = object.metadata.uid
      return { seen: { type: 'object', object } }
    },
    async *catchUp(version) {
      const found = await get(server, discovery, ref).catch(error => goneIfNotFound(error, ref))
      if (found === undefined || (uid !== undefined && found.metadata.uid !== uid)) {
        yield { type: 'deleted' }
        return undefined
      }
      uid = found.metadata.uid
      if (found.metadata.resourceVersion !== version) yield { type: 'object', object: found }
      return found.metadata.resourceVersion
    },
  }
}

/** `flinkclusters.flinkoperator.k8s.io "orders" not found`, which a server that is only starting does not say. */
function goneIfNotFound(error: unknown, ref: ResourceRef): Resource | undefined {
  if (refusedWith(error, 404) && error.message.includes(`"${ref.name}" not found`)) return undefined
  throw error
}
