import { firstLine, rootCause } from '../../domain/cause.ts'
import { type Fields, isFields, listAt, textAt } from '../../domain/fields.ts'

/** What `status.error` of a job, or of a snapshot, says. */
export interface StatusError {
  /** `ValidationException`; absent where it is plain text. */
  readonly type?: string
  readonly message: string
  readonly rootCause?: string
}

/** It stands there during healthy starts, resumes and upgrades (seen on 1.15.0). */
const notFoundYet = 'Job Not Found'

/** Longer ones are cut before they are parsed. */
const longest = 65_536

/** JSON from the operator's exceptions, plain text from elsewhere (both seen on 1.15.0); what means nothing is left out. */
export function statusError(text: string | undefined): StatusError | undefined {
  if (text === undefined || text.trim() === notFoundYet) return undefined
  const json = parsed(text.slice(0, longest))
  if (!json) return said(text)
  const chain = [
    textAt(json, 'message'),
    ...listAt(json, 'throwableList').map(each => textAt(each, 'message')),
  ]
  const messages = chain.filter(message => message !== undefined)
  const type = textAt(json, 'type')?.split('.').at(-1)
  return { ...(type && { type }), ...said(messages[0] ?? 'the operator gives no reason', messages.at(-1)) }
}

/** The innermost exception says what is wrong: "Cannot find checkpoint or savepoint file/directory …" is the last of three (seen on 1.7.0). */
function said(text: string, innermost = text): StatusError {
  const message = firstLine(text) ?? 'the operator gives no reason'
  const cause = rootCause(innermost)
  return { message, ...(cause !== undefined && cause !== message && { rootCause: cause }) }
}

function parsed(text: string): Fields | undefined {
  try {
    const value: unknown = JSON.parse(text)
    return isFields(value) ? value : undefined
  } catch {
    return undefined
  }
}
