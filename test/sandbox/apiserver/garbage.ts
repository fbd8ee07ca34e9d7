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

function removeDependents(store: Store, { metadata: { uid } }: KubeObject): void {
  const dependents = [...store.everything()].filter(({ object }) =>
    object.metadata.ownerReferences?.some(owner => owner.uid === uid),
  )
  if (dependents.length === 0) return
  const living = new Set([...store.everything()].map(({ object }) => object.metadata.uid))
  for (const { storage, object } of dependents) {
    const kept = object.metadata.ownerReferences?.some(owner => living.has(owner.uid))
    if (!kept) discard(store, storage, object)
  }
}

function empty(store: Store, namespace: string): void {
  for (const { storage, object } of [...store.everything()]) {
    if (object.metadata.namespace === namespace) discard(store, storage, object)
  }
}

function discard(store: Store, storage: string, object: KubeObject): void {
  if (!object.metadata.finalizers?.length) store.remove(storage, object)
  else if (!object.metadata.deletionTimestamp) {
    store.put(storage, { ...object, metadata: { ...object.metadata, deletionTimestamp: timestamp() } })
  }
}
