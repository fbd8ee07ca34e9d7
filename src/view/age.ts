import { humanDuration } from '../domain/duration.ts'

/** How long ago, as kubectl's AGE has it. */
export function age(time: string | undefined, now: number): string {
  const at = Date.parse(time ?? '')
  return Number.isNaN(at) ? '<unknown>' : humanDuration(now - at)
}

/** `in 3m`, or `4m ago (late)`: when something is due. */
export function due(time: string, now: number): string {
  const at = Date.parse(time)
  if (Number.isNaN(at)) return '<unknown>'
  return at >= now ? `in ${humanDuration(at - now)}` : `${humanDuration(now - at)} ago (late)`
}
