/** An RFC 3339 time in any zone as the same instant in UTC, to the second or the millisecond as it was given; undefined where it is none. */
export function utc(text: string | undefined): string | undefined {
  if (text === undefined || !/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)$/.test(text))
    return undefined
  const ms = Date.parse(text)
  return Number.isNaN(ms) ? undefined : utcOf(ms)
}

/** Epoch milliseconds as RFC 3339 in UTC; whole seconds without a fraction. */
export function utcOf(epochMs: number): string {
  return new Date(epochMs).toISOString().replace('.000Z', 'Z')
}
