import type { Resource } from '../domain/resource.ts'
import type { JobRef, Savepoint } from '../domain/savepoint.ts'
import { utc } from '../domain/time.ts'
import type { SnapshotSource } from '../operators/job-operator.ts'

/** A job as it is told which snapshots are its own. */
export interface SnapshotOwner {
  readonly job: JobRef
  readonly creationTimestamp?: string | undefined
}

/** Savepoints that are objects of their own, of many jobs: nothing of the objects is kept. */
export interface SnapshotStore {
  /** Whose it is (`jobKey`); undefined: nobody's. */
  put(snapshot: Resource): string | undefined
  remove(snapshot: Resource): string | undefined
  /** All of a job, or the one that is meant. A snapshot names its job, and outlives it (seen on 1.15.0): one that is older than the object belongs to an earlier one of that name, whose uid nobody knows. */
  of(owner: SnapshotOwner, only?: Resource): readonly Savepoint[]
}

interface Kept {
  readonly savepoint: Savepoint
  readonly created?: string
}

export function snapshotStore(sources: readonly SnapshotSource[]): SnapshotStore {
  const jobs = new Map<string, Map<string, Kept>>()
  const of = (snapshot: Resource) => {
    const source = sources.find(({ kind }) => kind === snapshot.kind)
    const named = source?.jobOf(snapshot)
    if (!source || !named) return undefined
    const { apiVersion, metadata } = snapshot
    return { source, job: { apiVersion, namespace: metadata.namespace, ...named, uid: '' } }
  }
  return {
    put(snapshot) {
      const its = of(snapshot)
      if (!its) return undefined
      const key = jobKey(its.job)
      const kept = jobs.get(key) ?? new Map<string, Kept>()
      jobs.set(key, kept)
      const { name, creationTimestamp } = snapshot.metadata
      const created = utc(creationTimestamp)
      kept.set(name, { savepoint: its.source.savepoint(snapshot, its.job), ...(created && { created }) })
      return key
    },
    remove(snapshot) {
      const its = of(snapshot)
      if (!its) return undefined
      jobs.get(jobKey(its.job))?.delete(snapshot.metadata.name)
      return jobKey(its.job)
    },
    of({ job, creationTimestamp }, only) {
      const since = utc(creationTimestamp) ?? ''
      const all = jobs.get(jobKey(job))
      const meant = only ? [all?.get(only.metadata.name)] : [...(all?.values() ?? [])]
      return meant
        .filter(kept => kept !== undefined)
        .map(({ savepoint, created }) => ({
          ...savepoint,
          job: created !== undefined && created < since ? { ...job, uid: '' } : job,
        }))
    },
  }
}

/** The same of a job and of what names it. */
export function jobKey({ kind, namespace, name }: Pick<JobRef, 'kind' | 'namespace' | 'name'>): string {
  return `${kind}/${namespace}/${name}`
}
