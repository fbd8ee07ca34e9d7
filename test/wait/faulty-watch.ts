import type { Cluster, Sighting } from '../../src/domain/ports.ts'
import { isNewer, type Resource } from '../../src/domain/resource.ts'
import type { VirtualTime } from './virtual-time.ts'

/** A stream is lost at this moment, and taken up again so much later; epoch ms after the beginning. */
export interface Outage {
  readonly atMs: number
  readonly forMs: number
}

export interface WatchedObject {
  /** Every version that the object ever had is seen, but for those of an outage: then the last alone, as after 410 Gone. */
  readonly watch: Cluster['watch']
  /** The object has another version now. */
  changed(object: Resource): void
}

/** The watch of one object, with outages; `twice`: what is seen after one is seen once more. */
export function faultyWatch(
  { clock, after: later }: VirtualTime,
  outages: readonly Outage[],
  twice: boolean,
): WatchedObject {
  const beginning = clock.now()
  const versions: Resource[] = []
  let more = Promise.withResolvers<void>()
  const wake = () => {
    more.resolve()
    more = Promise.withResolvers()
  }
  for (const { atMs } of outages) later(atMs, wake)
  const outageAt = (ms: number) => outages.find(({ atMs, forMs }) => ms >= atMs && ms < atMs + forMs)
  return {
    changed(object) {
      versions.push(object)
      wake()
    },
    async *watch(_, resourceVersion, signal): AsyncIterable<Sighting> {
      let seen = resourceVersion
      const ended = new Promise<void>(resolve => signal.addEventListener('abort', () => resolve()))
      while (!signal.aborted) {
        const changed = more.promise
        const outage = outageAt(clock.now() - beginning)
        if (outage) yield { type: 'resumed', reason: 'unexpected EOF' }
        const objects = outage ? await caughtUp(outage, seen, signal) : after(seen)
        for (const object of objects) {
          seen = object.metadata.resourceVersion
          yield { type: 'object', object }
        }
        if (!outage && objects.length === 0) await Promise.race([changed, ended])
      }
    },
  }

  function after(seen: string): readonly Resource[] {
    return versions.filter(({ metadata }) => isNewer(metadata.resourceVersion, seen)).slice(0, 1)
  }

  /** What is there after an outage. */
  async function caughtUp({ atMs, forMs }: Outage, seen: string, signal: AbortSignal) {
    await clock.sleep(beginning + atMs + forMs - clock.now(), signal)
    const last = after(seen).length > 0 ? versions.slice(-1) : []
    return twice ? [...last, ...last] : last
  }
}
