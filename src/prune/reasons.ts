import { humanDuration } from '../domain/duration.ts'
import { isBelow } from '../domain/location.ts'
import type { PruneCriteria } from '../domain/prune.ts'
import { timeOf } from '../history/order.ts'
import { lastPart, savepointDirectory } from '../history/owners.ts'
import type { Candidate } from './holding.ts'

/** What is known of the job when its savepoints are pruned. */
export interface PruneView {
  /** The uid of the object. */
  readonly uid: string
  readonly running: boolean
  readonly criteria: PruneCriteria
  /** Epoch ms. */
  readonly now: number
  readonly directories: readonly string[]
}

/** The good ones of those that count, newest first: from these the job could be started again. `own` is newest first. */
export function goodOnes(own: readonly Candidate[], view: PruneView): Candidate[] {
  return own.filter(
    candidate =>
      candidate.holding.state === 'whole' &&
      whatElse(candidate) === undefined &&
      !candidate.savepoint.origin &&
      doubtfulTie(candidate, view) === undefined,
  )
}

/** Of this object, if it has one. */
export function newestGood(good: readonly Candidate[], { uid }: PruneView): Candidate | undefined {
  return good.find(({ savepoint }) => savepoint.job.uid === uid) ?? good[0]
}

/** Why a savepoint stays, as far as it alone can tell; none: it may go, once it is known that nobody needs its files. */
export function reasonsToKeep(candidate: Candidate, good: readonly Candidate[], view: PruneView): string[] {
  const { savepoint, uses, snapshot } = candidate
  const { keep, keepNamed } = view.criteria
  const rank = good.indexOf(candidate)
  return [
    candidate === newestGood(good, view) && 'the newest good one',
    ...uses,
    savepoint.origin && 'the job was started from it, and nobody saw it taken',
    keep !== undefined && rank >= 0 && rank < keep && `one of the newest ${keep}`,
    tooYoung(candidate, view),
    keepNamed && savepoint.name !== undefined && 'it has a name',
    whatElse(candidate),
    doubtfulTie(candidate, view),
    doubtfulRemains(candidate, view),
    snapshot?.disposes &&
      !view.running &&
      'its FlinkStateSnapshot cannot delete it while the job does not run',
  ].filter(reason => typeof reason === 'string')
}

function tooYoung({ savepoint }: Candidate, { criteria, now }: PruneView): string | false {
  const { olderThanSeconds } = criteria
  if (olderThanSeconds === undefined) return false
  const at = timeOf(savepoint)
  if (at === 0 || at > now) return 'how old it is, is not known'
  return now - at < olderThanSeconds * 1_000 && `younger than ${humanDuration(olderThanSeconds * 1_000)}`
}

/** It is no savepoint that anybody could prove to be one. */
function whatElse({ holding }: Candidate): string | undefined {
  if (holding.state === 'unreadable') return holding.reason
  if (holding.type === 'checkpoint') return 'it is a checkpoint'
  if (holding.type === undefined && !savepointDirectory.test(lastPart(holding.location)))
    return 'neither its name nor what it holds says that it is a savepoint'
  if (!holding.directory) return 'it is not seen as a directory of its own: a symbolic link, perhaps'
  return undefined
}

/** A savepoint that is being written grows more often than this. */
const quietMs = 15 * 60_000

/** What has no `_metadata` is either half deleted or not yet written: it has to be known that it was complete, and nothing may come to it any more. */
function doubtfulRemains({ tie, holding, snapshot }: Candidate, { now }: PruneView): string | undefined {
  if (holding.state !== 'remains') return undefined
  if (tie !== 'recorded') return 'it has no _metadata, and nobody saw it complete'
  if (snapshot?.disposes) return 'it has no _metadata, which its FlinkStateSnapshot would delete it by'
  const newest = Math.max(...holding.files.map(({ modifiedAt = now }) => modifiedAt))
  return now - newest < quietMs ? 'it has no _metadata, and may still be being written' : undefined
}

function doubtfulTie({ tie, savepoint, holding }: Candidate, view: PruneView): string | undefined {
  const { criteria, directories } = view
  const unasked = criteria.includeUnrecorded !== true
  if (tie === 'none')
    return unasked ? 'nobody recorded that this job took it: --include-unrecorded' : undefined
  // Whoever may write ConfigMaps could name anybody's savepoint there.
  const outside = !directories.some(directory => isBelow(holding.location, directory))
  const recordOnly = savepoint.sources.every(source => source === 'record' || source === 'scan')
  if (recordOnly && outside)
    return 'the record alone knows it, and it is outside of the directories of the job'
  return undefined
}
