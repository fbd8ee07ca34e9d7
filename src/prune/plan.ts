import { type Failure, failure } from '../domain/failure.ts'
import { normalisedLocation } from '../domain/location.ts'
import type { KeptSavepoint, PlannedDeletion } from '../domain/prune.ts'
import { defined } from '../history/entry.ts'
import { fingerprintOf } from './fingerprint.ts'
import type { Bystander, Candidate, HeldFile } from './holding.ts'
import { goodOnes, newestGood, type PruneView, reasonsToKeep } from './reasons.ts'

/** One that goes: the files that are deleted are all of it that nobody else needs, `_metadata` first. */
export interface Deletion {
  readonly candidate: Candidate
  readonly files: readonly HeldFile[]
  readonly shared: number
  /** All that it names is its own, and needed by nobody else. */
  readonly exclusive: boolean
}

export interface Planned {
  /** Oldest first. */
  readonly delete: readonly Deletion[]
  /** Newest first. */
  readonly keep: readonly KeptSavepoint[]
}

/** What goes and what stays. `own` is newest first. A Failure where nothing may go at all. */
export function planPrune(
  own: readonly Candidate[],
  bystanders: readonly Bystander[],
  view: PruneView,
): Planned | Failure {
  const left = own.some(({ holding }) => holding.state === 'remains')
  const named = left ? allReferences(own, bystanders) : new Set<string>()
  const there = own.filter(each => isThere(each, named))
  const good = goodOnes(there, view)
  if (!newestGood(good, view)) return nothingGood(there.length)
  const reasons = new Map(there.map(each => [each, reasonsToKeep(each, good, view)]))
  for (const each of there)
    if (isFree(reasons.get(each))) reasons.set(each, unknownNeeds(each, there, bystanders))
  keepWholeOnes(there, bystanders, reasons)
  const needed = neededFiles(there, bystanders, reasons)
  const going = there.filter(each => isFree(reasons.get(each)))
  return {
    delete: going.map(candidate => deletionOf(candidate, needed)).reverse(),
    keep: there.flatMap(each => {
      const why = reasons.get(each) ?? []
      return why.length > 0 ? [keptOf(each, why)] : []
    }),
  }
}

/** Of what was left behind because others need it there is nothing more to delete. */
function isThere({ holding }: Candidate, named: ReadonlySet<string>): boolean {
  if (holding.state !== 'remains') return holding.state !== 'absent'
  return holding.files.some(({ place }) => !named.has(place))
}

function allReferences(own: readonly Candidate[], bystanders: readonly Bystander[]): ReadonlySet<string> {
  return new Set([...own.map(each => each.holding), ...bystanders].flatMap(each => each.references))
}

function nothingGood(number: number): Failure {
  const none =
    number === 0 ? 'no savepoint of the job is there' : 'none of its savepoints is known to be whole'
  return failure('not-asked', `nothing is deleted: ${none}`)
}

function isFree(reasons: readonly string[] | undefined): boolean {
  return reasons?.length === 0
}

/**
 * What cannot be read may need files of this one. Nobody shares those of a canonical savepoint, which are written anew whenever a
 * state is restored from them, nor those of one that holds all in its `_metadata`.
 */
function unknownNeeds(
  { holding }: Candidate,
  own: readonly Candidate[],
  bystanders: readonly Bystander[],
): string[] {
  if (holding.format === 'CANONICAL' || holding.files.length <= 1) return []
  const unread = [
    ...own.filter(each => each.holding.state === 'unreadable').map(each => each.holding.location),
    ...bystanders.filter(({ unreadable }) => unreadable !== undefined).map(({ location }) => location),
  ].filter(location => fileSystemOf(location) === fileSystemOf(holding.location))
  const [one] = unread
  return one === undefined ? [] : [`${one} cannot be read, and may need its files`]
}

function fileSystemOf(location: string): string {
  return /^[a-z][a-z0-9+.-]*:(\/\/[^/]*)?/.exec(normalisedLocation(location))?.[0] ?? ''
}

/** An operator that disposes of a snapshot deletes all that the savepoint names: one that shares files has to stay whole, and so do they. */
function keepWholeOnes(
  own: readonly Candidate[],
  bystanders: readonly Bystander[],
  reasons: Map<Candidate, string[]>,
): void {
  for (let changed = true; changed; ) {
    changed = false
    const needed = neededFiles(own, bystanders, reasons)
    for (const each of own) {
      if (!each.snapshot?.disposes || !isFree(reasons.get(each))) continue
      const { holding } = each
      if (!holding.elsewhere && !holding.references.some(file => needed.has(file))) continue
      reasons.set(each, ['its FlinkStateSnapshot would delete files that others need'])
      changed = true
    }
  }
}

/** Whatever a savepoint or checkpoint that stays names. */
function neededFiles(
  own: readonly Candidate[],
  bystanders: readonly Bystander[],
  reasons: ReadonlyMap<Candidate, string[]>,
): ReadonlySet<string> {
  const staying = own.filter(each => !isFree(reasons.get(each)))
  return new Set([
    ...staying.flatMap(({ holding }) => [...holding.references, `${holding.place}/_metadata`]),
    ...bystanders.flatMap(({ references }) => references),
  ])
}

function deletionOf(candidate: Candidate, needed: ReadonlySet<string>): Deletion {
  const { files, references, elsewhere } = candidate.holding
  const going = files.filter(({ place }) => !needed.has(place))
  const exclusive = !elsewhere && !references.some(place => needed.has(place))
  return { candidate, files: going, shared: files.length - going.length, exclusive }
}

function keptOf({ savepoint, holding }: Candidate, reasons: readonly string[]): KeptSavepoint {
  const { name, completedAt } = savepoint
  return { location: holding.location, ...defined({ name, completedAt }), reasons }
}

/** The deletion as the plan prints it. Flink deletes all that a savepoint names: it is asked only where that is what goes. */
export function plannedDeletion(
  { candidate, files, shared, exclusive }: Deletion,
  running: boolean,
): PlannedDeletion {
  const { savepoint, holding, snapshot, tie } = candidate
  const { name, completedAt } = savepoint
  return {
    location: holding.location,
    ...defined({ name, completedAt }),
    via: viaOf(candidate, running && exclusive),
    ...defined({ snapshot: snapshot?.name }),
    files: files.length,
    bytes: files.reduce((sum, { bytes }) => sum + bytes, 0),
    ...(shared > 0 && { sharedFiles: shared }),
    ...(tie === 'none' && { unrecorded: true as const }),
    ...(holding.state === 'remains' && { remains: true as const }),
    fingerprint: fingerprintOf(files.map(({ place, bytes, modifiedAt }) => [place, bytes, modifiedAt ?? 0])),
  }
}

/** Flink and the operator read in `_metadata` what there is to delete. */
function viaOf({ snapshot, holding }: Candidate, byFlink: boolean): PlannedDeletion['via'] {
  if (holding.state === 'remains') return 'storage'
  if (snapshot?.disposes) return 'snapshot'
  return byFlink ? 'flink' : 'storage'
}
