/** Node's src/node_sea.cc, SeaSerializer. */
const magic = 0x143da20
const flags = { codeCache: 1 << 2, assets: 1 << 3 }

/** What a single executable carries, as Node reads it. */
export interface SeaBlob {
  readonly mainPath: string
  readonly main: Buffer
  readonly assets: ReadonlyMap<string, Buffer>
}

/** Reads it as Node 26 writes it: flags, two bytes about the main file and execArgv, then texts with their lengths before them. */
export function readSeaBlob(blob: Buffer): SeaBlob {
  if (blob.readUInt32LE(0) !== magic) throw new Error('no blob of a single executable')
  const set = blob.readUInt32LE(4)
  let at = 10
  const number = () => {
    at += 8
    return Number(blob.readBigUInt64LE(at - 8))
  }
  const piece = () => {
    const size = number()
    at += size
    if (at > blob.length) throw new Error('the blob ends too early')
    return blob.subarray(at - size, at)
  }
  const mainPath = piece().toString()
  const main = piece()
  if (set & flags.codeCache) piece()
  const assets = new Map<string, Buffer>()
  const count = set & flags.assets ? number() : 0
  for (let index = 0; index < count; index++) assets.set(piece().toString(), piece())
  return { mainPath, main, assets }
}
