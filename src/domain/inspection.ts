import type { RestoreTarget } from './savepoint.ts'

/** What is in one savepoint (or checkpoint), read from its `_metadata`; what `inspect` prints. What is not known is absent. */
export interface Inspection extends Contents {
  /** Of the directory, as it was asked for. */
  readonly location: string
  /** Of `_metadata` itself. */
  readonly sizeBytes: number
  /** Of `_metadata`, which is written last of all: when the savepoint completed, unless it was copied since. */
  readonly modifiedAt?: string
  /** Of a job's savepoint: what is known of it elsewhere. */
  readonly savepoint?: RestoreTarget
  /** What `--files` found. */
  readonly files?: readonly InspectedFile[]
}

/** What `_metadata` says by itself. */
export interface Contents {
  readonly formatVersion: number
  /** Releases of Flink that write this version: `1.16 to 1.20`. */
  readonly flinkVersions: string
  readonly checkpointId: number
  readonly type?: 'savepoint' | 'checkpoint'
  readonly format?: 'CANONICAL' | 'NATIVE'
  /** The job was to be stopped with it: suspended, or (drained) terminated. */
  readonly stopped?: 'suspended' | 'terminated'
  /** `properties`: type and format stand in the file. Else they were told from the kinds of its handles, or the name of its directory. */
  readonly toldFrom?: 'properties' | 'handles' | 'location'
  /** Names of the hooks that keep state of the whole job. */
  readonly masterStates: readonly string[]
  /** Behind the operators: the serialized properties. */
  readonly trailingBytes: number
  /** How many handles of each kind: `s`tream, `o`perator, `k`eyed or `c`hannel, and the number in the file. */
  readonly handleTypes: Readonly<Record<string, number>>
  /** References to files beside `_metadata`. */
  readonly relativeFiles: number
  /** References to files by their whole path. */
  readonly absoluteFiles: number
  /** Distinct files referenced, and their bytes. */
  readonly fileCount: number
  readonly fileBytes: number
  /** Held in `_metadata` itself. */
  readonly inlineBytes: number
  /** The directory can be moved or copied as it is. */
  readonly relocatable: boolean
  /** Of all operators, as Flink counts them, without coordinators. */
  readonly stateBytes: number
  readonly operators: readonly InspectedOperator[]
}

export interface InspectedOperator {
  /** 32 hex characters. */
  readonly id: string
  /** Written since Flink 2.0. */
  readonly name: string | null
  readonly uid: string | null
  readonly parallelism: number
  readonly maxParallelism: number
  /** -1: fully finished. */
  readonly subtaskEntries: number
  /** Subtasks that had finished. */
  readonly finished: number
  readonly fullyFinished: boolean
  readonly stateBytes: number
  readonly coordinatorBytes: number
  readonly bytesByKind: BytesByKind
  /** Without one, a job that lacks the operator starts all the same. */
  readonly hasState: boolean
  readonly keySerializer?: Serializer
  /** As far as they can be read. */
  readonly states: readonly InspectedState[]
}

export interface BytesByKind {
  readonly managedOperator: number
  readonly rawOperator: number
  readonly managedKeyed: number
  readonly rawKeyed: number
  readonly inputChannel: number
  readonly resultSubpartition: number
}

export interface InspectedState {
  readonly name: string
  readonly scope: 'keyed' | 'operator'
  /** Flink's own word: VALUE, LIST, MAP, TIMERS …; of operator state SPLIT_DISTRIBUTE, UNION or BROADCAST. */
  readonly type?: string
  readonly serializers: readonly Serializer[]
}

/** A serializer as its snapshot names it. */
export interface Serializer {
  readonly for: 'key' | 'value' | 'namespace'
  /** The class of the snapshot. */
  readonly snapshot: string
  readonly version: number
}

/** A file that the savepoint needs. */
export interface InspectedFile {
  /** As it stands in `_metadata`. */
  readonly path: string
  readonly location: string
  /** As `_metadata` has it; absent where it is not said. */
  readonly sizeBytes?: number | undefined
  readonly references: number
  /** `unknown`: it could not be looked for. */
  readonly state: 'present' | 'missing' | 'wrong size' | 'unknown'
  /** Why it is unknown. */
  readonly reason?: string | undefined
  readonly foundBytes?: number | undefined
}
