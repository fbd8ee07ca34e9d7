import { type Cluster, refusedWith, type Selector, type ServedKind } from '../domain/ports.ts'
import { type Resource, type ResourceRef, refOf } from '../domain/resource.ts'
import { type Channel, newChannel } from './channel.ts'
import type { WatchingAgain } from './watching-again.ts'

/** Which objects are watched, after the list with this `resourceVersion`; `listed`: those of it that may be followed. */
export interface Watched {
  readonly kind: ServedKind
  readonly namespace: string | undefined
  readonly resourceVersion: string
  readonly selector?: Selector
  readonly listed?: Iterable<Pick<Resource, 'apiVersion' | 'kind' | 'metadata'>>
}

/** One watch that many waits are fed from. Nothing is asked of the server before the first of them begins. */
export interface SharedWatch {
  /** From now on nothing that is seen of this object is lost. One wait at a time. */
  follow(ref: ResourceRef): Followed
  /** Ends the watch, and with it every wait that is left. */
  end(): Promise<void>
}

/** `cluster`: the same as before, but its watch of the followed object is the shared one. */
export interface Followed {
  readonly cluster: Cluster
  end(): void
}

/** `watchingAgain` hears once for all. */
export function sharedWatch(cluster: Cluster, watched: Watched, watchingAgain: WatchingAgain): SharedWatch {
  const channels = new Map<string, Channel>()
  const over = new AbortController()
  let running: Promise<void> | undefined
  let failed: { readonly error: unknown } | undefined

  const run = async () => {
    const { kind, namespace, resourceVersion, selector, listed } = watched
    try {
      const all = cluster.watchAll(kind, namespace, resourceVersion, over.signal, selector, listed)
      for await (const sighting of all) {
        if (sighting.type === 'resumed') watchingAgain(sighting.reason)
        else channels.get(keyOf(refOf(sighting.object)))?.keep(sighting)
      }
    } catch (error) {
      failed = { error }
    }
    for (const channel of channels.values()) channel.wake()
  }

  async function* watch(channel: Channel, ref: ResourceRef, version: string, signal: AbortSignal) {
    running ??= run()
    const ended = AbortSignal.any([signal, over.signal])
    const seen = yield* channel.after(version, ended, () => failed !== undefined)
    if (seen === 'deleted' || !failed || ended.aborted) return
    if (!refusedWith(failed.error, 403)) throw failed.error
    // Who may not watch them all may still watch this one.
    yield* cluster.watch(ref, seen, signal)
  }

  return {
    follow(ref) {
      const channel = newChannel()
      const key = keyOf(ref)
      channels.set(key, channel)
      const known = (object: Resource) => {
        if (keyOf(refOf(object)) === key) channel.uid = object.metadata.uid
        return object
      }
      return {
        cluster: {
          ...cluster,
          get: async (other, options) => known(await cluster.get(other, options)),
          async write(write, options) {
            const written = await cluster.write(write, options)
            known(written.object)
            return written
          },
          watch: (other, version, signal) =>
            keyOf(other) === key
              ? watch(channel, ref, version, signal)
              : cluster.watch(other, version, signal),
        },
        end: () => void channels.delete(key),
      }
    },
    async end() {
      over.abort()
      await running
    },
  }
}

function keyOf({ kind, namespace, name }: ResourceRef): string {
  return `${kind}/${namespace}/${name}`
}
