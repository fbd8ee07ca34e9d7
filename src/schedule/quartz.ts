import { Cron } from 'croner'

/** Nobody writes a longer one. */
const longest = 200

/**
 * When a schedule in Quartz's own words is due next after a moment, both epoch ms, in UTC. undefined: it is none, it is never
 * due again, or croner reads it otherwise than Quartz would (ranges over the end, `L-3`, `L` and `W` among others).
 */
export function nextByQuartz(schedule: string, after: number): number | undefined {
  if (!isQuartz(schedule)) return undefined
  try {
    const cron = new Cron(schedule, {
      timezone: 'Etc/UTC',
      mode: '6-or-7-parts',
      alternativeWeekdays: true,
      sloppyRanges: true,
    })
    return cron.nextRun(new Date(after))?.getTime()
  } catch {
    return undefined
  }
}

/** Quartz wants exactly one of day-of-month and day-of-week to be `?` (org.quartz.CronExpression), and lets L and W stand alone only. */
export function isQuartz(schedule: string): boolean {
  if (schedule.length > longest) return false
  const fields = schedule.trim().split(/\s+/)
  if (fields.length !== 6 && fields.length !== 7) return false
  const [, , , dayOfMonth = '', , dayOfWeek = ''] = fields
  if (fields.filter(field => field.includes('?')).length !== 1) return false
  if (dayOfMonth !== '?' && dayOfWeek !== '?') return false
  return !/,.*[LW]|[LW].*,/.test(dayOfMonth)
}
