/** Proxies before an API server often take no longer a line of a request than 8 KiB: what is asked has to fit beside the script. */
const longest = 4_000

interface Waiting<Answer> {
  readonly path: string
  resolve(answer: Answer): void
  reject(error: unknown): void
}

/** Asks for many paths together that were asked for one by one: those that came while the ones before were on their way. */
export function inBatches<Answer>(
  ask: (paths: readonly string[]) => Promise<readonly Answer[]>,
): (path: string) => Promise<Answer> {
  const waiting: Waiting<Answer>[] = []
  let busy = false
  const work = async () => {
    busy = true
    while (waiting.length > 0) await answer(waiting.splice(0, batchLength(waiting)), ask)
    busy = false
  }
  return path =>
    new Promise((resolve, reject) => {
      waiting.push({ path, resolve, reject })
      if (!busy) void work()
    })
}

async function answer<Answer>(
  batch: readonly Waiting<Answer>[],
  ask: (paths: readonly string[]) => Promise<readonly Answer[]>,
): Promise<void> {
  try {
    const answers = await ask(batch.map(({ path }) => path))
    for (const [at, { resolve }] of batch.entries()) resolve(answers[at] as Answer)
  } catch (error) {
    for (const { reject } of batch) reject(error)
  }
}

/** At least one, however long it is. */
function batchLength(waiting: readonly { readonly path: string }[]): number {
  let length = 0
  const tooMany = waiting.findIndex(({ path }, at) => {
    length += encodeURIComponent(path).length + '&command='.length
    return at > 0 && length > longest
  })
  return tooMany < 0 ? waiting.length : tooMany
}
