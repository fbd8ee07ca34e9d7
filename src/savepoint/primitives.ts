import type { Cursor, Parsing } from './cursor.ts'

/** DataOutputStream.writeUTF: a length of two bytes, then modified UTF-8. */
export function* utf(cursor: Cursor): Parsing<string> {
  if (cursor.lacks(2)) yield 2
  const length = cursor.u16()
  if (cursor.lacks(length)) yield length
  const at = cursor.position
  const text = modifiedUtf8(cursor.take(length))
  if (text === undefined) throw cursor.broken('a text is not in modified UTF-8', at)
  return text
}

/** A name where '' stands for none. */
export function* optionalUtf(cursor: Cursor): Parsing<string | null> {
  return (yield* utf(cursor)) || null
}

/** How many of something follow, each of `least` bytes or more. */
export function* count(cursor: Cursor, least: number, what: string): Parsing<number> {
  if (cursor.lacks(4)) yield 4
  const number = cursor.i32()
  if (number < 0 || number * least > cursor.left)
    throw cursor.broken(`${number} ${what} cannot follow in ${cursor.left} bytes`, cursor.position - 4)
  return number
}

/** A number of bytes that Flink may not know (-1, as FileStateHandle allows). */
export function* size(cursor: Cursor): Parsing<number | undefined> {
  if (cursor.lacks(8)) yield 8
  const bytes = cursor.i64()
  if (bytes < -1) throw cursor.broken(`a size of ${bytes} bytes`, cursor.position - 8)
  return bytes < 0 ? undefined : bytes
}

/** Offsets of key groups or of the parts of a list: nothing is told from them. */
export function* offsets(cursor: Cursor): Parsing<void> {
  cursor.skip(8 * (yield* count(cursor, 8, 'offsets')))
}

const beyondAscii = /[\u0080-\u00ff]/

/** undefined where the bytes are no modified UTF-8: NUL as C0 80, characters beyond U+FFFF as two surrogates. */
export function modifiedUtf8(bytes: Buffer): string | undefined {
  const ascii = bytes.toString('latin1')
  if (!beyondAscii.test(ascii)) return ascii
  let text = ''
  for (let at = 0; at < bytes.length; ) {
    const [code, length] = character(bytes, at)
    if (length === 0) return undefined
    text += String.fromCharCode(code)
    at += length
  }
  return text
}

/** The UTF-16 unit at a place, and its bytes; none where it is not one. */
function character(bytes: Buffer, at: number): [code: number, length: number] {
  const first = bytes[at] ?? 0
  const second = bytes[at + 1] ?? 0
  const third = bytes[at + 2] ?? 0
  if (first < 0x80) return [first, 1]
  if (first >> 5 === 0b110 && second >> 6 === 0b10) return [((first & 0x1f) << 6) | (second & 0x3f), 2]
  if (first >> 4 === 0b1110 && second >> 6 === 0b10 && third >> 6 === 0b10)
    return [((first & 0x0f) << 12) | ((second & 0x3f) << 6) | (third & 0x3f), 3]
  return [0, 0]
}
