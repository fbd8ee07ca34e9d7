import type { JobFacts } from '../../domain/job.ts'
import { normalisedLocation } from '../../domain/location.ts'
import type { Savepoint, SourceName } from '../../domain/savepoint.ts'
import { utcOf } from '../../domain/time.ts'
import { newestFirst } from '../../history/order.ts'
import { lastPart, savepointDirectory } from '../../history/owners.ts'
import type { Candidate, Holding } from '../../prune/holding.ts'
import type { Uses } from '../../prune/uses.ts'

/** A savepoint that is known, and what lies where it is said to be. */
export interface HeldSavepoint {
  readonly savepoint: Savepoint
  readonly holding: Holding
}

/** What is known of each savepoint that is there, newest first. */
export function candidatesOf(
  held: readonly HeldSavepoint[],
  { job }: Pick<JobFacts, 'job'>,
  uses: readonly Uses[],
  snapshots: ReadonlyMap<string, NonNullable<Candidate['snapshot']>>,
): Candidate[] {
  const operators = new Set(
    held.filter(({ savepoint }) => isRecorded(savepoint)).flatMap(({ holding }) => holding.operators),
  )
  const timed = held.map(each => ({ ...each, savepoint: timedByItsFile(each) }))
  timed.sort((a, b) => newestFirst(a.savepoint, b.savepoint))
  return timed.map(each => {
    const { holding } = each
    const snapshot = snapshots.get(holding.place)
    return {
      ...each,
      tie: tieOf(each, job.uid, operators),
      uses: [...new Set(uses.flatMap(of => of.get(holding.place) ?? []))],
      ...(snapshot && { snapshot }),
    }
  })
}

/** A copy may be younger than the savepoint, and clocks differ. */
const closeMs = 60_000

/**
 * Whoever may write the record could make an old savepoint the newest, and the newest an old one: where nobody else says when it
 * completed, the time of `_metadata` counts, which Flink writes last.
 */
function timedByItsFile({ savepoint, holding }: HeldSavepoint): Savepoint {
  const writtenAt = holding.state === 'remains' ? undefined : holding.files[0]?.modifiedAt
  if (writtenAt === undefined || !savepoint.sources.every(source => weak.includes(source))) return savepoint
  const said = savepoint.completedAt === undefined ? Number.NaN : Date.parse(savepoint.completedAt)
  if (Math.abs(said - writtenAt) <= closeMs) return savepoint
  return { ...savepoint, completedAt: utcOf(Math.floor(writtenAt / 1_000) * 1_000) }
}

const weak: readonly SourceName[] = ['record', 'scan', 'revisions']

/**
 * Its operators are those of what the job is known to have taken, and its name is that of a Flink job that this one was: the
 * second is what history's scan has told by the uid.
 */
function tieOf(
  { savepoint, holding }: HeldSavepoint,
  uid: string,
  operators: ReadonlySet<string>,
): Candidate['tie'] {
  if (isRecorded(savepoint)) return isNamedOtherwise(savepoint) ? 'none' : 'recorded'
  if (savepoint.job.uid !== uid) return 'none'
  const known = operators.size === 0 || holding.operators.some(id => operators.has(id))
  return known ? 'metadata' : 'none'
}

function isRecorded({ sources }: Savepoint): boolean {
  return sources.some(source => source !== 'scan' && source !== 'revisions')
}

/** Flink names the directory after the job that wrote it: a record that says otherwise was not written by us. */
function isNamedOtherwise({ location = '', flinkJobId, sources }: Savepoint): boolean {
  const [, prefix] = savepointDirectory.exec(lastPart(location)) ?? []
  const recordOnly = sources.every(source => source === 'record' || source === 'scan')
  return recordOnly && prefix !== undefined && flinkJobId !== undefined && !flinkJobId.startsWith(prefix)
}

/** Of several views of one place the first. */
export function eachPlaceOnce(savepoints: readonly Savepoint[]): Savepoint[] {
  const seen = new Set<string>()
  return savepoints.filter(({ location }) => {
    if (location === undefined) return false
    const place = normalisedLocation(location)
    return !seen.has(place) && seen.add(place)
  })
}
