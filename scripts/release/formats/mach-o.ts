import type { Found } from './found.ts'

/** Apple's <mach-o/loader.h>. */
const magic64 = 0xfeedfacf
const processors: Readonly<Record<number, Found['arch']>> = { 16777223: 'amd64', 16777228: 'arm64' }
const headerSize = 32
const segment64 = 0x19
const codeSignature = 0x1d

interface Segment {
  readonly name: string
  /** Where its command stands, to change it there. */
  readonly at: number
  readonly fileOffset: number
  readonly fileSize: number
}

export interface MachO extends Found {
  readonly segments: readonly Segment[]
  readonly signature?: { readonly offset: number; readonly size: number }
}

/** A program for macOS, and the blob that postject put into a segment of its own. */
export function readMachO(file: Buffer): MachO {
  if (file.readUInt32LE(0) !== magic64) throw new Error('no Mach-O file of 64 bits')
  const segments: Segment[] = []
  let signature: MachO['signature']
  let blob: Buffer | undefined
  for (const { kind, at } of commands(file)) {
    if (kind === codeSignature) {
      signature = { offset: file.readUInt32LE(at + 8), size: file.readUInt32LE(at + 12) }
    }
    if (kind !== segment64) continue
    const segment = segmentAt(file, at)
    segments.push(segment)
    if (segment.name === 'NODE_SEA') blob = sectionOf(file, at, '__NODE_SEA_BLOB')
  }
  return {
    arch: processors[file.readUInt32LE(4)],
    blob,
    segments,
    ...(signature && { signature }),
  }
}

function* commands(file: Buffer): Generator<{ kind: number; at: number }> {
  const count = file.readUInt32LE(16)
  let at = headerSize
  for (let index = 0; index < count; index++) {
    yield { kind: file.readUInt32LE(at), at }
    at += file.readUInt32LE(at + 4)
  }
}

function segmentAt(file: Buffer, at: number): Segment {
  return {
    name: nameAt(file, at + 8),
    at,
    fileOffset: Number(file.readBigUInt64LE(at + 40)),
    fileSize: Number(file.readBigUInt64LE(at + 48)),
  }
}

function sectionOf(file: Buffer, segment: number, wanted: string): Buffer | undefined {
  const count = file.readUInt32LE(segment + 64)
  for (let index = 0; index < count; index++) {
    const at = segment + 72 + index * 80
    if (nameAt(file, at) !== wanted) continue
    const offset = file.readUInt32LE(at + 48)
    return file.subarray(offset, offset + Number(file.readBigUInt64LE(at + 40)))
  }
  return undefined
}

function nameAt(file: Buffer, at: number): string {
  return file.toString('latin1', at, at + 16).replace(/\0.*$/, '')
}

/**
 * The file up to where a signature goes: Apple's tools put one at a multiple of 16, what postject leaves ends anywhere. The last
 * segment, __LINKEDIT, must reach to the end.
 */
export function readyToSign(file: Buffer): Buffer {
  const { segments, signature } = readMachO(file)
  if (signature) throw new Error('it has a signature already')
  const last = segments.find(({ name }) => name === '__LINKEDIT')
  if (!last || last.fileOffset + last.fileSize !== file.length)
    throw new Error('__LINKEDIT does not end the file')
  const missing = (16 - (file.length % 16)) % 16
  const padded = Buffer.concat([file, Buffer.alloc(missing)])
  padded.writeBigUInt64LE(BigInt(last.fileSize + missing), last.at + 48)
  return padded
}
