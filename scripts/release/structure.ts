import { createHash } from 'node:crypto'
import type { Platform } from '../build/platforms.ts'
import { brokenSignature } from './formats/code-signature.ts'
import { readElf } from './formats/elf.ts'
import type { Found } from './formats/found.ts'
import { readMachO } from './formats/mach-o.ts'
import { readPe } from './formats/pe.ts'
import { readSeaBlob } from './formats/sea-blob.ts'

/** What must be in a program, each by the sha256 of what Node reads: the names of its assets, and its main file. */
export interface Carried {
  readonly main: string
  readonly assets: ReadonlyMap<string, string>
  /** The names of V8's caches: none where its V8 could not be run. */
  readonly caches: readonly string[]
}

/** What is wrong with a program, told from the file alone: as its system and its Node look at it before they run anything. */
export function brokenProgram(file: Buffer, platform: Platform, carried: Carried): string[] {
  try {
    const { found, problems } = read(file, platform)
    return [
      ...problems,
      ...(found.arch === platform.arch ? [] : [`it is for ${found.arch ?? 'another processor'}`]),
      ...brokenFuse(file),
      ...(found.blob ? brokenBlob(found.blob, carried) : ['it carries no program']),
    ]
  } catch (error) {
    if (error instanceof RangeError) return ['it ends too early, or points outside itself']
    return [(error as Error).message]
  }
}

function read(file: Buffer, { os }: Platform): { found: Found; problems: readonly string[] } {
  if (os === 'linux') return { found: readElf(file), problems: [] }
  if (os === 'darwin') {
    const found = readMachO(file)
    return { found, problems: brokenSignature(file, found) }
  }
  const found = readPe(file)
  return { found, problems: found.isSigned ? ['it points to a signature that is not true of it'] : [] }
}

/** Node looks for what it carries only where postject has turned this from 0 to 1; in one place, or it would not know which. */
function brokenFuse(file: Buffer): string[] {
  const fuse = ['NODE_SEA_FUSE', 'fce680ab2cc467b6e072b8b5df1996b2:'].join('_')
  const at = file.indexOf(fuse)
  if (at < 0 || file.indexOf(fuse, at + 1) >= 0) return ['it is no Node that carries a program']
  return file[at + fuse.length] === 0x31 ? [] : ['its Node is not told that it carries a program']
}

function brokenBlob(blob: Buffer, { main, assets, caches }: Carried): string[] {
  const inside = readSeaBlob(blob)
  const problems = sha256(inside.main) === main ? [] : ['its main file is another']
  for (const [name, wanted] of assets) {
    const asset = inside.assets.get(name)
    if (!asset) problems.push(`${name} is not in it`)
    else if (sha256(asset) !== wanted) problems.push(`${name} in it is another`)
  }
  for (const name of inside.assets.keys())
    if (!assets.has(name) && !caches.includes(name)) problems.push(`${name} in it is none of ours`)
  for (const name of caches) if (!inside.assets.has(name)) problems.push(`${name} is not in it`)
  return problems
}

export function sha256(bytes: string | Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex')
}
