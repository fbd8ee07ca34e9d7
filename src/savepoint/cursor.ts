import type { ByteSource } from '../domain/byte-source.ts'
import { type Failure, failure } from '../domain/failure.ts'

/** A part of the reader: it stops (yields) where it needs so many bytes at hand, and goes on once they are. */
export type Parsing<T> = Generator<number, T, void>

/** What is read at once. */
const chunk = 256 * 1024

/**
 * A place in a file of Java's DataOutputStream, and the few bytes behind it that are at hand. What is skipped is never
 * read, and no length is believed that goes beyond the end of the file.
 */
export class Cursor {
  /** Of the next byte, in the file. */
  position = 0
  readonly size: number
  readonly #shown: string
  #start = 0
  #end = 0
  #bytes = Buffer.alloc(0)

  /** `shown` names the file in a Failure. */
  constructor(size: number, shown: string) {
    this.size = size
    this.#shown = shown
  }

  get left(): number {
    return this.size - this.position
  }

  /** Must more be read before these bytes are at hand? A file that ends before them is broken. */
  lacks(bytes: number): boolean {
    if (bytes > this.left)
      throw this.broken(`${bytes} more bytes should follow, and the file ends at byte ${this.size}`)
    return this.position + bytes > this.#end
  }

  u8(): number {
    return this.#bytes.readUInt8(this.#take(1))
  }

  u16(): number {
    return this.#bytes.readUInt16BE(this.#take(2))
  }

  i32(): number {
    return this.#bytes.readInt32BE(this.#take(4))
  }

  /** A number that JavaScript can hold; nothing that is counted here is larger. */
  i64(): number {
    const at = this.#take(8)
    const value = this.#bytes.readInt32BE(at) * 2 ** 32 + this.#bytes.readUInt32BE(at + 4)
    if (!Number.isSafeInteger(value)) throw this.broken('a number is beyond 2^53', this.position - 8)
    return value
  }

  /** Holds until the next step of the parsing: copy what is kept. */
  take(bytes: number): Buffer {
    const at = this.#take(bytes)
    return this.#bytes.subarray(at, at + bytes)
  }

  /** What `take` would give, without going on. */
  peek(bytes: number): Buffer {
    const at = this.position - this.#start
    return this.#bytes.subarray(at, at + bytes)
  }

  skip(bytes: number): void {
    if (bytes > this.left)
      throw this.broken(`a length of ${bytes} bytes goes beyond the end of the file (byte ${this.size})`)
    this.position += bytes
  }

  broken(what: string, at = this.position): Failure {
    return failure('not-asked', `cannot read ${this.#shown}: it is damaged at byte ${at}: ${what}`)
  }

  /** So many bytes from the position on come to hand. */
  async fill(source: ByteSource, bytes: number): Promise<void> {
    const wanted = Math.min(Math.max(bytes, chunk), this.left)
    const rest = this.#restOf(wanted)
    this.#start = this.position
    let filled = rest
    while (filled < wanted) {
      const came = await source.read(this.position + filled, this.#bytes.subarray(filled, wanted))
      if (came <= 0) throw this.broken('the file became shorter while it was read', this.position + filled)
      filled += came
    }
    this.#end = this.#start + filled
  }

  /** Moves what is at hand already to the front; how much it is. */
  #restOf(wanted: number): number {
    const from = Math.min(Math.max(this.position - this.#start, 0), this.#end - this.#start)
    const rest = this.#bytes.subarray(from, this.#end - this.#start)
    const kept = Math.min(rest.length, wanted)
    const into = this.#bytes.length < wanted ? Buffer.alloc(wanted) : this.#bytes
    rest.copy(into, 0, 0, kept)
    this.#bytes = into
    return kept
  }

  #take(bytes: number): number {
    const at = this.position - this.#start
    this.position += bytes
    return at
  }
}

/** Drives a parsing to its end. */
export async function parsed<T>(source: ByteSource, cursor: Cursor, parsing: Parsing<T>): Promise<T> {
  for (let step = parsing.next(); ; step = parsing.next()) {
    if (step.done) return step.value
    await cursor.fill(source, step.value)
  }
}
