import { Failure } from '../../domain/failure.ts'
import type { Places } from '../../domain/places.ts'
import type { PrunedSavepoint } from '../../domain/prune.ts'
import type { Deletion } from '../../prune/plan.ts'
import { inTurn } from '../job/in-turn.ts'
import { parentOf } from '../sources/scan/directories.ts'

export type Ended = Pick<PrunedSavepoint, 'state' | 'freedBytes' | 'reason' | 'via'>

const atOnce = 16

/**
 * Deletes the files, `_metadata` first of all: wherever it is broken off, there is either a whole savepoint or, without
 * `_metadata`, none that anything could be started from; the other way round it would look whole, and a job that is started from
 * it would fail. Flink itself does it in this order.
 */
export async function byStorage(places: Places, { candidate, files, shared }: Deletion): Promise<Ended> {
  // Of remains, any file.
  const [first, ...others] = files
  if (!first) return { state: 'Kept', freedBytes: 0, reason: 'there is nothing to delete' }
  const refusal = await refusalOf(() => places.remove(first.location))
  if (refusal) return { state: 'Kept', freedBytes: 0, reason: textOf(refusal) }
  let freedBytes = first.bytes
  const left = await inTurn(others, atOnce, async ({ location, bytes }) => {
    const failed = await refusalOf(() => places.remove(location))
    if (!failed) freedBytes += bytes
    return failed
  })
  const failures = left.filter(each => each !== undefined)
  const [failed] = failures
  if (failed)
    return {
      ...{ state: 'Partly', via: 'storage', freedBytes },
      reason: `${failures.length} of its files are left: ${textOf(failed)}`,
    }
  const directory = shared === 0 && (await removeDirectories(places, candidate.holding.location, files))
  const reason = shared === 0 && directory ? { reason: `its directory stays: ${textOf(directory)}` } : {}
  return { state: 'Deleted', via: 'storage', freedBytes, ...reason }
}

/** Whatever else lies in them stays, and they with it. */
async function removeDirectories(
  places: Places,
  location: string,
  files: Deletion['files'],
): Promise<Failure | undefined> {
  const elsewhere = new Set(
    files.flatMap(file => (file.location.startsWith(`${location}/`) ? [] : (parentOf(file.location) ?? []))),
  )
  for (const directory of elsewhere) await refusalOf(() => places.removeDirectory(directory))
  return await refusalOf(() => places.removeDirectory(location))
}

async function refusalOf(work: () => Promise<void>): Promise<Failure | undefined> {
  try {
    await work()
    return undefined
  } catch (error) {
    if (error instanceof Failure) return error
    throw error
  }
}

function textOf({ message }: Failure): string {
  return message.replace(/^error: /, '')
}
