import { createHash } from 'node:crypto'

/** Small files of the three formats, as far as the readers look, each with a blob and Node's fuse in it. */

export const fuse = ['NODE_SEA_FUSE', 'fce680ab2cc467b6e072b8b5df1996b2:1'].join('_')

function u16(...numbers: number[]): Buffer {
  const bytes = Buffer.alloc(numbers.length * 2)
  for (const [index, number] of numbers.entries()) bytes.writeUInt16LE(number, index * 2)
  return bytes
}

function u32(...numbers: number[]): Buffer {
  const bytes = Buffer.alloc(numbers.length * 4)
  for (const [index, number] of numbers.entries()) bytes.writeUInt32LE(number, index * 4)
  return bytes
}

function big32(...numbers: number[]): Buffer {
  return u32(...numbers).swap32()
}

function u64(...numbers: number[]): Buffer {
  const bytes = Buffer.alloc(numbers.length * 8)
  for (const [index, number] of numbers.entries()) bytes.writeBigUInt64LE(BigInt(number), index * 8)
  return bytes
}

/** As Node's SeaSerializer writes it. */
export function seaBlob(main: string, assets: Readonly<Record<string, string>>): Buffer {
  const piece = (text: string) => Buffer.concat([u64(text.length), Buffer.from(text)])
  const pieces = Object.entries(assets).flatMap(([name, text]) => [piece(name), piece(text)])
  const head = [u32(0x143da20, 1 | 8), Buffer.alloc(2), piece('../main.cjs'), piece(main)]
  return Buffer.concat([...head, u64(pieces.length / 2), ...pieces])
}

export function elf(blob: Buffer, { machine = 62, noteName = 'NODE_SEA_BLOB' } = {}): Buffer {
  const name = Buffer.alloc(16)
  name.write(noteName)
  const other = Buffer.concat([u32(4, 3, 1), Buffer.from('GNU\0abc\0')])
  const note = Buffer.concat([other, u32(noteName.length + 1, blob.length, 0), name, blob])
  const header = Buffer.concat([
    Buffer.from([0x7f, 0x45, 0x4c, 0x46, 2, 1, 1, 0, ...Buffer.alloc(8)]),
    ...[u16(2, machine), u32(1), u64(0, 64, 0), u32(0), u16(64, 56, 1, 0, 0, 0)],
  ])
  const segment = Buffer.concat([u32(4, 4), u64(120, 0, 0, note.length, note.length, 4)])
  return Buffer.concat([header, segment, note, Buffer.from(fuse)])
}

function machOName(name: string): Buffer {
  const bytes = Buffer.alloc(16)
  bytes.write(name)
  return bytes
}

/** Unsigned, and of a length that is no multiple of 16. */
export function machO(blob: Buffer, { cpu = 16777228, segmentName = 'NODE_SEA' } = {}): Buffer {
  const tail = Buffer.from(`${fuse}symbols`)
  const start = 32 + 152 + 72 + 16
  const linkedit = start + blob.length
  const section = [
    machOName('__NODE_SEA_BLOB'),
    machOName(segmentName),
    u64(0, blob.length),
    u32(start),
    Buffer.alloc(28),
  ]
  const commands = [
    ...[u32(0x19, 152), machOName(segmentName), u64(0, 0, start, blob.length), u32(1, 1, 1, 0), ...section],
    ...[u32(0x19, 72), machOName('__LINKEDIT'), u64(0, 0, linkedit, tail.length), u32(1, 1, 0, 0)],
    // Room for the command of a signature.
    Buffer.alloc(16),
  ]
  const header = u32(0xfeedfacf, cpu, 0, 2, 2, 224, 0, 0)
  return Buffer.concat([header, ...commands, blob, tail])
}

/** Signs as Apple's codesign does ad hoc: a hash for each page of 4096 bytes, and one for the requirements. */
export function signed(file: Buffer, { flags = 2 } = {}): Buffer {
  const code = Buffer.from(file)
  const pages = Math.ceil(code.length / 4096)
  const requirements = big32(0xfade0c01, 12, 0)
  const hashes = 44 + 2 * 32
  const directorySize = hashes + pages * 32
  const size = 28 + directorySize + requirements.length
  code.writeUInt32LE(3, 16)
  u32(0x1d, 16, code.length, size).copy(code, 32 + 152 + 72)
  const hash = (bytes: Buffer) => createHash('sha256').update(bytes).digest()
  const special = [hash(requirements), Buffer.alloc(32)]
  const pageHashes = Array.from({ length: pages }, (_, page) =>
    hash(code.subarray(page * 4096, (page + 1) * 4096)),
  )
  const directory = Buffer.concat([
    big32(0xfade0c02, directorySize, 0x20100, flags, hashes, 44, 2, pages, code.length),
    Buffer.from([32, 2, 0, 12, 0, 0, 0, 0]),
    ...[...special, ...pageHashes],
  ])
  const index = big32(0xfade0cc0, size, 2, 0, 28, 2, 28 + directorySize)
  return Buffer.concat([code, index, directory, requirements])
}

export function pe(
  blob: Buffer,
  { machine = 0x8664, name = 'NODE_SEA_BLOB', certificates = 0 } = {},
): Buffer {
  const address = 0x1000
  const head = 64 + 4 + 20 + 240 + 40
  const text = Buffer.concat([u16(name.length), Buffer.from(name, 'utf16le')])
  const table = (entry: Buffer, named: number) =>
    Buffer.concat([Buffer.alloc(12), u16(named, 1 - named), entry])
  const resources = Buffer.concat([
    table(u32(10, 0x80000018), 0),
    table(u32(0x80000058, 0x80000030), 1),
    table(u32(1033, 0x48), 0),
    u32(address + 0x58 + text.length, blob.length, 0, 0),
    ...[text, blob],
  ])
  const optional = Buffer.alloc(240)
  optional.writeUInt16LE(0x20b)
  u32(address, resources.length).copy(optional, 112 + 2 * 8)
  u32(certificates, certificates).copy(optional, 112 + 4 * 8)
  const dos = Buffer.alloc(64)
  dos.write('MZ')
  dos.writeUInt32LE(64, 0x3c)
  const section = [
    Buffer.from('.rsrc\0\0\0'),
    u32(resources.length, address, resources.length, head),
    Buffer.alloc(16),
  ]
  const header = [Buffer.from('PE\0\0'), u16(machine, 1), u32(0, 0, 0), u16(240, 0)]
  return Buffer.concat([dos, ...header, optional, ...section, resources, Buffer.from(fuse)])
}
