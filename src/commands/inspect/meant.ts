import type { Places } from '../../domain/places.ts'
import type { RestoreTarget } from '../../domain/savepoint.ts'

/** Where the savepoints lie that are meant, and from where they are read. */
export interface Meant {
  readonly places: Places
  /** As many as were named. */
  readonly targets: readonly RestoreTarget[]
  /** Absent: only their locations are known. */
  readonly ofJob?: true
}
