import type { Found } from './found.ts'

const processors: Readonly<Record<number, Found['arch']>> = { 62: 'amd64', 183: 'arm64' }
const note = 4

/** A program for Linux, and the blob that postject put into a note (postject-api.h looks for it by the note's name). */
export function readElf(file: Buffer): Found {
  const isElf64 = file.readUInt32BE(0) === 0x7f454c46 && file[4] === 2 && file[5] === 1
  if (!isElf64) throw new Error('no little-endian ELF file of 64 bits')
  const table = Number(file.readBigUInt64LE(32))
  const size = file.readUInt16LE(54)
  const count = file.readUInt16LE(56)
  let blob: Buffer | undefined
  for (let index = 0; index < count && blob === undefined; index++) {
    const at = table + index * size
    if (file.readUInt32LE(at) !== note) continue
    const offset = Number(file.readBigUInt64LE(at + 8))
    blob = noteIn(file.subarray(offset, offset + Number(file.readBigUInt64LE(at + 32))), 'NODE_SEA_BLOB')
  }
  return { arch: processors[file.readUInt16LE(18)], blob }
}

function noteIn(notes: Buffer, wanted: string): Buffer | undefined {
  let at = 0
  while (at + 12 <= notes.length) {
    const nameSize = notes.readUInt32LE(at)
    const size = notes.readUInt32LE(at + 4)
    const start = at + 12 + aligned(nameSize)
    const name = notes.toString('latin1', at + 12, at + 12 + nameSize).replace(/\0+$/, '')
    if (name === wanted) return notes.subarray(start, start + size)
    at = start + aligned(size)
  }
  return undefined
}

function aligned(size: number): number {
  return Math.ceil(size / 4) * 4
}
