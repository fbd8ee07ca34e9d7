const units = { h: 3_600_000, m: 60_000, s: 1_000, ms: 1 } as const

/** Milliseconds of `90s`, `1h30m`, `1.5h`, or of a bare number of seconds; undefined for anything else, also below zero. */
export function parseDuration(text: string): number | undefined {
  if (/^\d+$/.test(text)) return Number(text) * units.s
  if (!/^(\d+(\.\d+)?(h|ms|m|s))+$/.test(text)) return undefined
  let total = 0
  for (const [, amount, unit] of text.matchAll(/(\d+(?:\.\d+)?)(h|ms|m|s)/g)) {
    total += Number(amount) * units[unit as keyof typeof units]
  }
  return total
}

const second = 1_000
const minute = 60 * second
const hour = 60 * minute
const day = 24 * hour

/**
 * An age as kubectl prints it: the rules of HumanDuration in kubernetes/apimachinery pkg/util/duration, whole units, truncated.
 */
export function humanDuration(ms: number): string {
  if (ms < -second) return '<invalid>'
  if (ms < 0) return '0s'
  const whole = (unit: number) => Math.floor(ms / unit)
  if (ms < 2 * minute) return `${whole(second)}s`
  if (ms < 10 * minute) return pair(whole(minute), 'm', whole(second) % 60, 's')
  if (ms < 3 * hour) return `${whole(minute)}m`
  if (ms < 8 * hour) return pair(whole(hour), 'h', whole(minute) % 60, 'm')
  if (ms < 2 * day) return `${whole(hour)}h`
  if (ms < 8 * day) return pair(whole(day), 'd', whole(hour) % 24, 'h')
  if (ms < 2 * 365 * day) return `${whole(day)}d`
  if (ms < 8 * 365 * day) return pair(whole(365 * day), 'y', whole(day) % 365, 'd')
  return `${whole(365 * day)}y`
}

function pair(large: number, largeUnit: string, small: number, smallUnit: string): string {
  return small === 0 ? `${large}${largeUnit}` : `${large}${largeUnit}${small}${smallUnit}`
}
