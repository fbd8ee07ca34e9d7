import type { CollectionChange, Sighting } from '../domain/ports.ts'
import { isNewer } from '../domain/resource.ts'

/** What was seen of one object and not yet read. */
export interface Channel {
  /** Of the object as it was last read or written: what is seen of another one under its name is not about it. */
  uid: string | undefined
  keep(change: CollectionChange): void
  /**
   * What came and comes after this version, until the object is deleted, `ended`, or (at a `wake`) `isOver`. Gives the
   * version of the last that was seen, or `deleted`.
   */
  after(version: string, ended: AbortSignal, isOver: () => boolean): AsyncGenerator<Sighting, string>
  wake(): void
}

/** More than this nobody needs that was not read: Spotify's operator writes a status 24 times a second while it retries (seen on v0.6). */
const mostKept = 50

/** For one reader at a time. */
export function newChannel(): Channel {
  const kept: CollectionChange[] = []
  let changed = Promise.withResolvers<void>()
  const channel: Channel = {
    uid: undefined,
    keep(change) {
      kept.push(change)
      if (kept.length > mostKept) kept.shift()
      channel.wake()
    },
    after(version, ended, isOver) {
      ended.addEventListener('abort', channel.wake, { once: true })
      const next = (seen: string) => {
        let change = kept.shift()
        while (change && !isNews(change, channel.uid, seen)) change = kept.shift()
        return change
      }
      return read(version, { next, more: () => changed.promise, isOver: () => ended.aborted || isOver() })
    },
    wake() {
      changed.resolve()
      changed = Promise.withResolvers()
    },
  }
  return channel
}

interface Source {
  /** Takes out what is news to who has seen this version. */
  next(seen: string): CollectionChange | undefined
  more(): Promise<void>
  isOver(): boolean
}

async function* read(version: string, source: Source): AsyncGenerator<Sighting, string> {
  for (let seen = version; ; ) {
    const more = source.more()
    for (let change = source.next(seen); change; change = source.next(seen)) {
      if (change.type === 'deleted') {
        yield { type: 'deleted' }
        return 'deleted'
      }
      seen = change.object.metadata.resourceVersion
      yield change
    }
    if (source.isOver()) return seen
    await more
  }
}

function isNews({ type, object }: CollectionChange, uid: string | undefined, seen: string): boolean {
  const { metadata } = object
  if (uid === undefined) return isNewer(metadata.resourceVersion, seen)
  if (metadata.uid !== uid) return false
  // The end of this very object is news at any version: where a list told of it, the version is the last that was seen.
  return type === 'deleted' || isNewer(metadata.resourceVersion, seen)
}
