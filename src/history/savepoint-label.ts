import { humanDuration } from '../domain/duration.ts'
import { type Failure, failure } from '../domain/failure.ts'
import { shortName } from '../domain/resource.ts'
import type { JobRef, Savepoint } from '../domain/savepoint.ts'
import { isPrintable, longestText } from './bounds.ts'
import { timeOf } from './order.ts'

// What a person calls a savepoint: `--name before-v2 --note "before the schema change"`.

const longestName = 63

/** Like the label of a host: it can be typed, stands in every shell as it is, and is never taken for a location. */
export function isSavepointName(text: string): boolean {
  return text.length <= longestName && /^[a-z0-9]([-a-z0-9]*[a-z0-9])?$/.test(text) && !isReserved(text)
}

/** One line of any language. */
export function isSavepointNote(text: string): boolean {
  return text.trim() !== '' && text.length <= longestText && isPrintable(text)
}

/** The label that was given on the command line; a usage Failure where it cannot be kept as it is. */
export function savepointLabel(given: { name?: string | undefined; note?: string | undefined }): {
  name?: string
  note?: string
} {
  const { name, note } = given
  if (name !== undefined && !isSavepointName(name)) throw wrongName(name)
  if (note !== undefined && !isSavepointNote(note)) {
    throw failure('usage', `--note must be one line of at most ${longestText} printable characters`)
  }
  return { ...(name !== undefined && { name }), ...(note !== undefined && { note }) }
}

/** Why a name cannot be given to a savepoint of this object; undefined: it is free. One whose savepoint failed is free again. `now`: epoch ms. */
export function nameTaken(
  list: readonly Savepoint[],
  name: string,
  job: JobRef,
  now: number,
): Failure | undefined {
  const bearer = list.find(known => known.name === name && known.job.uid === job.uid && isThere(known))
  if (!bearer) return undefined
  const time = timeOf(bearer)
  const old = time > 0 && time <= now ? ` (${humanDuration(now - time)} old)` : ''
  const what = bearer.location ?? 'one that is not complete yet'
  return failure(
    'not-asked',
    `a savepoint of ${shortName(job)} is called ${name} already: ${what}${old}; choose another --name`,
  )
}

function isThere({ state, gone }: Savepoint): boolean {
  if (gone !== undefined) return false
  return state === 'Completed' || state === 'InProgress' || state === 'Requested'
}

/** Words that mean something else where a savepoint is named. */
function isReserved(text: string): boolean {
  return text === 'latest' || /^gen-?\d*$/.test(text)
}

function wrongName(name: string): Failure {
  if (isReserved(name))
    return failure('usage', `--name: ${name} means another savepoint already; choose another name`)
  return failure(
    'usage',
    `--name: ${JSON.stringify(name.slice(0, 300))} must be at most ${longestName} lower-case letters, digits or '-', and begin and end with a letter or digit (before-v2)`,
  )
}
