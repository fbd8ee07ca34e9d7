import { readFileSync } from 'node:fs'
import { type Fields, fieldsAt, integerAt, listAt, textAt } from '../../src/domain/fields.ts'
import { type Resource, resourceOf } from '../../src/domain/resource.ts'

/** One line of a recording of a real operator: what was seen, and when (`seconds` since the recording began). */
export interface TraceRecord {
  readonly line: number
  readonly seconds: number
  readonly source: string
  readonly time: number
  readonly type?: string
  /** The job's own. */
  readonly object?: Resource
  /** A FlinkStateSnapshot. */
  readonly snapshot?: Resource
  readonly path?: string
  readonly code?: number
  readonly body?: unknown
}

/** What a correct tool concludes from one request of the recording. */
export interface Expectation {
  readonly line: number
  readonly request: string
  readonly via: string
  readonly job?: string | null
  readonly value: unknown
  readonly outcome: string
  readonly exit: number
  readonly preflightExit?: number
  readonly location?: string | null
  readonly allowNonRestoredState?: boolean
  readonly withRest?: { readonly exit: number }
  readonly noAction?: unknown
}

export function readTrace(file: string): TraceRecord[] {
  const lines = readFileSync(file, 'utf8').trimEnd().split('\n')
  return lines.map((text, index) => recordOf(JSON.parse(text) as Fields, index + 1))
}

/** Every request of a folder of recordings by file, without the parts whose names begin with `_`. */
export function readExpectations(file: string): [string, Expectation][] {
  const all = JSON.parse(readFileSync(file, 'utf8')) as Fields
  return Object.keys(all)
    .filter(name => !name.startsWith('_'))
    .flatMap(name =>
      listAt(all, name).map((each): [string, Expectation] => [name, each as unknown as Expectation]),
    )
}

/** What else the folder says of each of its recordings, under a name that begins with `_`. */
export function readNotes(file: string, note: string): [string, Fields][] {
  const all = fieldsAt(JSON.parse(readFileSync(file, 'utf8')) as Fields, note)
  return Object.keys(all).map((name): [string, Fields] => [name, fieldsAt(all, name)])
}

function recordOf(fields: Fields, line: number): TraceRecord {
  // Events are recorded with their objects too, and say nothing that a wait may rely on.
  const object = textAt(fields, 'src') === 'flinkcluster' ? resourceOf(fieldsAt(fields, 'object')) : undefined
  const type = textAt(fields, 'type')
  const path = textAt(fields, 'path')
  const code = integerAt(fields, 'code')
  return {
    line,
    seconds: Number(fields['dt'] ?? 0),
    source: object ? 'job' : (textAt(fields, 'src') ?? ''),
    time: Date.parse(textAt(fields, 't') ?? ''),
    ...(type && { type }),
    ...(object && { object }),
    ...(path && { path }),
    ...(code !== undefined && { code }),
    ...('body' in fields && { body: fields['body'] }),
  }
}
