/** Of those with the same key only the first, in their order: `orders` and `flinkcluster/orders` may be one job. */
export function firstOfEach<T>(values: readonly T[], keyOf: (value: T) => unknown): T[] {
  const first = new Map<unknown, T>()
  for (const value of values) {
    const key = keyOf(value)
    if (!first.has(key)) first.set(key, value)
  }
  return [...first.values()]
}
