import type { KubeObject } from './object.ts'

/** One write, as watches hear of it. `before` is the object it replaced. */
export interface Change {
  readonly version: number
  readonly storage: string
  readonly type: 'ADDED' | 'MODIFIED' | 'DELETED'
  readonly object: KubeObject
  readonly before?: KubeObject
}

/** etcd in a Map: objects by resource and key, one counter for resourceVersion, a bounded history for watches. */
export interface Store {
  version(): number
  get(storage: string, namespace: string, name: string): KubeObject | undefined
  /** In key order, as etcd lists. Without a namespace: everywhere. */
  list(storage: string, namespace?: string): KubeObject[]
  /** Everything there is, in no order. */
  everything(): Iterable<{ storage: string; object: KubeObject }>
  /** Stores the object under a new resourceVersion and gives it as stored. */
  put(storage: string, object: KubeObject): KubeObject
  remove(storage: string, object: KubeObject): KubeObject
  /** The changes after a version, or undefined where history no longer reaches that far. */
  since(version: number): readonly Change[] | undefined
  /** Forgets history up to now: every older resourceVersion and continue token is too old. */
  compact(): void
  /** Versions below this one are forgotten. */
  oldest(): number
  subscribe(listener: (change: Change) => void): () => void
}

export const keyOf = (namespace: string, name: string) => `${namespace}/${name}`

export function createStore(historyLimit: number): Store {
  const objects = new Map<string, Map<string, KubeObject>>()
  const listeners = new Set<(change: Change) => void>()
  const history: Change[] = []
  let version = 1
  let forgotten = 0

  const bucket = (storage: string) => {
    const found = objects.get(storage) ?? new Map<string, KubeObject>()
    objects.set(storage, found)
    return found
  }
  const commit = (storage: string, type: Change['type'], object: KubeObject, before?: KubeObject) => {
    version += 1
    const stored = { ...object, metadata: { ...object.metadata, resourceVersion: String(version) } }
    const change = { version, storage, type, object: stored, ...(before && { before }) }
    history.push(change)
    while (history.length > historyLimit) forgotten = history.shift()?.version ?? forgotten
    return { change, stored }
  }
  // Listeners hear of a change after it is in the map; a listener that writes makes the next change.
  const announce = (change: Change) => {
    for (const listener of [...listeners]) listener(change)
  }

  return {
    version: () => version,
    get: (storage, namespace, name) => objects.get(storage)?.get(keyOf(namespace, name)),
    list: (storage, namespace) => sorted(objects.get(storage), namespace),
    *everything() {
      for (const [storage, found] of objects) for (const object of found.values()) yield { storage, object }
    },
    put(storage, object) {
      const key = keyOf(object.metadata.namespace ?? '', object.metadata.name ?? '')
      const before = bucket(storage).get(key)
      const { change, stored } = commit(storage, before ? 'MODIFIED' : 'ADDED', object, before)
      bucket(storage).set(key, stored)
      announce(change)
      return stored
    },
    remove(storage, object) {
      const { change, stored } = commit(storage, 'DELETED', object, object)
      bucket(storage).delete(keyOf(object.metadata.namespace ?? '', object.metadata.name ?? ''))
      announce(change)
      return stored
    },
    since: after => (after < forgotten ? undefined : history.filter(change => change.version > after)),
    compact() {
      forgotten = version
      history.length = 0
    },
    oldest: () => forgotten,
    subscribe(listener) {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
  }
}

function sorted(objects: Map<string, KubeObject> | undefined, namespace?: string): KubeObject[] {
  const entries = [...(objects ?? [])].filter(([key]) => !namespace || key.startsWith(`${namespace}/`))
  return entries.sort(([a], [b]) => (a < b ? -1 : 1)).map(([, object]) => object)
}
