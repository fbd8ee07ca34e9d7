import { normalisedLocation } from '../domain/location.ts'
import type { JobRef, Savepoint } from '../domain/savepoint.ts'
import { utcOf } from '../domain/time.ts'
import { defined } from './entry.ts'
import { newestFirst } from './order.ts'

/** What lies in a directory that Flink may have made for a savepoint, or for a checkpoint. */
export interface Found {
  /** Of the directory. */
  readonly location: string
  readonly type: Savepoint['type']
  /** `incomplete`: it has no `_metadata`, which Flink writes last of all. `damaged`: it has one that does not begin as one. */
  readonly state: 'complete' | 'incomplete' | 'damaged'
  /** Epoch ms: of `_metadata`, else of the newest file. */
  readonly modifiedAt?: number
  readonly checkpointId?: number
}

/** A savepoint that is being written grows more often than this. */
const quietMs = 15 * 60_000

/** Of whoever wrote it, as far as that can be told. */
export type Whose = (found: Found) => JobRef | undefined

/**
 * What other sources know of a job's savepoints, and what lies in its directories: seen by both, by one of them alone, or known
 * and not there (`missing`: normalised locations that were looked for). `whose` leaves out what belongs to somebody else.
 * `now`: epoch ms.
 */
export function withScan(
  known: readonly Savepoint[],
  scan: { readonly found: readonly Found[]; readonly missing: ReadonlySet<string>; readonly whose: Whose },
  now: number,
): Savepoint[] {
  const places = new Map(scan.found.map(found => [normalisedLocation(found.location), found]))
  const placed = new Set<string>()
  const seen = known.map(savepoint => {
    const place = savepoint.location === undefined ? undefined : normalisedLocation(savepoint.location)
    if (place === undefined) return savepoint
    placed.add(place)
    return asFound(savepoint, places.get(place), scan.missing.has(place))
  })
  const others = [...places].filter(([place]) => !placed.has(place)).map(([, found]) => found)
  const unrecorded = others.flatMap(found => {
    const job = scan.whose(found)
    return job ? [savepointOf(found, job, now)] : []
  })
  return [...seen, ...unrecorded].sort(newestFirst)
}

function asFound(savepoint: Savepoint, found: Found | undefined, missing: boolean): Savepoint {
  if (found?.state === 'complete') {
    const { gone: _, ...there } = savepoint
    return {
      ...there,
      ...(savepoint.checkpointId === undefined && defined({ checkpointId: found.checkpointId })),
      sources: [...savepoint.sources, 'scan'],
    }
  }
  const lost = savepoint.state === 'Completed' && savepoint.gone === undefined && (missing || found)
  return lost ? { ...savepoint, gone: 'missing' } : savepoint
}

function savepointOf(found: Found, job: JobRef, now: number): Savepoint {
  const { location, type, modifiedAt, checkpointId } = found
  const common = { job, type, restartPoint: false, origin: false, sources: ['scan'] } as const
  const time = modifiedAt === undefined ? undefined : utcOf(Math.floor(modifiedAt / 1_000) * 1_000)
  if (found.state === 'complete')
    return { ...common, state: 'Completed', location, ...defined({ checkpointId, completedAt: time }) }
  if (found.state === 'incomplete' && modifiedAt !== undefined && now - modifiedAt < quietMs)
    return { ...common, state: 'InProgress', location, ...defined({ requestedAt: time }) }
  const message =
    found.state === 'damaged'
      ? `the _metadata in ${location} is none of Flink`
      : `${location} has no _metadata: it was never completed, or is partly deleted`
  return { ...common, state: 'Failed', location, failure: { message }, ...defined({ requestedAt: time }) }
}
