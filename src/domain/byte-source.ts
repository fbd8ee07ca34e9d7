/** A file that is read piece by piece, at any place. */
export interface ByteSource {
  /** Bytes. */
  readonly size: number
  /** Fills `into` from `offset` on; the number of bytes that came, 0 only at the end. Throws a Failure that names the file. */
  read(offset: number, into: Uint8Array): Promise<number>
}
