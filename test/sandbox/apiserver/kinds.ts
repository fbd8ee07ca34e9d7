import { builtinKinds } from './builtin-kinds.ts'
import { kindsOf } from './custom-kinds.ts'
import { type Kind, storageOf } from './kind.ts'
import type { Store } from './store.ts'

const definitions = 'apiextensions.k8s.io/customresourcedefinitions'

/** What this server serves: the built-in kinds and those of the installed CustomResourceDefinitions. */
export interface Kinds {
  all(): readonly Kind[]
  find(group: string, version: string, plural: string): Kind | undefined
  /** The resource in which a version's objects of this kind are stored (for ownerReferences). */
  named(group: string, kind: string): Kind | undefined
}

export function createKinds(store: Store): Kinds {
  let served: readonly Kind[] = builtinKinds
  store.subscribe(({ storage, type, object }) => {
    if (storage !== definitions) return
    served = [...builtinKinds, ...store.list(definitions).flatMap(kindsOf)]
    if (type === 'DELETED') forgetObjects(store, object)
  })
  return {
    all: () => served,
    find: (group, version, plural) =>
      served.find(kind => kind.group === group && kind.version === version && kind.plural === plural),
    named: (group, name) => served.find(kind => kind.group === group && kind.kind === name),
  }
}

/** The objects of a kind go with its definition. */
function forgetObjects(store: Store, definition: Parameters<typeof kindsOf>[0]) {
  const [kind] = kindsOf(definition)
  if (!kind) return
  for (const object of store.list(storageOf(kind))) store.remove(storageOf(kind), object)
}
