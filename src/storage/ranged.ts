import type { Readable } from 'node:stream'
import { failure } from '../domain/failure.ts'
import type { OpenFile } from '../domain/places.ts'

/** A piece of a file, and what is known of the whole. */
export interface Piece {
  readonly bytes: Uint8Array
  /** Of the whole. */
  readonly size: number
  /** Epoch ms. */
  readonly modifiedAt: number
}

/** The bytes from `offset` on, at most so many. */
export type Reach = (offset: number, length: number) => Promise<Piece>

/** With the file itself so much is asked for: most `_metadata` are smaller, and need no second request. */
export const firstPiece = 64 * 1024
/** Whoever reads on and on is given four times as much each time. */
const largestPiece = 8 * 1024 * 1024

/** A file of which pieces are asked for as they are needed. No more than one is kept. */
export async function openRanged(location: string, reach: Reach): Promise<OpenFile> {
  const first = await reach(0, firstPiece)
  const { size, modifiedAt } = first
  let kept = { offset: 0, bytes: first.bytes }
  const pieceAt = async (offset: number, wanted: number) => {
    const end = kept.offset + kept.bytes.length
    if (offset >= kept.offset && offset < end) return kept
    const length = offset === end ? Math.max(wanted, kept.bytes.length * 4) : Math.max(wanted, firstPiece)
    const piece = await reach(offset, Math.min(length, largestPiece, size - offset))
    if (piece.size !== size || piece.bytes.length === 0)
      throw failure('not-asked', `cannot read ${location}: it changed while it was read`)
    kept = { offset, bytes: piece.bytes }
    return kept
  }
  return {
    size,
    modifiedAt,
    async read(offset, into) {
      if (offset >= size || into.length === 0) return 0
      const piece = await pieceAt(offset, into.length)
      const from = offset - piece.offset
      const bytes = piece.bytes.subarray(from, from + into.length)
      into.set(bytes)
      return bytes.length
    },
    close: async () => {},
  }
}

/** At most so many bytes of a body; whoever sends more is cut off. */
export async function bytesOf(body: Readable, most: number): Promise<Uint8Array> {
  const chunks: Buffer[] = []
  let length = 0
  for await (const chunk of body) {
    chunks.push(Buffer.from(chunk))
    length += chunk.length
    if (length >= most) break
  }
  return Buffer.concat(chunks).subarray(0, most)
}

/** The size of the whole, of `bytes 0-99/1234`. */
export function wholeSize(contentRange: string | undefined): number | undefined {
  const size = Number(/^bytes \d+-\d+\/(\d+)$/.exec(contentRange ?? '')?.[1] ?? Number.NaN)
  return Number.isSafeInteger(size) ? size : undefined
}
