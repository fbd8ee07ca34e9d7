import type { Readable } from 'node:stream'
import type { BlobItem, BlobServiceClient, ContainerClient } from '@azure/storage-blob'
import type { Place } from '../../domain/places.ts'
import type { Connecting } from '../connecting.ts'
import {
  type Address,
  type ObjectFacts,
  type ObjectStore,
  objectPlace,
  type Pages,
  pagesBy,
} from '../objects.ts'
import { bytesOf, wholeSize } from '../ranged.ts'
import { azureAddress, serviceFor } from './account.ts'
import { explain, isAbsent, isBeyondEnd } from './reasons.ts'

/** `abfs:`, `abfss:`, `wasb:` and `wasbs:` through Azure's own client, always by HTTPS. */
export async function azurePlace(connecting: Connecting): Promise<Place> {
  const library = await import('./library.ts')
  const services = new Map<string, BlobServiceClient>()
  const containerOf = ({ bucket }: Address) => {
    const [container = '', host = ''] = bucket.split('@')
    const service = services.get(host) ?? serviceFor(library, host, connecting)
    services.set(host, service)
    return service.getContainerClient(container)
  }
  return objectPlace(azureStore(containerOf), connecting)
}

function azureStore(containerOf: (at: Address) => ContainerClient): ObjectStore {
  const blobAt = (at: Address) => containerOf(at).getBlobClient(at.key)
  const head = async (at: Address, abortSignal: AbortSignal): Promise<ObjectFacts | undefined> => {
    try {
      const { contentLength, lastModified, metadata } = await blobAt(at).getProperties({ abortSignal })
      return factsOf(contentLength, lastModified, metadata)
    } catch (error) {
      return unlessAbsent(error)
    }
  }
  return {
    addressOf: azureAddress,
    head,
    async range(at, offset, length, abortSignal) {
      try {
        const found = await blobAt(at).download(offset, length, { abortSignal, maxRetryRequests: 2 })
        const bytes = await bytesOf(found.readableStreamBody as Readable, length)
        const size = wholeSize(found.contentRange) ?? found.contentLength ?? bytes.length
        return { bytes, size, modifiedAt: found.lastModified?.getTime() ?? 0 }
      } catch (error) {
        if (!isBeyondEnd(error)) return unlessAbsent(error)
        const empty = await head(at, abortSignal)
        return empty && { ...empty, bytes: new Uint8Array(0) }
      }
    },
    pages: (at, prefix, options) => pages(containerOf(at), prefix, options),
    async remove(at, abortSignal) {
      await blobAt(at).deleteIfExists({ abortSignal })
    },
    foldersAreObjects: true,
    explain,
  }
}

function pages(
  container: ContainerClient,
  prefix: string,
  { most, direct }: { most: number; direct: boolean },
): Pages {
  return pagesBy(async (token, abortSignal) => {
    const options = { prefix, includeMetadata: true, abortSignal }
    const settings = { maxPageSize: most, ...(token !== undefined && { continuationToken: token }) }
    if (!direct) {
      const { value } = await container.listBlobsFlat(options).byPage(settings).next()
      return { objects: objectsIn(value?.segment), prefixes: [], next: value?.continuationToken }
    }
    const { value } = await container.listBlobsByHierarchy('/', options).byPage(settings).next()
    const prefixes = value?.segment?.blobPrefixes ?? []
    const names = prefixes.map(({ name }: { name: string }) => name)
    return { objects: objectsIn(value?.segment), prefixes: names, next: value?.continuationToken }
  })
}

function objectsIn(segment: { blobItems: BlobItem[] } | undefined): ReturnType<typeof objectOf>[] {
  return (segment?.blobItems ?? []).map(objectOf)
}

function objectOf({ name, properties, metadata }: BlobItem): ObjectFacts & { key: string } {
  return { key: name, ...factsOf(properties.contentLength, properties.lastModified, metadata) }
}

/** Hadoop's file systems mark a directory so, and so do accounts with a hierarchical namespace. */
function factsOf(
  size: number | undefined,
  modified: Date | undefined,
  metadata: Readonly<Record<string, string>> | undefined,
): ObjectFacts {
  const isFolder = metadata?.['hdi_isfolder'] === 'true'
  return { size: size ?? 0, modifiedAt: modified?.getTime() ?? 0, ...(isFolder && { isFolder }) }
}

function unlessAbsent(error: unknown): undefined {
  if (!isAbsent(error)) throw error
}
