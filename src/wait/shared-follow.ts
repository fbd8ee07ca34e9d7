import {
  type Cluster,
  type CollectionSighting,
  refusedWith,
  type Selector,
  type ServedKind,
} from '../domain/ports.ts'
import { type SharedList, sharedList } from './shared-list.ts'
import type { WatchingAgain } from './watching-again.ts'

/**
 * The same cluster as before, but those who follow one object by its name are fed from one watch a kind, and those who list
 * all of them and go on watching from one list and one watch a kind and namespace.
 */
export interface SharedFollows {
  readonly cluster: Cluster
  /** Ends the watches, and with them whoever still follows. */
  end(): Promise<void>
}

/** Where all objects are that somebody may follow, and the labels that they have. */
export interface Followable {
  /** undefined: all. */
  readonly namespace: string | undefined
  readonly labels: string
  /** Whether all objects of this kind may be listed by many, who want them all and watch them. */
  shares(kind: ServedKind): boolean
}

/**
 * Many waits, each of which creates an object of its own and follows it (a FlinkStateSnapshot), with one watch for all: it
 * begins after the first of them was created. `watchingAgain` hears once for all.
 */
export function sharedFollows(
  cluster: Cluster,
  where: Followable,
  watchingAgain: WatchingAgain,
): SharedFollows {
  const over = new AbortController()
  const watches = new Map<string, OneWatch>()
  const lists = new Map<string, SharedList>()
  const listOf = (kind: ServedKind, namespace: string | undefined): SharedList => {
    const key = `${kind.kind}/${namespace ?? ''}`
    const shared = lists.get(key) ?? sharedList(cluster, { kind, namespace }, over.signal, watchingAgain)
    lists.set(key, shared)
    return shared
  }
  const watchOf = (kind: ServedKind, version: string): OneWatch => {
    const known = watches.get(kind.kind)
    if (known) return known
    const { namespace, labels } = where
    const all = cluster.watchAll(kind, namespace, version, over.signal, { labels })
    const watch = oneWatch(all, over.signal, watchingAgain)
    watches.set(kind.kind, watch)
    return watch
  }
  return {
    cluster: {
      ...cluster,
      list: (kind, namespace, selector) =>
        selector === undefined && where.shares(kind)
          ? listOf(kind, namespace).list()
          : cluster.list(kind, namespace, selector),
      watchAll(kind, namespace, version, signal, selector, listed) {
        const alone = () => cluster.watchAll(kind, namespace, version, signal, selector, listed)
        if (selector === undefined && where.shares(kind))
          return listOf(kind, namespace).watch(version, signal, alone)
        const name = nameIn(selector)
        return name === undefined
          ? alone()
          : watchOf(kind, version).follow(`${namespace}/${name}`, signal, alone)
      },
    },
    async end() {
      over.abort()
      await Promise.all([
        ...[...watches.values()].map(({ ended }) => ended),
        ...[...lists.values()].map(list => list.ended()),
      ])
    },
  }
}

function nameIn(selector: Selector | undefined): string | undefined {
  return selector?.labels === undefined
    ? /^metadata\.name=([^,=]+)$/.exec(selector?.fields ?? '')?.[1]
    : undefined
}

interface OneWatch {
  follow(
    key: string,
    signal: AbortSignal,
    alone: () => AsyncIterable<CollectionSighting>,
  ): AsyncGenerator<CollectionSighting>
  readonly ended: Promise<void>
}

function oneWatch(
  all: AsyncIterable<CollectionSighting>,
  over: AbortSignal,
  watchingAgain: WatchingAgain,
): OneWatch {
  // What nobody follows yet may be followed in the next moment: of each the last is kept.
  const unread = new Map<string, CollectionSighting>()
  let changed = Promise.withResolvers<void>()
  let failed: { readonly error: unknown } | undefined
  const wake = () => {
    changed.resolve()
    changed = Promise.withResolvers()
  }
  const run = async () => {
    try {
      for await (const sighting of all) {
        if (sighting.type === 'resumed') watchingAgain(sighting.reason)
        else {
          const { namespace, name } = sighting.object.metadata
          unread.set(`${namespace}/${name}`, sighting)
          wake()
        }
      }
    } catch (error) {
      failed = { error }
    }
    wake()
  }
  return {
    ended: run(),
    async *follow(key, signal, alone) {
      const ended = AbortSignal.any([signal, over])
      ended.addEventListener('abort', wake, { once: true })
      while (!ended.aborted && !failed) {
        const more = changed.promise
        const sighting = unread.get(key)
        unread.delete(key)
        if (sighting) yield sighting
        else await more
      }
      if (!failed || ended.aborted) return
      if (!refusedWith(failed.error, 403)) throw failed.error
      // Who may not watch them all may still watch this one.
      yield* alone()
    },
  }
}
