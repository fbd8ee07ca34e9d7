import { sameLocation } from '../domain/location.ts'
import { formatEntry, type RecordEntry, type RestoreEntry, type StopEntry, type TakeEntry } from './entry.ts'
import { type JobRecord, mostBytes, mostEntries, type RecordLine } from './record.ts'

/** The record with the entries added: what is known of the same event is replaced by what says more, and the oldest lines go. */
export function addEntries(record: JobRecord, entries: readonly RecordEntry[]): JobRecord {
  let lines = record.lines
  for (const entry of entries) {
    const known = lines.flatMap(({ entry: there }) => (there && isSameEvent(there, entry) ? [there] : []))
    if (known.some(there => rank(there) > rank(entry))) continue
    const whole = known.reduce(withKnown, entry)
    const others = lines.filter(line => !line.entry || !known.includes(line.entry))
    lines = [...others, { text: formatEntry(whole), entry: whole }]
  }
  return { ...record, lines: bounded(lines) }
}

/**
 * Within the limits. The oldest failures go first, then the oldest savepoints, and last of all those that somebody may come
 * back to by name, by `resume` or by `--undo`.
 */
function bounded(lines: readonly RecordLine[]): readonly RecordLine[] {
  let bytes = lines.reduce((sum, { text }) => sum + byteLength(text), 0)
  if (lines.length <= mostEntries && bytes <= mostBytes) return lines
  const kept = new Set(lines)
  for (const line of inOrderOfLoss(lines)) {
    if (kept.size <= mostEntries && bytes <= mostBytes) break
    kept.delete(line)
    bytes -= byteLength(line.text)
  }
  return lines.filter(line => kept.has(line))
}

function inOrderOfLoss(lines: readonly RecordLine[]): readonly RecordLine[] {
  const last = (action: RecordEntry['action']) => lines.findLast(({ entry }) => entry?.action === action)
  const lastStop = last('stop')
  const lastRestore = last('restore')
  const isWanted = (line: RecordLine) => line === lastStop || line === lastRestore || isNamed(line)
  const weight = (line: RecordLine) => (isWanted(line) ? 2 : isFailure(line) ? 0 : 1)
  return lines.toSorted((a, b) => weight(a) - weight(b))
}

function isFailure({ entry }: RecordLine): boolean {
  return entry?.action === 'take' && entry.state === 'Failed'
}

function isNamed({ entry }: RecordLine): boolean {
  return entry !== undefined && entry.action !== 'restore' && entry.name !== undefined
}

function byteLength(line: string): number {
  return new TextEncoder().encode(line).length + 1
}

function isSameEvent(a: RecordEntry, b: RecordEntry): boolean {
  if (a.uid !== b.uid) return false
  if (a.action === 'restore' || b.action === 'restore') {
    return a.action === b.action && a.requestedAt === b.requestedAt
  }
  return a.action === b.action || stopIsOver(a, b) ? isSameSavepoint(a, b) : false
}

/** Until then a savepoint of its trigger that somebody saw complete does not show that the job stopped. */
function stopIsOver(...entries: readonly RecordEntry[]): boolean {
  return entries.some(({ action, state }) => action === 'stop' && state === 'Completed')
}

function isSameSavepoint(a: TakeEntry | StopEntry, b: TakeEntry | StopEntry): boolean {
  if (a.triggerId && b.triggerId) return a.triggerId === b.triggerId
  if (a.location && b.location) return sameLocation(a.location, b.location)
  if (a.requestedAt === undefined || a.requestedAt !== b.requestedAt) return false
  return (a.action === 'stop' && b.action === 'stop') || a.generation === b.generation
}

/** What is known to have ended is not forgotten for an earlier view of it, nor what a stop left for the bare savepoint. */
function rank({ state, action }: RecordEntry): number {
  const stop = action === 'stop' ? 1 : 0
  if (state === 'Completed' || state === 'Restored') return 4 + stop
  return (state === 'Requested' || state === 'InProgress' ? 0 : 2) + stop
}

/** Who sees the operator's savepoint complete does not know what its name is: whoever gave it one does. What was deleted is not there again. */
function withKnown(entry: RecordEntry, known: RecordEntry): RecordEntry {
  if (entry.action === 'restore' || known.action === 'restore') return entry
  const { name, note, prunedAt } = known
  return { ...entry, ...labelled(name, note, entry), ...(prunedAt !== undefined && { prunedAt }) }
}

function labelled(
  name: string | undefined,
  note: string | undefined,
  entry: Exclude<RecordEntry, RestoreEntry>,
): { name?: string; note?: string } {
  return {
    ...(name !== undefined && entry.name === undefined && { name }),
    ...(note !== undefined && entry.note === undefined && { note }),
  }
}
