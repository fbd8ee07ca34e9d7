import type { Change } from './plan.ts'
import type { RestoreTarget } from './savepoint.ts'

/** What changed from one savepoint to another; what `inspect --diff` prints. What one of the two does not tell is no change. */
export interface InspectionDiff {
  readonly from: ComparedSavepoint
  readonly to: ComparedSavepoint
  /** Of the savepoints as a whole: type, format, version. */
  readonly changes: readonly Change[]
  /** Of either: those of `to` in its order, then those that are gone. */
  readonly operators: readonly OperatorDiff[]
}

/** One of the two, as `inspect` shows it. */
export interface ComparedSavepoint {
  readonly location: string
  readonly modifiedAt?: string
  readonly savepoint?: RestoreTarget
  readonly formatVersion: number
  readonly flinkVersions: string
  readonly checkpointId: number
  readonly type?: 'savepoint' | 'checkpoint'
  readonly format?: 'CANONICAL' | 'NATIVE'
  readonly stateBytes: number
}

export interface OperatorDiff {
  /** By which operators are matched. */
  readonly id: string
  readonly name: string | null
  readonly uid: string | null
  /** `resized`: nothing but the size of its state. */
  readonly change: 'new' | 'gone' | 'changed' | 'resized' | 'same'
  readonly hasState: boolean
  readonly stateBytes: { readonly from?: number; readonly to?: number }
  /** Parallelism, name, uid, serializer of the keys. */
  readonly changes: readonly Change[]
  /** Those that are not the same. */
  readonly states: readonly StateDiff[]
}

export interface StateDiff {
  readonly name: string
  readonly scope: 'keyed' | 'operator'
  readonly change: 'new' | 'gone' | 'changed'
  /** Type, serializers. */
  readonly changes: readonly Change[]
}
