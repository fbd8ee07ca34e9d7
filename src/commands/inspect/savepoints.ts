import { failure } from '../../domain/failure.ts'
import type { MetadataFile, Places } from '../../domain/places.ts'
import type { World } from '../../domain/ports.ts'
import type { RestoreTarget } from '../../domain/savepoint.ts'
import { type Inspected, inspectMetadata } from '../../savepoint/inspect.ts'
import type { Meant } from './meant.ts'
import type { InspectOptions } from './options.ts'

/** The savepoints that are meant. What looks for those of a job is loaded where one is named. */
export async function meantSavepoints(world: World, options: InspectOptions): Promise<Meant> {
  const { job, savepoints } = options
  if (job) return (await import('./of-job.ts')).savepointsOfJob(world, job, options)
  const targets = savepoints.map(name => ({ location: name.by === 'location' ? name.location : '' }))
  return { places: world.places, targets }
}

/** So long a file names so many others that what is kept of each counts. */
const longFile = 8 * 1024 * 1024

/** What is in one of them. */
export async function inspected(
  { places, ofJob }: Meant,
  target: RestoreTarget,
  { interrupted, spareMemory }: World,
  wanted: { readonly files: boolean },
): Promise<Inspected> {
  const file = await places.openMetadata(target.location)
  try {
    // What is read is short-lived but the names: without this V8 keeps twice as much before it collects the rest.
    if (wanted.files && file.size > longFile) await spareMemory()
    const found = await inspectMetadata(...interruptible(file, places, interrupted), wanted)
    return ofJob ? { ...found, inspection: { ...found.inspection, savepoint: target } } : found
  } finally {
    await file.close()
  }
}

/** A long file is not read to its end after Ctrl-C, nor many others looked into. */
function interruptible(
  file: MetadataFile,
  places: Places,
  interrupted: AbortSignal,
): readonly [file: MetadataFile, places: Pick<Places, 'headOf'>] {
  const check = () => {
    if (interrupted.aborted) throw failure('interrupted', 'interrupted')
  }
  const read: MetadataFile['read'] = async (offset, into) => {
    check()
    return await file.read(offset, into)
  }
  const headOf: Places['headOf'] = async (location, bytes, at) => {
    check()
    return await places.headOf(location, bytes, at)
  }
  return [{ ...file, read }, { headOf }]
}
