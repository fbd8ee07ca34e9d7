import {
  type Cluster,
  type CollectionChange,
  type CollectionSighting,
  type ListPage,
  refusedWith,
  type ServedKind,
} from '../domain/ports.ts'
import { isNewer, type Resource } from '../domain/resource.ts'
import type { WatchingAgain } from './watching-again.ts'

/** All objects of a kind in a namespace, listed once and kept up to date by one watch, for many who list and then watch them. */
export interface SharedList {
  /** What is known to be there: as late as the watch is. */
  list(): AsyncGenerator<ListPage>
  /** What comes after a list of here with this version; `alone`: where all of it may not be watched for many. */
  watch(
    version: string,
    signal: AbortSignal,
    alone: () => AsyncIterable<CollectionSighting>,
  ): AsyncGenerator<CollectionSighting>
  ended(): Promise<void>
}

/** Who watches: of each object the last that was not read yet. */
interface Reader {
  readonly unread: Map<string, CollectionChange>
  wake(): void
}

/** Asks nothing before somebody lists. A list that failed is asked for again by the next. */
export function sharedList(
  cluster: Cluster,
  { kind, namespace }: { readonly kind: ServedKind; readonly namespace: string | undefined },
  over: AbortSignal,
  watchingAgain: WatchingAgain,
): SharedList {
  // What was deleted, too, for those who have listed it and do not watch yet.
  const known = new Map<string, CollectionChange>()
  const readers = new Set<Reader>()
  let newest = ''
  let listing: Promise<void> | undefined
  let running: Promise<void> | undefined
  let failed: { readonly error: unknown } | undefined

  const first = async () => {
    let version: string | undefined
    for await (const { items, resourceVersion } of cluster.list(kind, namespace)) {
      version ??= resourceVersion
      for (const object of items) known.set(object.metadata.uid, { type: 'object', object })
    }
    newest = version ?? ''
    running = run(newest, objectsIn(known))
  }

  const run = async (version: string, listed: readonly Resource[]) => {
    try {
      for await (const change of cluster.watchAll(kind, namespace, version, over, undefined, listed)) {
        if (change.type === 'resumed') watchingAgain(change.reason)
        else learn(change)
      }
    } catch (error) {
      failed = { error }
    }
    for (const reader of readers) reader.wake()
  }

  const learn = (change: CollectionChange) => {
    const { uid, resourceVersion } = change.object.metadata
    known.set(uid, change)
    if (isNewer(resourceVersion, newest)) newest = resourceVersion
    for (const { unread, wake } of readers) {
      unread.set(uid, change)
      wake()
    }
  }

  const listOnce = async () => {
    listing ??= first()
    try {
      await listing
    } catch (error) {
      listing = undefined
      throw error
    }
  }

  return {
    async *list() {
      await listOnce()
      yield { items: objectsIn(known), resourceVersion: newest }
    },
    async *watch(version, signal, alone) {
      const ended = AbortSignal.any([signal, over])
      const missed = [...known].filter(([, { object }]) => isNewer(object.metadata.resourceVersion, version))
      const { reader, more } = newReader(missed)
      ended.addEventListener('abort', reader.wake, { once: true })
      readers.add(reader)
      try {
        while (!ended.aborted && !failed) {
          const next = more()
          yield* taken(reader)
          await next
        }
      } finally {
        readers.delete(reader)
      }
      if (!failed || ended.aborted) return
      if (!refusedWith(failed.error, 403)) throw failed.error
      yield* alone()
    },
    ended: async () => await running,
  }
}

function newReader(missed: Iterable<readonly [string, CollectionChange]>) {
  let changed = Promise.withResolvers<void>()
  const reader: Reader = {
    unread: new Map(missed),
    wake() {
      changed.resolve()
      changed = Promise.withResolvers()
    },
  }
  return { reader, more: () => changed.promise }
}

function* taken({ unread }: Reader): Generator<CollectionChange> {
  for (const [uid, change] of unread) {
    unread.delete(uid)
    yield change
  }
}

function objectsIn(known: ReadonlyMap<string, CollectionChange>): Resource[] {
  return [...known.values()].filter(({ type }) => type === 'object').map(({ object }) => object)
}
