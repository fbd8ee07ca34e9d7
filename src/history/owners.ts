import { isBelow, normalisedLocation } from '../domain/location.ts'
import type { JobRef, Savepoint } from '../domain/savepoint.ts'

/** A job as far as it tells which savepoints are its own. */
export interface Owner {
  readonly job: JobRef
  readonly flinkJobIds: readonly string[]
  readonly directories: readonly string[]
}

/** Flink's own name for the directory of a savepoint (flink-runtime AbstractFsCheckpointStorageAccess): with the first six digits of the job's id. */
export const savepointDirectory = /^savepoint-([0-9a-f]{6})-[0-9a-f]{12}$/

/** The last part of a location. */
export function lastPart(location: string): string {
  return normalisedLocation(location).split('/').at(-1) ?? ''
}

/**
 * Was it written by one of these Flink jobs, as far as its name tells? A job whose id is all zeros (application mode with high
 * availability) is any job.
 */
export function isNamedAfter(location: string, flinkJobIds: readonly string[]): boolean {
  const [, prefix] = savepointDirectory.exec(lastPart(location)) ?? []
  return prefix !== undefined && prefix !== '000000' && flinkJobIds.some(id => id.startsWith(prefix))
}

/** All ids that a job is known to have had in Flink, its latest first. */
export function flinkJobIdsOf(savepoints: readonly Savepoint[], current: string | undefined): string[] {
  const known = savepoints.flatMap(({ flinkJobId }) => flinkJobId ?? [])
  return [...new Set([...(current === undefined ? [] : [current]), ...known])]
}

/** Does the job write its savepoints to where this lies? */
export function writesThere({ directories }: Pick<Owner, 'directories'>, location: string): boolean {
  return directories.some(directory => isBelow(location, directory))
}
