import type { BytesByKind, InspectedState, Serializer } from '../domain/inspection.ts'
import { type FilePath, References } from './references.ts'

/** Where a stream begins that describes states. */
export interface StreamStart extends FilePath {
  /** In a file that several streams share; else it is the whole file. */
  readonly part?: { readonly at: number; readonly bytes: number }
}

/** What has been counted of one operator. */
export interface OperatorTally {
  hasState: boolean
  finished: number
  readonly bytesByKind: { -readonly [Kind in keyof BytesByKind]: number }
  readonly states: Map<string, InspectedState>
  keySerializer: Serializer | undefined
  /** How many streams of a scope have been looked into for their states. */
  readonly looked: { keyed: number; operator: number }
  /** The first file with a stream that begins with what describes the states of a scope. */
  readonly head: { keyed?: StreamStart; operator?: StreamStart }
}

/** What has been counted of the whole file. */
export interface Tally {
  readonly handleTypes: Map<string, number>
  /** Bytes of each distinct file: by the hash of its path, or while they are few and nobody asks for them by the path itself. */
  readonly sizes: Map<number | string, number>
  byName: boolean
  /** The files themselves, where somebody asks for them. */
  readonly files: References | undefined
  relativeFiles: number
  absoluteFiles: number
  inlineBytes: number
  states: number
  /** For descriptions of states. */
  bytesSearched: number
}

export function emptyTally(keepFiles = false): Tally {
  return {
    handleTypes: new Map(),
    sizes: new Map(),
    byName: true,
    files: keepFiles ? new References() : undefined,
    relativeFiles: 0,
    absoluteFiles: 0,
    inlineBytes: 0,
    states: 0,
    bytesSearched: 0,
  }
}

export function emptyOperator(): OperatorTally {
  return {
    hasState: false,
    finished: 0,
    bytesByKind: {
      managedOperator: 0,
      rawOperator: 0,
      managedKeyed: 0,
      rawKeyed: 0,
      inputChannel: 0,
      resultSubpartition: 0,
    },
    states: new Map(),
    keySerializer: undefined,
    looked: { keyed: 0, operator: 0 },
    head: {},
  }
}

export function stateBytesOf(bytes: BytesByKind): number {
  return Object.values(bytes).reduce((sum, each) => sum + each, 0)
}
