import type { FileStatus } from '../../domain/places.ts'
import { lastPart, savepointDirectory } from '../../history/owners.ts'

/** As Flink names each file of state (flink-runtime FsCheckpointStreamFactory): whatever else lies there is none of it. */
const ofState = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/

/**
 * What lies in the directory of a savepoint without the `_metadata` that would name it: a deletion that was broken off has left it, as
 * `_metadata` is the first to go; or Flink is still writing, and `_metadata` will be the last to come.
 */
export function remainsIn(location: string, entries: ReadonlyMap<string, FileStatus>): FileStatus[] {
  if (!savepointDirectory.test(lastPart(location))) return []
  return [...entries].flatMap(([name, status]) =>
    status.kind === 'file' && ofState.test(name) ? [status] : [],
  )
}
