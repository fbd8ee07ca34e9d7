import { isBelow, sameLocation } from '../../domain/location.ts'
import type { RestCheckpoint, RestCheckpoints } from '../../domain/rest.ts'
import type { Savepoint } from '../../domain/savepoint.ts'
import { utcOf } from '../../domain/time.ts'

/** What the list of checkpoints says about a savepoint whose trigger nobody knows. */
export type Found =
  | { readonly is: 'completed'; readonly location: string; readonly checkpoint?: RestCheckpoint }
  | { readonly is: 'running' }
  | { readonly is: 'failed'; readonly message: string }
  | { readonly is: 'nothing' }

/**
 * A savepoint newer than all there was before we asked; ids only grow, also over a restart of the JobManager. After
 * one its history is empty, and only what the job was restored from may be ours.
 */
export function savepointSince(
  before: RestCheckpoints,
  now: RestCheckpoints,
  directory: string | undefined,
): Found {
  const highest = Math.max(-1, ...before.history.map(entry => entry.id))
  const newer = now.history.filter(entry => entry.isSavepoint && entry.id > highest)
  const completed = newer.findLast(entry => entry.location !== undefined && isOurs(entry.location, directory))
  if (completed?.location !== undefined)
    return { is: 'completed', location: completed.location, checkpoint: completed }
  const restored = newlyRestored(before, now)
  if (restored !== undefined && isOurs(restored, directory)) return { is: 'completed', location: restored }
  if (newer.some(entry => entry.status === 'IN_PROGRESS')) return { is: 'running' }
  const failed = newer.filter(entry => entry.status === 'FAILED')
  return failed.length === 1 && newer.length === 1
    ? { is: 'failed', message: failed[0]?.failureMessage ?? 'Flink gave no reason' }
    : { is: 'nothing' }
}

/** The entry of the savepoint at `location`. */
export function entryOf(
  checkpoints: RestCheckpoints,
  location: string | undefined,
): RestCheckpoint | undefined {
  return checkpoints.history.find(entry => entry.isSavepoint && sameLocation(entry.location, location))
}

/** `savepoint` with what Flink's history knows of it. */
export function measured(savepoint: Savepoint, entry: RestCheckpoint | undefined): Savepoint {
  if (!entry) return savepoint
  return {
    ...savepoint,
    checkpointId: entry.id,
    ...(entry.format && { format: entry.format }),
    ...(entry.triggeredAt !== undefined && { requestedAt: utcOf(entry.triggeredAt) }),
    ...(entry.endedAt !== undefined && { completedAt: utcOf(entry.endedAt) }),
    ...(entry.durationMillis !== undefined && { durationMillis: entry.durationMillis }),
    ...(entry.sizeBytes !== undefined && { sizeBytes: entry.sizeBytes }),
  }
}

/** Somebody else's may lie elsewhere. A directory without a scheme may stand for any file system: it tells nothing. */
function isOurs(location: string, directory: string | undefined): boolean {
  return directory === undefined || !/^[a-z][a-z0-9+.-]*:/i.test(directory) || isBelow(location, directory)
}

function newlyRestored(before: RestCheckpoints, now: RestCheckpoints): string | undefined {
  if (!now.restored?.isSavepoint) return undefined
  const location = now.restored.location
  const old = [before.restored?.location, ...before.history.map(entry => entry.location)]
  return old.some(known => sameLocation(known, location)) ? undefined : location
}
