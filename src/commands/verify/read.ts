import { Failure } from '../../domain/failure.ts'
import type { MetadataFile, Places } from '../../domain/places.ts'
import { type Inspected, inspectMetadata } from '../../savepoint/inspect.ts'

/** What is in a savepoint; or that there is none, or a damaged one (Fails); or that it could not be read. */
export type Read =
  | { readonly result: 'Holds'; readonly inspected: Inspected }
  | { readonly result: 'Fails' | 'Unknown'; readonly message: string; readonly absent?: true }

/** Reads a savepoint as far as the signal lets it. */
export async function readSavepoint(
  places: Places,
  location: string,
  wanted: { readonly files: boolean },
  signal: AbortSignal,
): Promise<Read> {
  try {
    if (await isAbsent(places, location)) return absent(location)
    const file = await places.openMetadata(location)
    try {
      return await readOpen(file, places, wanted, signal)
    } finally {
      await file.close()
    }
  } catch (error) {
    if (!(error instanceof Failure)) throw error
    return { result: 'Unknown', message: `it could not be read: ${reasonOf(error)}` }
  }
}

/** Neither a directory with a `_metadata` in it, nor that file. */
async function isAbsent(places: Places, location: string): Promise<boolean> {
  const found = await places.status(location)
  if (found?.kind !== 'directory') return found === undefined
  return (await places.status(`${location.replace(/\/+$/, '')}/_metadata`)) === undefined
}

function absent(location: string): Read {
  return {
    result: 'Fails',
    message: `there is no savepoint at ${location}, or one that was never completed`,
    absent: true,
  }
}

/** What the file is to blame for is told from what its reading is. */
async function readOpen(
  file: MetadataFile,
  places: Places,
  wanted: { readonly files: boolean },
  signal: AbortSignal,
): Promise<Read> {
  let unreadable: unknown
  const watched: MetadataFile = {
    ...file,
    async read(offset, into) {
      try {
        signal.throwIfAborted()
        return await file.read(offset, into)
      } catch (error) {
        unreadable = error
        throw error
      }
    },
  }
  try {
    return { result: 'Holds', inspected: await inspectMetadata(watched, places, wanted) }
  } catch (error) {
    if (signal.aborted) return { result: 'Unknown', message: 'it was not read to its end in time' }
    if (!(error instanceof Failure) || unreadable !== undefined) throw error
    return { result: beyondUs.test(error.message) ? 'Unknown' : 'Fails', message: reasonOf(error) }
  }
}

/** What another Flink may have written, and read: versions come, and handles come without one (flink-runtime MetadataV2V3SerializerBase). */
const beyondUs = /handle of type \d+ in this format|it has format version \d+/

export function reasonOf({ message }: Error): string {
  return message.replace(/^error: /, '')
}
