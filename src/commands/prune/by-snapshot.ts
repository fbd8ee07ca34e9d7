import { Failure } from '../../domain/failure.ts'
import type { Places } from '../../domain/places.ts'
import { type Cluster, refusedWith, type World } from '../../domain/ports.ts'
import { type Resource, refOf } from '../../domain/resource.ts'
import type { Deletion } from '../../prune/plan.ts'
import { deleteExactly, untilGone } from '../restore/removal.ts'
import type { Ended } from './by-storage.ts'

/** Deletes the object whose operator deletes the savepoint with it, and waits for both to be gone. */
export async function bySnapshot(
  world: World,
  cluster: Cluster,
  places: Places,
  { candidate, files }: Deletion,
  snapshot: Resource,
  timeoutMs: number,
): Promise<Ended> {
  const kept = (reason: string): Ended => ({ state: 'Kept', freedBytes: 0, reason })
  try {
    const asked = await deleteExactly(cluster, snapshot, sameSpec(snapshot))
    if (asked !== 'asked') return kept(`whether its object was deleted is not known: ${textOf(asked.unsure)}`)
    const stuck = await untilGone({ world, cluster, timeoutMs }, snapshot)
    if (stuck) return kept(`its object is being deleted: ${textOf(stuck)}`)
    const there = await places.status(`${candidate.holding.location}/_metadata`)
    if (there) return kept('its object is deleted, and it is still there')
    const freedBytes = files.reduce((sum, { bytes }) => sum + bytes, 0)
    return { state: 'Deleted', via: 'snapshot', freedBytes }
  } catch (error) {
    if (error instanceof Failure) return kept(textOf(error))
    throw error
  }
}

/** The object of a savepoint whose data is gone stands for nothing any more. What is in the way is a warning. */
export async function removeEmptySnapshot(world: World, cluster: Cluster, snapshot: Resource): Promise<void> {
  try {
    await deleteExactly(cluster, snapshot, sameSpec(snapshot))
  } catch (error) {
    if (!(error instanceof Failure)) throw error
    if (refusedWith(error, 404)) return
    const { name } = refOf(snapshot)
    world.person.warn(
      `Warning: flinkstatesnapshot/${name} stays, though its savepoint is deleted: ${textOf(error)}`,
    )
  }
}

function sameSpec(snapshot: Resource): (newer: Resource) => boolean {
  return newer => JSON.stringify(newer.spec) === JSON.stringify(snapshot.spec)
}

function textOf({ message }: Failure): string {
  return message.replace(/^error: /, '')
}
