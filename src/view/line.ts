import { humanDuration } from '../domain/duration.ts'
import type { Restore } from '../domain/plan.ts'
import type { Bundle, VersionInfo } from '../domain/printable.ts'
import { printedName, type ResourceRef } from '../domain/resource.ts'
import type { Savepoint } from '../domain/savepoint.ts'
import { cell } from './plain.ts'
import { humanSize } from './size.ts'

/** What became of one savepoint: the line that kubectl would print. */
export function savepointLine(savepoint: Savepoint): string {
  const { job, state, failure } = savepoint
  const said = {
    Requested: 'requested',
    InProgress: 'in progress',
    Completed: `completed: ${placed(savepoint)}`,
    Failed: `failed: ${cell(failure?.rootCause ?? failure?.message ?? '<unknown>')}`,
    Withdrawn: 'withdrawn',
  }
  return `${nameOf(job)} savepoint ${said[state]}\n`
}

/** What became of a job that was to be stopped with this savepoint. */
export function stopLine(savepoint: Savepoint): string {
  const { job, state } = savepoint
  if (state === 'Completed') return `${nameOf(job)} stopped with savepoint: ${placed(savepoint)}\n`
  return `${nameOf(job)} ${state === 'Failed' ? 'not stopped' : 'stop requested'}\n`
}

function placed({ location, durationMillis }: Savepoint): string {
  const duration = durationMillis === undefined ? '' : ` (${humanDuration(durationMillis)})`
  return `${cell(location ?? '<unknown>')}${duration}`
}

/** What became of a restore. */
export function restoreLine({ job, savepoint, state }: Restore, done: 'restored' | 'resumed' = 'restored') {
  const location = cell(savepoint.location)
  const said = {
    Restored: `${done} from ${location}`,
    InProgress: `${done === 'resumed' ? 'resume' : 'restore'} from ${location} requested`,
    Failed: `not ${done} from ${location}`,
    Unchanged: 'unchanged',
  }
  return `${nameOf(job)} ${said[state]}\n`
}

/** Where the archive is, and how large. */
export function bundleLine({ job, file, sizeBytes, contents }: Bundle): string {
  return `${nameOf(job)} bundled: ${cell(file)} (${contents.length} files, ${humanSize(sizeBytes)})\n`
}

function nameOf(job: Pick<ResourceRef, 'apiVersion' | 'kind' | 'name'>): string {
  return cell(printedName(job))
}

/** As `kubectl version` has it, a line each. */
export function versionLines({ clientVersion: { version, node, platform } }: VersionInfo): string {
  return `Client Version: ${version}\nNode Version: ${node}\nPlatform: ${platform}\n`
}
