import { failure } from '../../domain/failure.ts'
import type { World } from '../../domain/ports.ts'

/** What comes within `ms`; undefined: it did not, and whoever looks is told to stop by the signal. */
export async function inTime<T>(
  { clock, interrupted }: Pick<World, 'clock' | 'interrupted'>,
  ms: number,
  look: (signal: AbortSignal) => Promise<T>,
): Promise<T | undefined> {
  const enough = new AbortController()
  const come = new AbortController()
  const looking = look(AbortSignal.any([interrupted, enough.signal]))
  // What ends after its time ends for nobody.
  looking.catch(() => undefined)
  const late = clock.sleep(ms, AbortSignal.any([interrupted, come.signal])).then(() => undefined)
  try {
    const found = await Promise.race([looking, late])
    if (interrupted.aborted) throw failure('interrupted', 'interrupted')
    return found
  } finally {
    come.abort()
    enough.abort()
  }
}
