import type { IncomingMessage } from 'node:http'
import type { Readable } from 'node:stream'
import { unusableAnswer } from './failures.ts'

/** The whole body, unpacked, or a Failure as soon as it is larger than `limit` bytes. */
export async function readBody(response: IncomingMessage, limit: number): Promise<Buffer> {
  const chunks: Buffer[] = []
  let length = 0
  for await (const chunk of await unpacked(response)) {
    length += (chunk as Buffer).length
    if (length > limit) {
      response.destroy()
      throw unusableAnswer(`the server answered with more than ${limit} bytes`)
    }
    chunks.push(chunk as Buffer)
  }
  return chunks.length === 1 && chunks[0] ? chunks[0] : Buffer.concat(chunks)
}

/** The API server packs answers above 128 KiB. */
export async function unpacked(response: IncomingMessage): Promise<Readable> {
  if (response.headers['content-encoding'] !== 'gzip') return response
  const { createGunzip } = await import('node:zlib')
  const unzip = createGunzip()
  response.once('error', error => unzip.destroy(error))
  return response.pipe(unzip)
}
