import { humanDuration } from '../domain/duration.ts'
import type { Restore, VersionInfo } from '../domain/printable.ts'
import { printedName, type ResourceRef } from '../domain/resource.ts'
import type { Savepoint } from '../domain/savepoint.ts'
import { cell } from './plain.ts'

/** What became of one savepoint: the line that kubectl would print. */
export function savepointLine(savepoint: Savepoint): string {
  const { job, state, location, failure, durationMillis } = savepoint
  const duration = durationMillis === undefined ? '' : ` (${humanDuration(durationMillis)})`
  const said = {
    Requested: 'requested',
    InProgress: 'in progress',
    Completed: `completed: ${cell(location ?? '<unknown>')}${duration}`,
    Failed: `failed: ${cell(failure?.rootCause ?? failure?.message ?? '<unknown>')}`,
    Withdrawn: 'withdrawn',
  }
  return `${nameOf(job)} savepoint ${said[state]}\n`
}

/** What became of a restore. */
export function restoreLine({ job, savepoint, state }: Restore): string {
  const location = cell(savepoint.location)
  const said = {
    Restored: `restored from ${location}`,
    InProgress: `restore from ${location} requested`,
    Failed: `not restored from ${location}`,
    Unchanged: 'unchanged',
  }
  return `${nameOf(job)} ${said[state]}\n`
}

function nameOf(job: Pick<ResourceRef, 'apiVersion' | 'kind' | 'name'>): string {
  return cell(printedName(job))
}

/** As `kubectl version` has it, a line each. */
export function versionLines({ clientVersion: { version, node, platform } }: VersionInfo): string {
  return `Client Version: ${version}\nNode Version: ${node}\nPlatform: ${platform}\n`
}
