import { type Fields, isFields } from '../domain/fields.ts'
import { defined, type RecordEntry, type RestoreEntry, type StopEntry, type TakeEntry } from './entry.ts'
import { EntryReader } from './entry-reader.ts'

const longestLine = 16_384

type Parser = (reader: EntryReader) => RecordEntry | undefined

const parsers: ReadonlyMap<unknown, Parser> = new Map<unknown, Parser>([
  ['take', takeEntry],
  ['stop', stopEntry],
  ['restore', restoreEntry],
])

/** A line as anybody may have written it: an entry in which every value has been looked at, or undefined. `now`: epoch ms. */
export function parseEntry(line: string, now: number): RecordEntry | undefined {
  if (line.length > longestLine) return undefined
  const fields = jsonFields(line)
  if (!fields) return undefined
  const reader = new EntryReader(fields, now)
  const entry = parsers.get(fields['action'])?.(reader)
  return reader.bad ? undefined : entry
}

/** A well-formed line of an action that this version does not know: a newer one wrote it, and it is kept. */
export function isForeignEntry(line: string): boolean {
  if (line.length > longestLine) return false
  const action = jsonFields(line)?.['action']
  return typeof action === 'string' && /^[a-z-]{1,32}$/.test(action) && !parsers.has(action)
}

function takeEntry(reader: EntryReader): TakeEntry | undefined {
  const state = reader.oneOf('state', ['Requested', 'InProgress', 'Completed', 'Failed', 'Withdrawn'])
  const uid = reader.uid()
  const location = reader.location('location')
  if (!state || !uid || (state === 'Completed') !== (location !== undefined)) return undefined
  return {
    action: 'take',
    uid,
    state,
    ...defined({
      location,
      ...reader.label(),
      trigger: reader.oneOf('trigger', ['manual', 'scheduled', 'update', 'cancel', 'external']),
      generation: reader.count('generation'),
      triggerId: reader.flinkId('triggerId'),
      flinkJobId: reader.flinkId('flinkJobId'),
      format: reader.oneOf('format', ['CANONICAL', 'NATIVE']),
      requestedAt: reader.time('requestedAt'),
      completedAt: reader.time('completedAt'),
      durationMillis: reader.count('durationMillis'),
      prunedAt: reader.time('prunedAt'),
      failure: reader.failure(),
    }),
  }
}

function stopEntry(reader: EntryReader): StopEntry | undefined {
  const state = reader.oneOf('state', ['InProgress', 'Completed', 'Failed'])
  const uid = reader.uid()
  const location = reader.location('location')
  const requestedAt = reader.time('requestedAt')
  if (!state || !uid || !requestedAt || (state === 'Completed') !== (location !== undefined)) return undefined
  return {
    action: 'stop',
    uid,
    state,
    requestedAt,
    ...defined({
      location,
      ...reader.label(),
      drain: reader.flag('drain'),
      generation: reader.count('generation'),
      triggerId: reader.flinkId('triggerId'),
      flinkJobId: reader.flinkId('flinkJobId'),
      format: reader.oneOf('format', ['CANONICAL', 'NATIVE']),
      completedAt: reader.time('completedAt'),
      durationMillis: reader.count('durationMillis'),
      prunedAt: reader.time('prunedAt'),
      changes: reader.changes(),
      failure: reader.failure(),
    }),
  }
}

function restoreEntry(reader: EntryReader): RestoreEntry | undefined {
  const state = reader.oneOf('state', ['Restored', 'InProgress', 'Failed', 'Unchanged'])
  const uid = reader.uid()
  const target = reader.location('target')
  const requestedAt = reader.time('requestedAt')
  if (!state || !uid || !target || !requestedAt) return undefined
  return {
    action: 'restore',
    uid,
    state,
    target,
    requestedAt,
    ...defined({
      flinkJobId: reader.flinkId('flinkJobId'),
      completedAt: reader.time('completedAt'),
      safety: reader.location('safety'),
      restartPoint: reader.location('restartPoint'),
      changes: reader.changes(),
      failure: reader.failure(),
    }),
  }
}

function jsonFields(line: string): Fields | undefined {
  try {
    const value: unknown = JSON.parse(line)
    return isFields(value) ? value : undefined
  } catch {
    return undefined
  }
}
