import type { Savepoint } from '../domain/savepoint.ts'

/**
 * Newest first, by the reporter's own time. What is under way and has no time is newest; what has none and is over
 * (origins) comes last. The operators' times are whole seconds: within one, the higher number is newer.
 */
export function newestFirst(a: Savepoint, b: Savepoint): number {
  return (
    timeOf(b) - timeOf(a) ||
    (b.generation ?? 0) - (a.generation ?? 0) ||
    (b.checkpointId ?? 0) - (a.checkpointId ?? 0) ||
    compare(a.location ?? '', b.location ?? '')
  )
}

/** Epoch milliseconds; a savepoint's age is told from the same time. */
export function timeOf({ completedAt, requestedAt, state }: Savepoint): number {
  const time = completedAt ?? requestedAt
  if (time !== undefined) return Date.parse(time)
  return state === 'Requested' || state === 'InProgress' ? Number.MAX_SAFE_INTEGER : 0
}

function compare(a: string, b: string): number {
  if (a === b) return 0
  return a < b ? -1 : 1
}
