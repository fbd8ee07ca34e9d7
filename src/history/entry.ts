import type { Change, Restore } from '../domain/plan.ts'
import type { Savepoint, SavepointFailure, SavepointState, Trigger } from '../domain/savepoint.ts'
import { isRecordable, longestText, mostChanges, printed } from './bounds.ts'

/** What `take` (or an operator, before our eyes) did: one savepoint of one object. A location is there if and only if it is Completed. */
export interface TakeEntry {
  readonly action: 'take'
  readonly uid: string
  readonly state: SavepointState
  readonly location?: string
  readonly name?: string
  readonly note?: string
  readonly trigger?: Trigger
  readonly generation?: number
  readonly triggerId?: string
  readonly flinkJobId?: string
  readonly format?: 'CANONICAL' | 'NATIVE'
  readonly requestedAt?: string
  readonly completedAt?: string
  readonly durationMillis?: number
  /** When `prune` had deleted it. */
  readonly prunedAt?: string
  readonly failure?: SavepointFailure
}

/** What `restore` did, and all that is needed to see (and later undo) it. */
export interface RestoreEntry {
  readonly action: 'restore'
  readonly uid: string
  readonly state: Restore['state']
  /** What the job was to be started from. */
  readonly target: string
  readonly requestedAt: string
  /** Of the job that ran before. */
  readonly flinkJobId?: string
  readonly completedAt?: string
  /** The savepoint taken before anything was changed. */
  readonly safety?: string
  /** What the operator would have started from, before. */
  readonly restartPoint?: string
  readonly changes?: readonly Change[]
  readonly failure?: SavepointFailure
}

/** What `stop` did, and what `resume` starts from. A location is there if and only if it is Completed. */
export interface StopEntry {
  readonly action: 'stop'
  readonly uid: string
  /** InProgress: asked for, and not yet known how it ends. */
  readonly state: 'InProgress' | 'Completed' | 'Failed'
  readonly requestedAt: string
  readonly location?: string
  readonly name?: string
  readonly note?: string
  readonly drain?: boolean
  readonly generation?: number
  readonly triggerId?: string
  /** Of the job that was stopped. */
  readonly flinkJobId?: string
  readonly format?: 'CANONICAL' | 'NATIVE'
  readonly completedAt?: string
  readonly durationMillis?: number
  /** When `prune` had deleted it. */
  readonly prunedAt?: string
  /** What was set for the stop, with what stood there before. */
  readonly changes?: readonly Change[]
  readonly failure?: SavepointFailure
}

export type RecordEntry = TakeEntry | StopEntry | RestoreEntry

/** One line of the record. The fields stand in the order of their declaration, for people. */
export function formatEntry(entry: RecordEntry): string {
  const failure = entry.failure && {
    message: shortened(entry.failure.message),
    ...(entry.failure.rootCause && { rootCause: shortened(entry.failure.rootCause) }),
  }
  return JSON.stringify({ ...entry, ...(failure && { failure }) })
}

/** A savepoint as the record keeps it. */
export function entryOfSavepoint(savepoint: Savepoint): TakeEntry {
  const { job, state, location, name, note, trigger, generation, triggerId, flinkJobId, format } = savepoint
  const { requestedAt, completedAt, durationMillis, failure } = savepoint
  return {
    action: 'take',
    uid: job.uid,
    state,
    ...defined({ location: state === 'Completed' ? location : undefined, name, note, trigger, generation }),
    ...defined({ triggerId, flinkJobId, format, requestedAt, completedAt, durationMillis, failure }),
  }
}

/**
 * A stop as the record keeps it. `savepoint` is what the stop left, or what is known of it so far; the same `requestedAt` in
 * `about` makes a later entry replace an earlier one.
 */
export function entryOfStop(
  savepoint: Savepoint,
  about: Pick<StopEntry, 'requestedAt' | 'drain' | 'changes'>,
): StopEntry {
  const { requestedAt, drain, changes } = about
  const { action: _, uid, trigger: __, ...taken } = entryOfSavepoint(savepoint)
  const state = isOver(taken.state) ? taken.state : 'InProgress'
  return {
    action: 'stop',
    uid,
    ...taken,
    state,
    requestedAt,
    ...defined({ drain, changes: changes && recordable(changes) }),
  }
}

function isOver(state: SavepointState): state is 'Completed' | 'Failed' {
  return state === 'Completed' || state === 'Failed'
}

/** A restore as the record keeps it, after the savepoint that the operator took meanwhile and forgot (seen on GCP tag -9). */
export function entriesOfRestore(
  restore: Restore,
  about: Parameters<typeof entryOfRestore>[1],
): readonly RecordEntry[] {
  const { uid } = restore.job
  const location = restore.updateSavepoint?.location
  const flinkJobId = defined({ flinkJobId: about.flinkJobId })
  const entry = entryOfRestore(restore, about)
  if (location === undefined) return [entry]
  return [{ action: 'take', uid, state: 'Completed', location, trigger: 'update', ...flinkJobId }, entry]
}

/** A restore as the record keeps it, with what cannot be read from the object afterwards. */
export function entryOfRestore(
  restore: Restore,
  about: Pick<RestoreEntry, 'requestedAt' | 'completedAt' | 'flinkJobId' | 'restartPoint'>,
): RestoreEntry {
  const { job, state, savepoint, safetySavepoint, changes, failure } = restore
  const { requestedAt, flinkJobId, completedAt, restartPoint } = about
  const kept = recordable(changes)
  return {
    action: 'restore',
    uid: job.uid,
    state,
    target: savepoint.location,
    requestedAt,
    ...defined({ flinkJobId, completedAt, safety: safetySavepoint?.location, restartPoint }),
    ...(kept.length > 0 && { changes: kept }),
    ...defined({ failure }),
  }
}

/** One that could not be read again would cost the whole entry. */
function recordable(changes: readonly Change[]): readonly Change[] {
  return changes.filter(isRecordable).slice(0, mostChanges)
}

/** A text from outside as one bounded line. */
export function shortened(text: string): string {
  return printed(text).trim().slice(0, longestText).toWellFormed()
}

/** The same fields without those that are undefined. */
export function defined<T extends object>(fields: T): { [K in keyof T]?: Exclude<T[K], undefined> } {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as {
    [K in keyof T]?: Exclude<T[K], undefined>
  }
}
