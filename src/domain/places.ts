import type { ByteSource } from './byte-source.ts'

/** A file that is open for reading at any offset. */
export interface OpenFile extends ByteSource {
  /** Epoch ms. */
  readonly modifiedAt: number
  close(): Promise<void>
}

/** The `_metadata` of one savepoint, open. */
export interface MetadataFile extends OpenFile {
  /** Of the directory that it lies in, spelled as Flink would. */
  readonly directory: string
  /** For messages. */
  readonly shown: string
}

/** A file, or a directory: in an object store a prefix under which something lies. */
export interface FileStatus {
  /** Spelled with the scheme that was asked with. */
  readonly location: string
  /** `other`: a pipe, a device; in a list also a symbolic link, which is not followed there. Nothing that Flink wrote. */
  readonly kind: 'file' | 'directory' | 'other'
  /** Of files. */
  readonly sizeBytes?: number
  /** Epoch ms; absent where the store does not keep it (a prefix). */
  readonly modifiedAt?: number
}

/**
 * One file system or object store. Locations have its scheme, or are absolute paths. Every method throws a Failure that
 * names the location and says what to do: no credentials, no permission, wrong region, no answer in time.
 */
export interface Place {
  /** What lies at a location; undefined: nothing. */
  status(location: string): Promise<FileStatus | undefined>
  open(location: string): Promise<OpenFile>
  /** What lies directly in a directory, in no order, a page of at most 1,000 at a time; nothing where there is no such directory. */
  list(directory: string): AsyncIterable<readonly FileStatus[]>
  /** Deletes one file; one that is gone already is no failure. */
  remove(file: string): Promise<void>
  /** Deletes a directory that has nothing left in it; in an object store there is none to delete. */
  removeDirectory(directory: string): Promise<void>
}

/** Where savepoints lie: the file systems by their schemes, each loaded when it is first asked. */
export interface Places extends Place {
  /** The `_metadata` of the directory at a location, or at the location itself; throws a Failure that says what is there instead. */
  openMetadata(location: string): Promise<MetadataFile>
  /** The bytes of the file at a location; `unknown` where it cannot be looked for from here. */
  sizeOf(location: string): Promise<number | 'missing' | 'unknown'>
  /** The first bytes of a file, or those from `at` on; undefined where it cannot be read, for whatever reason. */
  headOf(location: string, bytes: number, at?: number): Promise<Uint8Array | undefined>
}
