import type { Savepoint } from '../domain/savepoint.ts'
import { entryOfSavepoint, type TakeEntry } from './entry.ts'

/**
 * What a merged list knows and the record does not, oldest first: savepoints of this object that are complete, and those
 * that failed and can be told from others. What is under way is recorded once it has ended; an origin, by whoever took it.
 */
export function unrecorded(savepoints: readonly Savepoint[], uid: string): TakeEntry[] {
  return savepoints
    .filter(({ job, sources }) => job.uid === uid && !sources.includes('record'))
    .filter(isNews)
    .filter(
      ({ state, triggerId, sources }) =>
        state === 'Completed' || triggerId !== undefined || sources.includes('rest'),
    )
    .map(entryOfSavepoint)
    .reverse()
}

function isNews(savepoint: Savepoint): boolean {
  return savepoint.type === 'savepoint' && hasEnded(savepoint)
}

/** It has ended, and it is not merely what the job was started from. */
export function hasEnded({ state, origin, location }: Savepoint): boolean {
  if (origin) return false
  return state === 'Failed' || (state === 'Completed' && location !== undefined)
}
