import type { Readable } from 'node:stream'
import type { GetObjectCommandOutput, S3Client, S3ClientConfig } from '@aws-sdk/client-s3'
import type { Place } from '../../domain/places.ts'
import { bucketAndKey } from '../address.ts'
import { agentsFor, type Connecting } from '../connecting.ts'
import { type Address, type ObjectStore, objectPlace, type Pages, pagesBy } from '../objects.ts'
import { bytesOf, type Piece, wholeSize } from '../ranged.ts'
import { explain, isAbsent, isBeyondEnd, isWordless, regionIn } from './reasons.ts'

type Library = typeof import('./library.ts')

/** `s3:`, `s3a:` and `s3p:` through AWS's own client: credentials, region and endpoint from the environment and the profile. */
export async function s3Place(connecting: Connecting): Promise<Place> {
  const library = await import('./library.ts')
  return objectPlace(s3Store(library, buckets(library, connecting)), connecting)
}

/** Asks a bucket where it is; the first question tells the region. */
type Ask = <Answer>(bucket: string, question: (client: S3Client) => Promise<Answer>) => Promise<Answer>

function s3Store(library: Library, ask: Ask): ObjectStore {
  const { HeadObjectCommand, GetObjectCommand, DeleteObjectCommand } = library
  const get = ({ bucket, key }: Address, range: string, abortSignal: AbortSignal) => {
    const command = new GetObjectCommand({ Bucket: bucket, Key: key, Range: `bytes=${range}` })
    return ask(bucket, client => client.send(command, { abortSignal }))
  }
  const headNow: ObjectStore['head'] = async (at, abortSignal) => {
    const command = new HeadObjectCommand({ Bucket: at.bucket, Key: at.key })
    const found = await ask(at.bucket, client => client.send(command, { abortSignal }))
    return { size: found.ContentLength ?? 0, modifiedAt: timeOf(found.LastModified) }
  }
  const head: ObjectStore['head'] = async (at, signal) => {
    try {
      return await headNow(at, signal).catch(async error => {
        if (!isWordless(error)) throw error
        // The answer to HEAD has no words: that to GET says whether the key is wrong, has expired, or may not, or is of another region.
        await get(at, '0-0', signal)
        return await headNow(at, signal)
      })
    } catch (error) {
      return unlessAbsent(error)
    }
  }
  return {
    addressOf: bucketAndKey,
    head,
    async range(at, offset, length, signal) {
      try {
        return await pieceOf(await get(at, `${offset}-${offset + length - 1}`, signal), offset, length)
      } catch (error) {
        if (!isBeyondEnd(error)) return unlessAbsent(error)
        const empty = await head(at, signal)
        return empty && { ...empty, bytes: new Uint8Array(0) }
      }
    },
    pages: (at, prefix, options) => pages(library, ask, at, prefix, options),
    async remove({ bucket, key }, abortSignal) {
      const command = new DeleteObjectCommand({ Bucket: bucket, Key: key })
      await ask(bucket, client => client.send(command, { abortSignal })).catch(unlessAbsent)
    },
    explain,
  }
}

function pages(
  { ListObjectsV2Command }: Library,
  ask: Ask,
  { bucket }: Address,
  prefix: string,
  { most, direct }: { most: number; direct: boolean },
): Pages {
  return pagesBy(async (token, abortSignal) => {
    const command = new ListObjectsV2Command({
      ...{ Bucket: bucket, Prefix: prefix, MaxKeys: most },
      ...(direct && { Delimiter: '/' }),
      ...(token !== undefined && { ContinuationToken: token }),
    })
    const page = await ask(bucket, client => client.send(command, { abortSignal }))
    return {
      objects: (page.Contents ?? []).map(({ Key = '', Size = 0, LastModified }) => ({
        ...{ key: Key, size: Size, modifiedAt: timeOf(LastModified) },
      })),
      prefixes: (page.CommonPrefixes ?? []).map(({ Prefix = '' }) => Prefix),
      next: page.IsTruncated ? page.NextContinuationToken : undefined,
    }
  })
}

async function pieceOf(found: GetObjectCommandOutput, offset: number, length: number): Promise<Piece> {
  const whole = wholeSize(found.ContentRange)
  // A server that knows no ranges sends all of it.
  if (whole === undefined && offset > 0) throw new Error('the server does not answer ranges')
  const bytes = found.Body ? await bytesOf(found.Body as Readable, length) : new Uint8Array(0)
  return { bytes, size: whole ?? found.ContentLength ?? bytes.length, modifiedAt: timeOf(found.LastModified) }
}

function unlessAbsent(error: unknown): undefined {
  if (!isAbsent(error)) throw error
}

function timeOf(date: Date | undefined): number {
  return date?.getTime() ?? 0
}

/** A client for each region, made when a bucket turns out to be there. */
function buckets(library: Library, connecting: Connecting): Ask {
  const regions = new Map<string, string>()
  const clients = new Map<string | undefined, Promise<S3Client>>()
  const clientIn = (region: string | undefined) => {
    const client = clients.get(region) ?? clientFor(library, connecting, region)
    clients.set(region, client)
    return client
  }
  return async (bucket, question) => {
    const region = regions.get(bucket)
    try {
      return await question(await clientIn(region))
    } catch (error) {
      const other = regionIn(error)
      if (other === undefined || other === region) throw error
      regions.set(bucket, other)
      return await question(await clientIn(other))
    }
  }
}

async function clientFor(
  { S3Client, loadConfig }: Library,
  connecting: Connecting,
  region: string | undefined,
): Promise<S3Client> {
  const style = await loadConfig<string>({
    environmentVariableSelector: () => undefined,
    configFileSelector: profile => profile['s3.addressing_style'],
    default: 'auto',
  })()
  const config: S3ClientConfig = {
    requestHandler: agentsFor(connecting),
    forcePathStyle: style === 'path',
    responseChecksumValidation: 'WHEN_REQUIRED',
    logger: silent,
    ...(region && { region }),
  }
  const { config: known } = new S3Client(config)
  // Servers that are not AWS's rarely have a host name for each bucket.
  const elsewhere = style !== 'virtual' && (await known.serviceConfiguredEndpoint?.()) !== undefined
  return new S3Client({
    ...config,
    ...(elsewhere && { forcePathStyle: true }),
    ...(!(await isSomewhere(known.region)) && { region: 'us-east-1' }),
  })
}

/** Without a region in the environment and the profile, any of them tells where a bucket is. */
async function isSomewhere(region: () => Promise<string>): Promise<boolean> {
  return await region().then(
    () => true,
    () => false,
  )
}

/** The library would write to stderr. */
const silent = { trace() {}, debug() {}, info() {}, warn() {}, error() {} }
