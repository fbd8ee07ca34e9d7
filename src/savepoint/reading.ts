import type { InspectedState } from '../domain/inspection.ts'
import type { Cursor } from './cursor.ts'
import { descriptionIn } from './descriptions.ts'
import type { NamedFile } from './named-file.ts'
import type { OperatorTally, Tally } from './tally.ts'

/** One file that is being read. */
export interface Reading {
  readonly cursor: Cursor
  /** Of the format. */
  readonly version: number
  readonly tally: Tally
  /** The operator that is being read. */
  operator: OperatorTally
  /** Are files as large as their handles say? */
  sizesHold: boolean
}

/** What a stream begins with a description of: the states of its keyed or operator state backend. */
export type Scope = InspectedState['scope']

// A small file may claim far more than memory holds: none of these is near what a job has.
const mostFiles = 1_000_000
const mostStates = 100_000

/** Flink's backends nest handles three deep at most (changelog, key groups, stream). */
export const deepest = 16

/** So many of the first streams of an operator are looked into: a subtask without keys may have none. */
const mostLooks = 4

/** What is described beyond these is not looked for: a small file can claim descriptions for seconds of search. */
const mostDescribed = { states: 20_000, bytes: 32 * 1024 * 1024 }

/** As much of a stream as is searched for descriptions. */
export const head = 128 * 1024

/** One more handle of this kind: `s6`. */
export function countHandle({ tally }: Reading, kind: string): void {
  tally.handleTypes.set(kind, (tally.handleTypes.get(kind) ?? 0) + 1)
}

/** A file that a handle names. */
export function countFile(reading: Reading, file: NamedFile, bytes: number | undefined): void {
  const { tally, cursor, sizesHold } = reading
  const { key, path, relative } = file
  if (relative) tally.relativeFiles++
  else tally.absoluteFiles++
  tally.sizes.set(key, Math.max(bytes ?? 0, tally.sizes.get(key) ?? 0))
  if (tally.sizes.size > mostFiles) throw cursor.broken(`more than ${mostFiles} files are referenced`)
  if (path !== undefined) tally.files?.add(key, { path, relative }, sizesHold ? bytes : undefined)
}

/** A state that a handle names. */
export function countState({ operator, tally, cursor }: Reading, state: InspectedState): void {
  const key = `${state.scope} ${state.name}`
  if (operator.states.has(key)) return
  if (tally.states++ >= mostStates) throw cursor.broken(`there are more than ${mostStates} states`)
  operator.states.set(key, state)
}

/** Is it worth looking into one more stream of this scope? */
export function isWanted({ operator }: Reading, scope: Scope): boolean {
  if (operator.looked[scope] >= mostLooks) return false
  const states = [...operator.states.values()].filter(state => state.scope === scope)
  return states.length === 0 || states.some(({ serializers }) => serializers.length === 0)
}

/** Looks into the first bytes of a stream for the operator's states. */
export function look(reading: Reading, scope: Scope, bytes: Buffer): void {
  reading.operator.looked[scope]++
  describe(reading.operator, reading.tally, scope, bytes)
}

/** Takes over what these bytes tell of the operator's states; the names of operator state are known from its handles. */
export function describe(operator: OperatorTally, tally: Tally, scope: Scope, bytes: Buffer): void {
  if (tally.states > mostDescribed.states || tally.bytesSearched > mostDescribed.bytes) return
  tally.bytesSearched += bytes.length
  const { keySerializer, states } = descriptionIn(bytes, scope)
  operator.keySerializer ??= keySerializer
  for (const state of states) {
    const key = `${scope} ${state.name}`
    const known = operator.states.get(key)
    const isNew = known === undefined && scope === 'keyed' && tally.states++ < mostStates
    if (isNew || known?.serializers.length === 0)
      operator.states.set(key, { ...state, ...(known?.type && { type: known.type }) })
  }
}
