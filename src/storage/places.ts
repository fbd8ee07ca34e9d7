import { type Failure, failure } from '../domain/failure.ts'
import type { MetadataFile, OpenFile, Place, Places } from '../domain/places.ts'

/** The place that serves a scheme (lower case; `file` also for what has none), loaded when it is first asked; undefined: none does. */
export type Doors = (scheme: string) => Promise<Place> | undefined

/** The whole path of a location without a scheme, or with `file:`; undefined: it is on another machine. */
export type PathOf = (location: string) => string | undefined

/** `Places` over the file systems by their schemes. */
export function placesOver(doors: Doors, pathOf: PathOf = pathIn): Places {
  const loaded = new Map<string, Promise<Place>>()
  const placeOf = (location: string): Promise<Place> => {
    const scheme = schemeOf(location)
    const place = loaded.get(scheme) ?? doors(scheme)
    if (!place) throw unserved(location, scheme)
    loaded.set(scheme, place)
    return place
  }
  const at = async <Answer>(location: string, ask: (place: Place, whole: string) => Promise<Answer>) => {
    const whole = schemeOf(location) === 'file' ? pathOf(location) : location
    if (whole === undefined) throw elsewhere(location)
    return await ask(await placeOf(location), whole)
  }
  const status: Place['status'] = async location => {
    const found = await at(location, (place, whole) => place.status(whole))
    return found && { ...found, location }
  }
  const open: Place['open'] = location => at(location, (place, whole) => place.open(whole))
  return {
    status,
    open,
    async *list(directory) {
      for await (const page of await at(directory, async (place, whole) => place.list(whole)))
        yield page.map(each => ({ ...each, location: below(directory, lastName(each.location)) }))
    },
    remove: file => at(file, (place, whole) => place.remove(whole)),
    removeDirectory: directory => at(directory, (place, whole) => place.removeDirectory(whole)),
    openMetadata: location => at(location, openMetadata),
    sizeOf: async location => {
      const found = await status(location).catch(() => 'unknown' as const)
      return found === 'unknown' ? found : (found?.sizeBytes ?? 'missing')
    },
    headOf: async (location, bytes, at = 0) =>
      await open(location)
        .then(file => head(file, bytes, at))
        .catch(() => undefined),
  }
}

/** `s3` of `S3://b/a`; `file` of paths. One letter is a drive of Windows. */
export function schemeOf(location: string): string {
  return /^([A-Za-z][A-Za-z0-9+.-]+):/.exec(location)?.[1]?.toLowerCase() ?? 'file'
}

/** Spelled as the directory is. */
export function below(directory: string, name: string): string {
  return `${directory.replace(/\/+$/, '')}/${name}`
}

export function lastName(location: string): string {
  return location.replace(/\/+$/, '').replace(/^.*\//s, '')
}

/** Flink's Path does not decode percent signs. undefined: on another machine. */
export function pathIn(location: string): string | undefined {
  const path = location.replace(/^file:/i, '').replace(/^\/\/(localhost)?(?=\/)/i, '')
  return path.startsWith('//') || path.includes('\0') ? undefined : path
}

/** The file in the directory is asked for first: who may read it need not be allowed to list. */
async function openMetadata(place: Place, location: string): Promise<MetadataFile> {
  if (lastName(location) === '_metadata') return await opened(place, location)
  const inside = below(location, '_metadata')
  try {
    return await opened(place, inside)
  } catch (error) {
    if ((await place.status(inside)) !== undefined) throw error
  }
  const found = await place.status(location)
  if (found === undefined) throw failure('not-asked', `cannot read ${location}: no such file or directory`)
  // Flink writes `_metadata` last of all.
  if (found.kind === 'directory')
    throw failure(
      'not-asked',
      `cannot read ${inside}: no such file: the directory holds no savepoint, or one that was never completed`,
    )
  return await opened(place, location)
}

async function opened(place: Place, location: string): Promise<MetadataFile> {
  const directory = location.replace(/\/+[^/]*$/, '')
  return {
    ...(await place.open(location)),
    shown: location,
    directory: schemeOf(location) === 'file' ? `file:${directory}` : directory,
  }
}

async function head(file: OpenFile, bytes: number, at: number): Promise<Uint8Array> {
  try {
    const into = Buffer.alloc(Math.max(0, Math.min(bytes, file.size - at)))
    let length = 0
    while (length < into.length) {
      const more = await file.read(at + length, into.subarray(length))
      if (more === 0) break
      length += more
    }
    return into.subarray(0, length)
  } finally {
    await file.close()
  }
}

function elsewhere(location: string): Failure {
  return failure('not-asked', `cannot read ${location}: it is not on this machine`)
}

function unserved(location: string, scheme: string): Failure {
  return failure(
    'not-asked',
    `cannot read ${location}: ${scheme}: is no file system that can be read from here`,
    'copy the directory of the savepoint to this machine and give its path',
  )
}
