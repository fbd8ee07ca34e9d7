import { type Fields, fieldsAt, integerAt, isFields, listAt, textAt } from '../domain/fields.ts'
import type { Change } from '../domain/printable.ts'
import type { SavepointFailure } from '../domain/savepoint.ts'
import { utc } from '../domain/time.ts'
import {
  defined,
  longestText,
  type RecordEntry,
  type RestoreEntry,
  type TakeEntry,
  unprintable,
} from './entry.ts'

const longestLine = 16_384
const longestLocation = 4_096
const mostChanges = 16
/** Clocks differ; nobody's is a day ahead. A later time would be the newest savepoint for ever. */
const farthestAheadMs = 24 * 3_600_000

/** A line as anybody may have written it: an entry in which every value has been looked at, or undefined. `now`: epoch ms. */
export function parseEntry(line: string, now: number): RecordEntry | undefined {
  if (line.length > longestLine) return undefined
  const fields = jsonFields(line)
  if (!fields) return undefined
  const reader = new EntryReader(fields, now)
  const entry = fields['action'] === 'restore' ? restoreEntry(reader) : takeEntry(reader)
  return reader.bad ? undefined : entry
}

/** A well-formed line of an action that this version does not know: a newer one wrote it, and it is kept. */
export function isForeignEntry(line: string): boolean {
  if (line.length > longestLine) return false
  const action = jsonFields(line)?.['action']
  return (
    typeof action === 'string' && /^[a-z-]{1,32}$/.test(action) && action !== 'take' && action !== 'restore'
  )
}

function takeEntry(reader: EntryReader): TakeEntry | undefined {
  const { fields } = reader
  const state = oneOf(fields, 'state', ['Requested', 'InProgress', 'Completed', 'Failed', 'Withdrawn'])
  const uid = reader.matching('uid', /^[A-Za-z0-9-]{1,64}$/)
  const location = reader.location('location')
  if (fields['action'] !== 'take' || !state || !uid) return undefined
  if ((state === 'Completed') !== (location !== undefined)) return undefined
  return {
    action: 'take',
    uid,
    state,
    ...defined({
      location,
      trigger: oneOf(fields, 'trigger', ['manual', 'scheduled', 'update', 'cancel', 'external']),
      generation: reader.count('generation'),
      triggerId: reader.flinkId('triggerId'),
      flinkJobId: reader.flinkId('flinkJobId'),
      format: oneOf(fields, 'format', ['CANONICAL', 'NATIVE']),
      requestedAt: reader.time('requestedAt'),
      completedAt: reader.time('completedAt'),
      durationMillis: reader.count('durationMillis'),
      failure: reader.failure(),
    }),
  }
}

function restoreEntry(reader: EntryReader): RestoreEntry | undefined {
  const state = oneOf(reader.fields, 'state', ['Restored', 'InProgress', 'Failed', 'Unchanged'])
  const uid = reader.matching('uid', /^[A-Za-z0-9-]{1,64}$/)
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
      changes: changesOf(reader.fields),
      failure: reader.failure(),
    }),
  }
}

/** Reads a field if it is there; one that is there and is not what it should be makes the whole entry bad. */
class EntryReader {
  readonly fields: Fields
  readonly #now: number
  bad = false

  constructor(fields: Fields, now: number) {
    this.fields = fields
    this.#now = now
  }

  matching(key: string, pattern: RegExp): string | undefined {
    return this.#checked(key, textAt(this.fields, key), text => pattern.test(text))
  }

  flinkId(key: string): string | undefined {
    return this.matching(key, /^[0-9a-f]{32}$/)
  }

  location(key: string): string | undefined {
    return this.#checked(key, textAt(this.fields, key), isLocation)
  }

  time(key: string): string | undefined {
    const time = utc(textAt(this.fields, key))
    return this.#checked(key, time, text => Date.parse(text) <= this.#now + farthestAheadMs)
  }

  count(key: string): number | undefined {
    return this.#checked(key, integerAt(this.fields, key), number => number >= 0)
  }

  failure(): SavepointFailure | undefined {
    if (this.fields['failure'] === undefined) return undefined
    const failure = fieldsAt(this.fields, 'failure')
    const message = textAt(failure, 'message')
    const rootCause = textAt(failure, 'rootCause')
    if (!message || !isPlain(message) || (rootCause && !isPlain(rootCause))) this.bad = true
    return message ? { message, ...(rootCause && { rootCause }) } : undefined
  }

  #checked<T>(key: string, value: T | undefined, good: (value: T) => boolean): T | undefined {
    if (this.fields[key] !== undefined && (value === undefined || !good(value))) this.bad = true
    return value
  }
}

function changesOf(fields: Fields): readonly Change[] | undefined {
  const changes = listAt(fields, 'changes')
    .slice(0, mostChanges)
    .flatMap(change => {
      const path = textAt(change, 'path')
      if (!path || !isPlain(path) || !isScalar(change['from']) || !isScalar(change['to'])) return []
      return [{ path, ...defined({ from: change['from'], to: change['to'] }) }]
    })
  return changes.length > 0 ? changes : undefined
}

function isScalar(value: unknown): boolean {
  if (typeof value === 'string') return value.length <= longestLocation && value.search(unprintable) < 0
  return value === undefined || value === null || typeof value === 'boolean' || Number.isFinite(value)
}

/** A path or an address that a person could have typed: printable, bounded, with a scheme or from the root. */
function isLocation(text: string): boolean {
  if (text.length > longestLocation || text.search(unprintable) >= 0) return false
  return /^([A-Za-z][A-Za-z0-9+.-]*:|\/)./.test(text)
}

function isPlain(text: string): boolean {
  return text.length <= longestText && text.search(unprintable) < 0
}

function oneOf<const Word extends string>(
  fields: Fields,
  key: string,
  words: readonly Word[],
): Word | undefined {
  return words.find(word => word === fields[key])
}

function jsonFields(line: string): Fields | undefined {
  try {
    const value: unknown = JSON.parse(line)
    return isFields(value) ? value : undefined
  } catch {
    return undefined
  }
}
