import type { ByteSource } from './byte-source.ts'

/** The `_metadata` of one savepoint, open. */
export interface MetadataFile extends ByteSource {
  /** Of the directory that it lies in, spelled as Flink would. */
  readonly directory: string
  /** For messages. */
  readonly shown: string
  /** Epoch ms. */
  readonly modifiedAt: number
  close(): Promise<void>
}

/** Where savepoints lie, as far as it can be read from here. */
export interface Places {
  /** The `_metadata` of the directory at a location, or at the location itself; throws a Failure that says what is there instead. */
  openMetadata(location: string): Promise<MetadataFile>
  /** The bytes of the file at a location; `unknown` where it cannot be looked for from here. */
  sizeOf(location: string): Promise<number | 'missing' | 'unknown'>
  /** The first bytes of a file; undefined where it cannot be read, for whatever reason. */
  headOf(location: string, bytes: number): Promise<Uint8Array | undefined>
}
