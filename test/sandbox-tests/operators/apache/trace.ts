import { readFileSync } from 'node:fs'
import { type Fields, fieldsAt, integerAt, textAt } from '../../../../src/domain/fields.ts'
import { sameJson } from '../../../sandbox/operators/cluster.ts'

const folder = new URL('../../../../../shared/traces/', import.meta.url)

export interface TraceRecord {
  readonly kind: string
  readonly name: string
  /** undefined: it was deleted. */
  readonly object: Fields | undefined
  /** What somebody must have done for it. */
  readonly command?: Command
}

/** What a user did, as far as objects show it: the recordings hold no commands. */
export type Command =
  | { readonly do: 'patch'; readonly job: Fields }
  | { readonly do: 'create' | 'delete'; readonly object: Fields }

/** One recording of a real operator; the Deployments of its Flink clusters are left out. */
export function readTrace(name: string): TraceRecord[] {
  const lines = readFileSync(new URL(`${name}.jsonl`, folder), 'utf8').split('\n')
  const last = new Map<string, Fields>()
  return lines
    .filter(Boolean)
    .map(line => JSON.parse(line) as Fields)
    .filter(line => textAt(line, 'object', 'kind') !== 'Deployment')
    .map(line => {
      const object = fieldsAt(line, 'object')
      const kind = textAt(object, 'kind') ?? ''
      const named = textAt(object, 'metadata', 'name') ?? ''
      const before = last.get(`${kind}/${named}`)
      last.set(`${kind}/${named}`, object)
      if (line['type'] === 'DELETED') return { kind, name: named, object: undefined }
      const command = line['type'] === 'INITIAL' ? undefined : commandOf(kind, object, before)
      return { kind, name: named, object, ...(command && { command }) }
    })
}

function commandOf(kind: string, object: Fields, before: Fields | undefined): Command | undefined {
  if (kind === 'Event') return undefined
  if (before === undefined) return isOperators(object) ? undefined : { do: 'create', object }
  const gone = textAt(object, 'metadata', 'deletionTimestamp')
  if (gone && !textAt(before, 'metadata', 'deletionTimestamp')) return { do: 'delete', object }
  if (integerAt(object, 'metadata', 'generation') === integerAt(before, 'metadata', 'generation'))
    return undefined
  return { do: 'patch', job: differing(fieldsAt(before, 'spec', 'job'), fieldsAt(object, 'spec', 'job')) }
}

/** Those of the operator itself have a time in their name. */
function isOperators(object: Fields): boolean {
  return /-savepoint-(manual|upgrade|periodic)-\d+$/.test(textAt(object, 'metadata', 'name') ?? '')
}

/** A merge patch. */
function differing(before: Fields, after: Fields): Fields {
  const keys = [...new Set([...Object.keys(before), ...Object.keys(after)])]
  return Object.fromEntries(
    keys.filter(key => !sameJson(before[key], after[key])).map(key => [key, after[key] ?? null]),
  )
}
