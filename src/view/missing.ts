import type { JobStatus, Unknown } from '../domain/job-status.ts'

const reasons = {
  Forbidden: '<forbidden>',
  Unreachable: '<unreachable>',
  NotAsked: '<unknown>',
  NotKept: '<unknown>',
} as const satisfies Record<Unknown['reason'], string>

/** What stands where a value is missing: there is none, or why nobody knows. */
export function missing({ unknown }: JobStatus, field: Unknown['field']): string {
  const why = unknown.find(part => part.field === field)
  return why ? reasons[why.reason] : '<none>'
}
