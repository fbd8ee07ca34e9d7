import { isAscii } from 'node:buffer'
import type { Parsing } from './cursor.ts'
import { utf } from './primitives.ts'
import type { Reading, Scope } from './reading.ts'
import type { Tally } from './tally.ts'

/** A file that a handle names. */
export interface NamedFile {
  /** What it is counted by (`Tally.sizes`). */
  readonly key: number | string
  /** Where somebody asks for it: the paths of a large checkpoint are most of it, and to make texts of them takes most of the time. */
  readonly path: string | undefined
  /** It lies beside `_metadata`. */
  readonly relative: boolean
}

/** The path of a file, which may be the first of its operator with a description of this scope. */
export function* namedFile(reading: Reading, relative: boolean, scope?: Scope): Parsing<NamedFile> {
  const { cursor, tally, operator } = reading
  if (cursor.lacks(2)) yield 2
  const length = cursor.peek(2).readUInt16BE()
  if (cursor.lacks(2 + length)) yield 2 + length
  const bytes = cursor.peek(2 + length).subarray(2)
  const key = keyOf(tally, bytes, relative)
  const isAsked = tally.files !== undefined || (scope !== undefined && operator.head[scope] === undefined)
  if (isAsked || !isAscii(bytes)) return { key, path: yield* utf(cursor), relative }
  cursor.skip(2 + length)
  return { key, path: undefined, relative }
}

/** V8 interprets the loop of a hash until it has seen enough of it: for few files that would be a tenth of `inspect`. */
const fewFiles = 2_000

function keyOf(tally: Tally, bytes: Buffer, relative: boolean): number | string {
  const { sizes, files } = tally
  if (files === undefined && sizes.size < fewFiles && tally.byName) return nameOf(bytes, relative)
  if (tally.byName) hashAll(tally)
  return hashOf(bytes, relative)
}

function nameOf(bytes: Buffer, relative: boolean): string {
  return `${relative ? '.' : '/'}${bytes.toString('latin1')}`
}

function hashAll(tally: Tally): void {
  for (const [name, size] of [...tally.sizes]) {
    tally.sizes.delete(name)
    const [place, path] = [`${name}`.slice(0, 1), `${name}`.slice(1)]
    tally.sizes.set(hashOf(Buffer.from(path, 'latin1'), place === '.'), size)
  }
  tally.byName = false
}

/** 53 bits: two of a million paths meet once in 18,000 times. Two lanes of MurmurHash3's rounds, ended as cyrb53 is. */
function hashOf(bytes: Buffer, relative: boolean): number {
  let one = relative ? 0xdeadbeef : 0xcafed00d
  let two = relative ? 0x41c6ce57 : 0x2545f491
  const whole = bytes.length - (bytes.length % 4)
  const words = new DataView(bytes.buffer, bytes.byteOffset, bytes.length)
  for (let at = 0; at < whole; at += 4) {
    const word = words.getInt32(at, true)
    one = round(one, Math.imul(word, 2654435761))
    two = round(two, Math.imul(word, 1597334677))
  }
  for (let at = whole; at < bytes.length; at++) {
    one = round(one, Math.imul(bytes[at] ?? 0, 2654435761))
    two = round(two, Math.imul(bytes[at] ?? 0, 1597334677))
  }
  one ^= bytes.length
  two ^= bytes.length
  one = Math.imul(one ^ (one >>> 16), 2246822507) ^ Math.imul(two ^ (two >>> 13), 3266489909)
  two = Math.imul(two ^ (two >>> 16), 2246822507) ^ Math.imul(one ^ (one >>> 13), 3266489909)
  return 4294967296 * (2097151 & two) + (one >>> 0)
}

function round(lane: number, word: number): number {
  const mixed = lane ^ ((word << 15) | (word >>> 17))
  return (Math.imul((mixed << 13) | (mixed >>> 19), 5) + 0x6546b64) | 0
}
