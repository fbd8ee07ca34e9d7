import { type Fields, fieldsAt, flagAt, integerAt, listAt, textAt } from '../domain/fields.ts'
import type { Change } from '../domain/plan.ts'
import type { SavepointFailure } from '../domain/savepoint.ts'
import { utc } from '../domain/time.ts'
import { isPlain, isPrintable, isRecordable, longestLocation, mostChanges } from './bounds.ts'
import { defined } from './entry.ts'
import { isSavepointName, isSavepointNote } from './savepoint-label.ts'

/** Clocks differ; nobody's is a day ahead. A later time would be the newest savepoint for ever. */
const farthestAheadMs = 24 * 3_600_000

/** Reads a field if it is there; one that is there and is not what it should be makes the whole entry bad. */
export class EntryReader {
  readonly fields: Fields
  readonly #now: number
  bad = false

  /** `now`: epoch ms. */
  constructor(fields: Fields, now: number) {
    this.fields = fields
    this.#now = now
  }

  /** Of one object of Kubernetes. */
  uid(): string | undefined {
    return this.#matching('uid', /^[A-Za-z0-9-]{1,64}$/)
  }

  /** Of a job or of a trigger. */
  flinkId(key: string): string | undefined {
    return this.#matching(key, /^[0-9a-f]{32}$/)
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

  flag(key: string): boolean | undefined {
    return this.#checked(key, flagAt(this.fields, key), () => true)
  }

  /** What a person called the savepoint. */
  label(): { name?: string; note?: string } {
    return defined({
      name: this.#checked('name', textAt(this.fields, 'name'), isSavepointName),
      note: this.#checked('note', textAt(this.fields, 'note'), isSavepointNote),
    })
  }

  oneOf<const Word extends string>(key: string, words: readonly Word[]): Word | undefined {
    return words.find(word => word === this.fields[key])
  }

  failure(): SavepointFailure | undefined {
    if (this.fields['failure'] === undefined) return undefined
    const failure = fieldsAt(this.fields, 'failure')
    const message = textAt(failure, 'message')
    const rootCause = textAt(failure, 'rootCause')
    if (!message || !isPlain(message) || (rootCause && !isPlain(rootCause))) this.bad = true
    return message ? { message, ...(rootCause && { rootCause }) } : undefined
  }

  /** All of them or none: what is undone by halves is worse than what is not undone. */
  changes(): readonly Change[] | undefined {
    if (this.fields['changes'] === undefined) return undefined
    const written = listAt(this.fields, 'changes')
    const changes = written.slice(0, mostChanges).flatMap(changeOf)
    if (!Array.isArray(this.fields['changes']) || changes.length !== this.fields['changes'].length)
      this.bad = true
    return changes.length > 0 ? changes : undefined
  }

  #matching(key: string, pattern: RegExp): string | undefined {
    return this.#checked(key, textAt(this.fields, key), text => pattern.test(text))
  }

  #checked<T>(key: string, value: T | undefined, good: (value: T) => boolean): T | undefined {
    if (this.fields[key] !== undefined && (value === undefined || !good(value))) this.bad = true
    return value
  }
}

function changeOf(change: Fields): Change[] {
  const path = textAt(change, 'path')
  if (!path) return []
  const read: Change = { path, ...defined({ from: change['from'], to: change['to'] }) }
  return isRecordable(read) ? [read] : []
}

/** A path or an address that a person could have typed: printable, bounded, with a scheme or from the root. */
function isLocation(text: string): boolean {
  if (text.length > longestLocation || !isPrintable(text)) return false
  return /^([A-Za-z][A-Za-z0-9+.-]*:|\/)./.test(text)
}
