/** What several bring, as it comes; ends when all have ended, or one has failed. */
export async function* merged<T>(sources: readonly AsyncIterable<T>[]): AsyncGenerator<T> {
  const iterators = sources.map(source => source[Symbol.asyncIterator]())
  const open = new Map(iterators.map(iterator => [iterator, nextOf(iterator)]))
  try {
    while (open.size > 0) {
      const { iterator, result } = await Promise.race(open.values())
      if (result.done) {
        open.delete(iterator)
        continue
      }
      open.set(iterator, nextOf(iterator))
      yield result.value
    }
  } finally {
    // Whoever still waits ends by the signal that the sources were given.
    for (const waiting of open.values()) waiting.catch(() => undefined)
  }
}

async function nextOf<T>(iterator: AsyncIterator<T>) {
  return { iterator, result: await iterator.next() }
}
