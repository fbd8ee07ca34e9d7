import type { Fields } from '../domain/fields.ts'
import { type CollectionSighting, refusedWith, type Selector, type ServedKind } from '../domain/ports.ts'
import { type Resource, resourceOf } from '../domain/resource.ts'
import { list } from './list.ts'
import { atItsPlace } from './objects.ts'
import { resumed, type Watched } from './resume.ts'
import type { Watching } from './watch.ts'
import { watchStream } from './watch-stream.ts'

/** Which objects, and those of them that are known already. */
export interface Collection {
  readonly kind: ServedKind
  readonly namespace: string | undefined
  readonly selector?: Selector | undefined
  readonly listed?: Iterable<Identified> | undefined
}

/** As much of an object as tells which it is. */
type Identified = Pick<Resource, 'apiVersion' | 'kind' | 'metadata'>

/** All objects of a kind as they change, over dropped streams, 410 Gone and restarts of the API server, until `signal`. */
export function watchAll(
  watching: Watching,
  collection: Collection,
  resourceVersion: string,
): AsyncGenerator<CollectionSighting> {
  return resumed(objects(watching, collection), watching, resourceVersion)
}

function objects(
  watching: Watching,
  { kind, namespace, selector, listed = [] }: Collection,
): Watched<CollectionSighting> {
  const { server, discovery } = watching
  const { apiVersion } = kind
  const which = {
    apiVersion,
    namespace,
    fieldSelector: selector?.fields,
    labelSelector: selector?.labels,
  }
  const known = knownObjects(listed)
  return {
    events: version => watchStream(watching, which, version, act => atItsPlace(discovery, kind, act)),
    understand(event) {
      const object = resourceOf(event['object'] as Fields, kind)
      if (object === undefined) return {}
      if (event['type'] === 'DELETED') {
        known.forget(object)
        return { seen: { type: 'deleted', object } }
      }
      known.add(object)
      return { seen: { type: 'object', object } }
    },
    async *catchUp(version, lost) {
      // A stream that was only lost is taken up where it was; it brings what was deleted meanwhile, too.
      if (!refusedWith(lost, 410)) return version
      let first: string | undefined
      const there = new Set<string>()
      for await (const page of list(server, discovery, kind, namespace, selector)) {
        // The first page's: a list that had to start over does not repeat objects that it gave in an older version.
        first ??= page.resourceVersion
        for (const object of page.items) {
          there.add(object.metadata.uid)
          if (known.add(object)) yield { type: 'object', object }
        }
      }
      for (const object of known.without(there)) yield { type: 'deleted', object }
      return first ?? version
    },
  }
}

/** What has been seen, without what it holds: there may be thousands. */
function knownObjects(listed: Iterable<Identified>) {
  const known = new Map<string, Resource>()
  const self = {
    /** Is it new, or another version? */
    add(object: Identified): boolean {
      const { uid, resourceVersion } = object.metadata
      if (known.get(uid)?.metadata.resourceVersion === resourceVersion) return false
      known.set(uid, withoutContent(object))
      return true
    },
    forget: ({ metadata }: Resource) => void known.delete(metadata.uid),
    /** Takes out, and gives, those that are not among `there`. */
    *without(there: ReadonlySet<string>): Generator<Resource> {
      for (const [uid, object] of known) {
        if (there.has(uid)) continue
        known.delete(uid)
        yield object
      }
    },
  }
  for (const object of listed) self.add(object)
  return self
}

function withoutContent({ apiVersion, kind, metadata }: Identified): Resource {
  const { name, namespace, uid, resourceVersion } = metadata
  const identity = { name, namespace, uid, resourceVersion }
  return {
    apiVersion,
    kind,
    metadata: { ...identity, generation: metadata.generation, labels: {}, annotations: {} },
    spec: {},
    status: {},
    body: { apiVersion, kind, metadata: identity },
  }
}
