/** Nobody writes a longer one. */
const longest = 200

/** A schedule as Quartz parses it: exactly one of day-of-month and day-of-week is `?` (org.quartz.CronExpression). */
export function isQuartz(schedule: string): boolean {
  if (schedule.length > longest) return false
  const fields = schedule.trim().split(/\s+/)
  if (fields.length !== 6 && fields.length !== 7) return false
  const [, , , dayOfMonth, , dayOfWeek] = fields
  const blanks = fields.filter(field => field.includes('?')).length
  return blanks === 1 && (dayOfMonth === '?' || dayOfWeek === '?')
}
