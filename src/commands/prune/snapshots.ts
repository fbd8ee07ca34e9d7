import { normalisedLocation } from '../../domain/location.ts'
import type { Cluster } from '../../domain/ports.ts'
import type { Resource } from '../../domain/resource.ts'
import type { Candidate } from '../../prune/holding.ts'
import { factsOf, type Subject } from '../job/which-operator.ts'

export interface SnapshotsByPlace {
  readonly known: ReadonlyMap<string, NonNullable<Candidate['snapshot']>>
  readonly objects: ReadonlyMap<string, Resource>
}

/** The snapshots of the job, by the normalised location of what each stands for. Throws where they cannot be listed: what one would delete has to be known. */
export async function snapshotsOf(cluster: Cluster, subject: Subject): Promise<SnapshotsByPlace> {
  const known = new Map<string, NonNullable<Candidate['snapshot']>>()
  const objects = new Map<string, Resource>()
  const source = await subject.operator.snapshots?.()
  const kind = source && (await cluster.served(source.group, source.kind, 'remembered'))
  if (!source || !kind) return { known, objects }
  const { job } = factsOf(subject)
  for await (const { items } of cluster.list(kind, job.namespace)) {
    for (const item of items) {
      const of = source.jobOf(item)
      if (of?.kind !== job.kind || of.name !== job.name) continue
      const { location, type, disposeOnDelete } = source.savepoint(item, job)
      if (location === undefined || type !== 'savepoint') continue
      const place = normalisedLocation(location)
      known.set(place, { name: item.metadata.name, disposes: disposeOnDelete === true })
      objects.set(place, item)
    }
  }
  return { known, objects }
}
