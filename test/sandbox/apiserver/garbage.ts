import { type KubeObject, timestamp } from './object.ts'
import type { Store } from './store.ts'

/**
 * Garbage collection in the background: when an object goes, so does what only it owned, and what was in it if it
 * was a namespace. Returns how to stop.
 */
export function collectGarbage(store: Store): () => void {
  const pending = new Set<NodeJS.Immediate>()
  const unsubscribe = store.subscribe(({ type, storage, object }) => {
    if (type !== 'DELETED') return
    const immediate = setImmediate(() => {
      pending.delete(immediate)
      if (storage === '/namespaces') empty(store, object.metadata.name ?? '')
      removeDependents(store, object)
    })
    pending.add(immediate)
  })
  return () => {
    unsubscribe()
    for (const immediate of pending) clearImmediate(immediate)
  }
}

function removeDependents(store: Store, owner: KubeObject): void {
  for (const { storage, object } of everything(store)) {
    const owners = object.metadata.ownerReferences ?? []
    if (!owners.some(({ uid }) => uid === owner.metadata.uid)) continue
    const living = owners.filter(({ uid }) => everything(store).some(one => one.object.metadata.uid === uid))
    if (living.length === 0) discard(store, storage, object)
  }
}

function empty(store: Store, namespace: string): void {
  for (const { storage, object } of everything(store)) {
    if (object.metadata.namespace === namespace) discard(store, storage, object)
  }
}

function discard(store: Store, storage: string, object: KubeObject): void {
  if (!object.metadata.finalizers?.length) store.remove(storage, object)
  else if (!object.metadata.deletionTimestamp) {
    store.put(storage, { ...object, metadata: { ...object.metadata, deletionTimestamp: timestamp() } })
  }
}

const everything = (store: Store) =>
  store.storages().flatMap(storage => store.list(storage).map(object => ({ storage, object })))
