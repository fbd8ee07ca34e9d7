import { setTimeout as sleep } from 'node:timers/promises'

/** Asks until there is an answer; fails with the last one's reason when time runs out. */
export async function eventually<T>(
  what: string,
  ask: () => Promise<T | undefined> | T | undefined,
  timeoutMs = 60_000,
): Promise<T> {
  const deadline = Date.now() + timeoutMs
  let reason = ''
  for (;;) {
    try {
      const value = await ask()
      if (value !== undefined) return value
    } catch (error) {
      reason = `: ${error instanceof Error ? error.message : String(error)}`
    }
    if (Date.now() > deadline) throw new Error(`still not after ${timeoutMs} ms: ${what}${reason}`)
    await sleep(50)
  }
}
