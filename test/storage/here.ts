import type { Places } from '../../src/domain/places.ts'
import type { Clock } from '../../src/domain/ports.ts'
import { placesFromHere } from '../../src/storage/from-here.ts'
import { remoteDoors } from '../../src/storage/remote.ts'

const clock: Clock = {
  now: Date.now,
  sleep: (ms, signal) =>
    new Promise(resolve => {
      const timer = setTimeout(resolve, ms)
      signal?.addEventListener('abort', () => {
        clearTimeout(timer)
        resolve()
      })
    }),
}

/** The places of the program as somebody with this environment sees them. The vendors' libraries look into the process' own. */
export function placesWith(
  env: Readonly<Record<string, string>>,
  more: { readonly limitMs?: number; readonly interrupted?: AbortSignal } = {},
): Places {
  const { limitMs = 20_000, interrupted = new AbortController().signal } = more
  const connecting = { clock, env, limitMs, interrupted, user: () => 'me', muteWarnings: () => {} }
  return placesFromHere({ directory: '/', remote: remoteDoors(connecting) })
}

/** What `work` is refused with: the message, and the hints below it. */
export async function refusalOf(work: Promise<unknown>): Promise<string> {
  try {
    await work
  } catch (error) {
    const { name, message, hints } = error as { name: string; message: string; hints: readonly string[] }
    if (name !== 'Failure') throw error
    return [message, ...hints].join('\n')
  }
  return 'done'
}
