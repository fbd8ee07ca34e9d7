import { createHash } from 'node:crypto'
import type { MachO } from './mach-o.ts'

/** Apple's cs_blobs.h. All numbers in it are big-endian. */
const embeddedSignature = 0xfade0cc0
const codeDirectory = 0xfade0c02
const adHoc = 0x2
const sha256 = 2

/** Why macOS would not run a signed program: every page is held to its hash, as the kernel does when it is first touched. */
export function brokenSignature(file: Buffer, { signature }: Pick<MachO, 'signature'>): string[] {
  if (!signature) return ['it is not signed']
  const { offset, size } = signature
  if (offset % 16 !== 0) return [`the signature begins at ${offset}, which is no multiple of 16`]
  if (offset + size !== file.length) return ['the signature does not end the file']
  const blob = file.subarray(offset, offset + size)
  if (blob.readUInt32BE(0) !== embeddedSignature) return ['there is no signature where one should be']
  const pieces = piecesOf(blob)
  const directory = pieces.get(0)
  if (directory?.readUInt32BE(0) !== codeDirectory) return ['the signature has no code directory']
  return brokenDirectory(file.subarray(0, offset), directory, pieces)
}

function piecesOf(blob: Buffer): Map<number, Buffer> {
  const count = blob.readUInt32BE(8)
  return new Map(
    Array.from({ length: count }, (_, index) => {
      const at = blob.readUInt32BE(16 + index * 8)
      return [blob.readUInt32BE(12 + index * 8), blob.subarray(at, at + blob.readUInt32BE(at + 4))]
    }),
  )
}

function brokenDirectory(code: Buffer, directory: Buffer, pieces: ReadonlyMap<number, Buffer>): string[] {
  const problems: string[] = []
  if ((directory.readUInt32BE(12) & adHoc) === 0) problems.push('the signature is not ad hoc')
  if (directory[36] !== 32 || directory[37] !== sha256) problems.push('its hashes are not of sha256')
  if (directory.readUInt32BE(32) !== code.length) problems.push('it does not cover the file up to itself')
  const hashes = directory.readUInt32BE(16)
  const hashAt = (slot: number) => directory.subarray(hashes + slot * 32, hashes + slot * 32 + 32)
  const pageSize = 2 ** (directory[39] ?? 0)
  const pages = Math.ceil(code.length / pageSize)
  if (directory.readUInt32BE(28) !== pages) problems.push(`it has no hash for each of ${pages} pages`)
  for (let page = 0; page < pages; page++) {
    if (!hashOf(code.subarray(page * pageSize, (page + 1) * pageSize)).equals(hashAt(page)))
      return [...problems, `page ${page} is not what was signed`]
  }
  // Requirements, entitlements and the like stand before the pages, counted backwards.
  const special = directory.readUInt32BE(24)
  for (const [slot, piece] of pieces) {
    if (slot > 0 && slot <= special && !hashOf(piece).equals(hashAt(-slot)))
      problems.push(`piece ${slot} of the signature is not what was signed`)
  }
  return problems
}

function hashOf(bytes: Buffer): Buffer {
  return createHash('sha256').update(bytes).digest()
}
