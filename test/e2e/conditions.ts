import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
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

/** What the counting job (job/CountingJob.java) tells in its directory. */
export interface Counting {
  /** Numbers counted so far. */
  count(): Promise<number>
  /** Resolves to a count that is this much further than now: the file may lag a few numbers behind. */
  countedOn(numbers: number): Promise<number>
  /** What each start of the source began with: `fresh` or `restored N`. */
  starts(): Promise<string[]>
}

export function counting(directory: string): Counting {
  const lines = async (name: string) => (await readFile(join(directory, name), 'utf8')).trimEnd().split('\n')
  const count = async () => Number((await lines('count'))[0])
  return {
    count,
    countedOn: async numbers => {
      const from = await count()
      return eventually('the job counts on', async () => {
        const now = await count()
        return now >= from + numbers ? now : undefined
      })
    },
    starts: () => lines('starts'),
  }
}
