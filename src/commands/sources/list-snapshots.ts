import { Failure } from '../../domain/failure.ts'
import type { Cluster, ServedKind } from '../../domain/ports.ts'
import type { Savepoint } from '../../domain/savepoint.ts'
import { type SnapshotOwner, type SnapshotStore, snapshotStore } from '../../history/snapshots.ts'
import { operatorOf } from '../../operators/index.ts'
import type { SnapshotSource } from '../../operators/job-operator.ts'

/** A kind that was listed, and where a watch of it goes on. */
export interface ListedKindOf {
  readonly kind: ServedKind
  readonly resourceVersion: string
}

/** The savepoints that are objects of their own, and what of them can be watched. */
export interface Snapshots {
  readonly store: SnapshotStore
  readonly watchable: readonly ListedKindOf[]
  of(owner: SnapshotOwner): readonly Savepoint[]
}

/** Of kinds of jobs whose operators have none: nothing is asked. */
export const noSnapshots: Snapshots = { store: snapshotStore([]), watchable: [], of: () => [] }

/**
 * One paged list for each kind of snapshots that the operators of these jobs have, whatever the number of jobs; nothing
 * where the server has no such kind. What cannot be read is said by `say`.
 */
export async function listSnapshots(
  cluster: Cluster,
  jobs: readonly Pick<ServedKind, 'apiVersion' | 'kind'>[],
  namespace: string | undefined,
  say: (text: string, refusal: Failure) => void,
): Promise<Snapshots> {
  const sources = await sourcesOf(jobs)
  if (sources.length === 0) return noSnapshots
  const store = snapshotStore(sources)
  const listed = await Promise.all(sources.map(source => listInto(store, cluster, source, namespace, say)))
  return { store, watchable: listed.filter(each => each !== undefined), of: owner => store.of(owner) }
}

/** Several kinds of jobs have one kind of snapshots. */
async function sourcesOf(
  jobs: readonly Pick<ServedKind, 'apiVersion' | 'kind'>[],
): Promise<SnapshotSource[]> {
  const all = await Promise.all(jobs.map(job => operatorOf(job).snapshots?.()))
  return [...new Set(all)].filter(source => source !== undefined)
}

async function listInto(
  store: SnapshotStore,
  cluster: Cluster,
  { group, kind }: SnapshotSource,
  namespace: string | undefined,
  say: (text: string, refusal: Failure) => void,
): Promise<ListedKindOf | undefined> {
  try {
    const served = await cluster.served(group, kind, 'remembered')
    if (!served) return undefined
    let first: string | undefined
    for await (const { items, resourceVersion } of cluster.list(served, namespace)) {
      first ??= resourceVersion
      for (const snapshot of items) store.put(snapshot)
    }
    return { kind: served, resourceVersion: first ?? '' }
  } catch (error) {
    if (!(error instanceof Failure)) throw error
    say(`what ${kind}s say is not in this list: ${error.message}`, error)
    return undefined
  }
}
