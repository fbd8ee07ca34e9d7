import { Cron } from 'croner'
import { isQuartz } from '../domain/quartz.ts'

/**
 * When a schedule in Quartz's own words is due next after a moment, both epoch ms, in UTC: the operator reads it in its JVM's
 * zone, which its images leave at UTC. undefined: it is none, it is never
 * due again, or croner reads it otherwise than Quartz would (ranges over the end and `L-3` among others).
 */
export function nextByQuartz(schedule: string, after: number): number | undefined {
  if (!isQuartz(schedule) || isMixed(schedule)) return undefined
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

/**
 * What croner and the operator read differently, by a comparison with the class that operator 1.7.0 uses (log4j-core 2.17
 * CronExpression, Quartz's own): L, W and # beside other days, a step after the name of a day, and days that there are not.
 */
function isMixed(schedule: string): boolean {
  const [, , , dayOfMonth = '', , dayOfWeek = ''] = schedule.trim().toUpperCase().split(/\s+/)
  const mixedInMonth = /,.*[LW]|[LW].*,/.test(dayOfMonth)
  return mixedInMonth || /,.*[L#]|[L#].*,|[A-Z]\/|[089]/.test(dayOfWeek)
}
