import type { IncomingMessage } from 'node:http'
import type { File, Storage } from '@google-cloud/storage'
import type { Place } from '../../domain/places.ts'
import { bucketAndKey } from '../address.ts'
import type { Connecting } from '../connecting.ts'
import {
  type Address,
  type ObjectFacts,
  type ObjectStore,
  objectPlace,
  type Pages,
  pagesBy,
} from '../objects.ts'
import { bytesOf, type Piece, wholeSize } from '../ranged.ts'
import { explain, isAbsent, isBeyondEnd } from './reasons.ts'

/** `gs:` through Google's own client, with application default credentials; STORAGE_EMULATOR_HOST is another server. */
export async function gsPlace(connecting: Connecting): Promise<Place> {
  const { Storage } = await import('./library.ts')
  const storage = new Storage({ retryOptions: { maxRetries: 2 } })
  const emulator = connecting.env['STORAGE_EMULATOR_HOST']
  if (emulator) storage.baseUrl = apiOf(emulator)
  return objectPlace(gsStore(storage), connecting)
}

/** The library takes the variable for the address of the API itself; Google's clients in other languages for that of the server. */
function apiOf(emulator: string): string {
  const url = /^https?:/.test(emulator) ? emulator : `http://${emulator}`
  return new URL(url).pathname === '/' ? `${url.replace(/\/+$/, '')}/storage/v1` : url
}

function gsStore(storage: Storage): ObjectStore {
  const fileAt = ({ bucket, key }: Address) => storage.bucket(bucket).file(key)
  const head = async (at: Address) => {
    try {
      const [metadata] = await fileAt(at).getMetadata()
      return factsOf(metadata)
    } catch (error) {
      return unlessAbsent(error)
    }
  }
  return {
    addressOf: bucketAndKey,
    head,
    async range(at, offset, length) {
      try {
        return await piece(fileAt(at), offset, length)
      } catch (error) {
        if (!isBeyondEnd(error)) return unlessAbsent(error)
        const empty = await head(at)
        return empty && { ...empty, bytes: new Uint8Array(0) }
      }
    },
    pages: (at, prefix, options) => pages(storage, at, prefix, options),
    async remove(at) {
      await fileAt(at).delete({ ignoreNotFound: true })
    },
    explain,
  }
}

async function piece(file: File, offset: number, length: number): Promise<Piece> {
  const stream = file.createReadStream({ start: offset, end: offset + length - 1, decompress: false })
  const answered = new Promise<IncomingMessage>(resolve => stream.once('response', resolve))
  const bytes = await bytesOf(stream, length)
  const { headers } = await answered
  const whole = wholeSize(headers['content-range'])
  // A server that knows no ranges sends all of it.
  if (whole === undefined && offset > 0) throw new Error('the server does not answer ranges')
  return {
    bytes,
    size: whole ?? Number(headers['content-length'] ?? bytes.length),
    modifiedAt: Date.parse(headers['last-modified'] ?? '') || 0,
  }
}

function pages(
  storage: Storage,
  { bucket }: Address,
  prefix: string,
  { most, direct }: { most: number; direct: boolean },
): Pages {
  return pagesBy(async token => {
    const [files, , answer] = await storage.bucket(bucket).getFiles({
      ...{ prefix, maxResults: most, autoPaginate: false },
      ...(direct && { delimiter: '/' }),
      ...(token !== undefined && { pageToken: token }),
    })
    const { prefixes = [], nextPageToken } = answer as { prefixes?: string[]; nextPageToken?: string }
    const objects = files.map(({ name, metadata }) => ({ key: name, ...factsOf(metadata) }))
    return { objects, prefixes, next: nextPageToken }
  })
}

function factsOf({ size, updated }: File['metadata']): ObjectFacts {
  return { size: Number(size ?? 0), modifiedAt: Date.parse(updated ?? '') || 0 }
}

function unlessAbsent(error: unknown): undefined {
  if (!isAbsent(error)) throw error
}
