/** Longer than any test may take: what is waited for in vain must not keep the run from ending. */
const patienceMs = 300_000

/** Looks until it is so; the time limit of the test ends it before it is in vain. */
export async function until(isSo: () => boolean | Promise<boolean>): Promise<void> {
  const end = performance.now() + patienceMs
  while (!(await isSo())) {
    if (performance.now() > end) throw new Error(`in vain: ${isSo}`)
    await new Promise(resolve => setTimeout(resolve, 20))
  }
}
