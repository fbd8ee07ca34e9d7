import {
  type Cluster,
  type CollectionSighting,
  refusedWith,
  type Selector,
  type ServedKind,
} from '../domain/ports.ts'

/** The same cluster as before, but those who follow one object by its name are fed from one watch a kind. */
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
}

/**
 * Many waits, each of which creates an object of its own and follows it (a FlinkStateSnapshot), with one watch for all: it
 * begins after the first of them was created. `tell` hears once for all that the stream was lost and is being taken up again.
 */
export function sharedFollows(
  cluster: Cluster,
  where: Followable,
  tell: (text: string) => void,
): SharedFollows {
  const over = new AbortController()
  const watches = new Map<string, OneWatch>()
  const watchOf = (kind: ServedKind, version: string): OneWatch => {
    const known = watches.get(kind.kind)
    if (known) return known
    const { namespace, labels } = where
    const all = cluster.watchAll(kind, namespace, version, over.signal, { labels })
    const watch = oneWatch(all, over.signal, tell)
    watches.set(kind.kind, watch)
    return watch
  }
  return {
    cluster: {
      ...cluster,
      watchAll(kind, namespace, version, signal, selector, listed) {
        const alone = () => cluster.watchAll(kind, namespace, version, signal, selector, listed)
        const name = nameIn(selector)
        return name === undefined
          ? alone()
          : watchOf(kind, version).follow(`${namespace}/${name}`, signal, alone)
      },
    },
    async end() {
      over.abort()
      await Promise.all([...watches.values()].map(({ ended }) => ended))
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
  tell: (text: string) => void,
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
        if (sighting.type === 'resumed') tell(`watching again: ${sighting.reason}`)
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
