import type { Found } from './found.ts'

/** Microsoft's "PE Format". */
const processors: Readonly<Record<number, Found['arch']>> = { 34404: 'amd64', 43620: 'arm64' }
const directories = { resources: 2, certificates: 4 }
const rcdata = 10

interface Section {
  readonly address: number
  readonly size: number
  readonly offset: number
}

export interface Pe extends Found {
  /** Is a signature said to be there? */
  readonly isSigned: boolean
}

/** A program for Windows, and the blob that postject put into its resources. */
export function readPe(file: Buffer): Pe {
  const { header, optional } = headers(file)
  const resources = file.readUInt32LE(directoryAt(optional, directories.resources))
  const sections = sectionsOf(file, header)
  const blob = resources === 0 ? undefined : resourceIn(file, sections, resources)
  return {
    arch: processors[file.readUInt16LE(header)],
    blob,
    isSigned: file.readBigUInt64LE(directoryAt(optional, directories.certificates)) !== 0n,
  }
}

/**
 * Node's own signature is no longer true of a changed file, and postject leaves the entry that points to it, where something else is
 * by now: Windows says of such a file that its signature is broken, and signtool refuses to sign it.
 */
export function withoutSignature(file: Buffer): Buffer {
  const copy = Buffer.from(file)
  copy.writeBigUInt64LE(0n, directoryAt(headers(file).optional, directories.certificates))
  return copy
}

function headers(file: Buffer): { header: number; optional: number } {
  const signature = file.toString('latin1', 0, 2) === 'MZ' ? file.readUInt32LE(0x3c) : 0
  if (file.toString('latin1', signature, signature + 4) !== 'PE\0\0') throw new Error('no PE file')
  const optional = signature + 24
  if (file.readUInt16LE(optional) !== 0x20b) throw new Error('no PE file of 64 bits')
  return { header: signature + 4, optional }
}

function directoryAt(optional: number, index: number): number {
  return optional + 112 + index * 8
}

function sectionsOf(file: Buffer, header: number): Section[] {
  const count = file.readUInt16LE(header + 2)
  const first = header + 20 + file.readUInt16LE(header + 16)
  return Array.from({ length: count }, (_, index) => {
    const at = first + index * 40
    return {
      address: file.readUInt32LE(at + 12),
      size: file.readUInt32LE(at + 16),
      offset: file.readUInt32LE(at + 20),
    }
  })
}

/** RT_RCDATA, NODE_SEA_BLOB, any language. */
function resourceIn(file: Buffer, sections: readonly Section[], address: number): Buffer | undefined {
  const base = offsetOf(sections, address)
  const types = entries(file, base, 0).find(({ name }) => name === rcdata)
  const blobs = types && entries(file, base, types.at).find(({ name }) => name === 'NODE_SEA_BLOB')
  const language = blobs && entries(file, base, blobs.at)[0]
  if (!language) return undefined
  const start = offsetOf(sections, file.readUInt32LE(base + language.at))
  return file.subarray(start, start + file.readUInt32LE(base + language.at + 4))
}

function entries(file: Buffer, base: number, table: number): { name: string | number; at: number }[] {
  const count = file.readUInt16LE(base + table + 12) + file.readUInt16LE(base + table + 14)
  return Array.from({ length: count }, (_, index) => {
    const entry = base + table + 16 + index * 8
    return {
      name: nameOf(file, base, file.readUInt32LE(entry)),
      at: file.readUInt32LE(entry + 4) & 0x7fffffff,
    }
  })
}

function nameOf(file: Buffer, base: number, id: number): string | number {
  if (id < 0x80000000) return id
  const at = base + (id & 0x7fffffff)
  return file.toString('utf16le', at + 2, at + 2 + file.readUInt16LE(at) * 2)
}

function offsetOf(sections: readonly Section[], address: number): number {
  const section = sections.find(({ address: from, size }) => address >= from && address < from + size)
  if (!section) throw new Error(`no section holds address ${address.toString(16)}`)
  return address - section.address + section.offset
}
