/** Each of the values turned into another, so many at a time, in their order. */
export async function inTurn<From, To>(
  values: readonly From[],
  limit: number,
  turn: (value: From) => Promise<To>,
): Promise<To[]> {
  const results: To[] = []
  const waiting = values.entries()
  const worker = async () => {
    for (const [at, value] of waiting) results[at] = await turn(value)
  }
  await Promise.all(Array.from({ length: limit }, worker))
  return results
}
