import type { Savepoint } from '../domain/savepoint.ts'

/**
 * Newest first, by the reporter's own time. What is under way and has no time is newest; what has none and is over
 * (origins) comes last. The operators' times are whole seconds and Flink's are not, so that within one second the operator's
 * last attempt, if it failed, is newer than what completed, then what was asked for in a later second, and only then the
 * time and the higher number decide.
 */
export function newestFirst(a: Savepoint, b: Savepoint): number {
  return (
    secondOf(timeOf(b)) - secondOf(timeOf(a)) ||
    Number(isFailedNow(b)) - Number(isFailedNow(a)) ||
    secondOf(requestOf(b)) - secondOf(requestOf(a)) ||
    timeOf(b) - timeOf(a) ||
    (b.generation ?? 0) - (a.generation ?? 0) ||
    (b.checkpointId ?? 0) - (a.checkpointId ?? 0) ||
    compare(a.location ?? '', b.location ?? '')
  )
}

/** The object shows one attempt, its last. */
function isFailedNow({ state, sources }: Savepoint): boolean {
  return state === 'Failed' && sources.includes('status')
}

function requestOf(savepoint: Savepoint): number {
  return savepoint.requestedAt === undefined ? timeOf(savepoint) : Date.parse(savepoint.requestedAt)
}

function secondOf(epochMs: number): number {
  return Math.floor(epochMs / 1_000)
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
