// Flink hashes the uid of an operator to its id by Guava's murmur3_128 with seed 0 (flink-streaming-java
// StreamGraphHasherV2). The hash is Austin Appleby's MurmurHash3_x64_128, which is in the public domain.

const c1 = 0x87c37b91114253d5n
const c2 = 0x4cf5ad432745937fn
const blockBytes = 16

/** The id (32 hex characters) of the operator that has this uid. */
export function operatorIdOf(uid: string): string {
  const bytes = Buffer.from(uid, 'utf8')
  const length = BigInt(bytes.length)
  let h1 = 0n
  let h2 = 0n
  const whole = bytes.length - (bytes.length % blockBytes)
  for (let at = 0; at < whole; at += blockBytes) {
    h1 ^= mix1(bytes.readBigUInt64LE(at))
    h1 = u64(u64(rotated(h1, 27n) + h2) * 5n + 0x52dce729n)
    h2 ^= mix2(bytes.readBigUInt64LE(at + 8))
    h2 = u64(u64(rotated(h2, 31n) + h1) * 5n + 0x38495ab5n)
  }
  const tail = Buffer.alloc(blockBytes)
  bytes.copy(tail, 0, whole)
  h2 ^= mix2(tail.readBigUInt64LE(8)) ^ length
  h1 ^= mix1(tail.readBigUInt64LE(0)) ^ length
  h1 = u64(h1 + h2)
  h2 = u64(h2 + h1)
  h1 = finished(h1)
  h2 = finished(h2)
  h1 = u64(h1 + h2)
  h2 = u64(h2 + h1)
  const id = Buffer.alloc(blockBytes)
  id.writeBigUInt64LE(h1, 0)
  id.writeBigUInt64LE(h2, 8)
  return id.toString('hex')
}

function mix1(block: bigint): bigint {
  return u64(rotated(u64(block * c1), 31n) * c2)
}

function mix2(block: bigint): bigint {
  return u64(rotated(u64(block * c2), 33n) * c1)
}

function finished(value: bigint): bigint {
  let mixed = value
  mixed = u64((mixed ^ (mixed >> 33n)) * 0xff51afd7ed558ccdn)
  mixed = u64((mixed ^ (mixed >> 33n)) * 0xc4ceb9fe1a85ec53n)
  return mixed ^ (mixed >> 33n)
}

function rotated(value: bigint, by: bigint): bigint {
  return u64(value << by) | (value >> (64n - by))
}

function u64(value: bigint): bigint {
  return BigInt.asUintN(64, value)
}
