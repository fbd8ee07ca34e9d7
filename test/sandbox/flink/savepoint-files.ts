import { createHash, randomBytes } from 'node:crypto'
import { mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { decodeMetadata, encodeMetadata } from './metadata.ts'

/** Flink's generated operator ids are hashes of the uid; the stub's are too (not the same hash). */
export function operatorIdOf(uid: string): string {
  return createHash('md5').update(uid).digest('hex')
}

/** Writes `<directory>/savepoint-<6hex>-<12hex>/_metadata`; throws where the directory cannot be made. Gives the location as Flink prints it. */
export function writeSavepoint(
  directory: string,
  savepoint: { jobId: string; checkpointId: number; operatorId: string; counter: number },
): { location: string; bytes: number } {
  const name = `savepoint-${savepoint.jobId.slice(0, 6)}-${randomBytes(6).toString('hex')}`
  const place = join(pathOf(directory), name)
  mkdirSync(place, { recursive: true })
  const file = encodeMetadata({
    checkpointId: BigInt(savepoint.checkpointId),
    operatorId: savepoint.operatorId,
    counter: BigInt(savepoint.counter),
  })
  writeFileSync(join(place, '_metadata'), file)
  return { location: `file:${place}`, bytes: file.length }
}

export interface Restored {
  readonly checkpointId: number
  readonly operatorId: string
  readonly counter: number
}

/**
 * Reads a savepoint back; throws an Error whose message is Flink's, with its class (flink-runtime
 * AbstractFsCheckpointStorageAccess.resolveCheckpointPointer).
 */
export function readSavepoint(location: string): Restored {
  const path = pathOf(location)
  const found = statSync(path, { throwIfNoEntry: false })
  if (found === undefined) {
    throw new Error(
      `java.io.FileNotFoundException: Cannot find checkpoint or savepoint file/directory '${location}' on file system 'file'.`,
    )
  }
  const file = found.isDirectory() ? join(path, '_metadata') : path
  if (statSync(file, { throwIfNoEntry: false }) === undefined) {
    throw new Error(
      `java.io.FileNotFoundException: Cannot find meta data file '_metadata' in directory '${location}'. Please try to load the checkpoint/savepoint directly from the metadata file instead of the directory.`,
    )
  }
  const { checkpointId, operatorId, counter } = decodeMetadata(readFileSync(file))
  return { checkpointId: Number(checkpointId), operatorId, counter: Number(counter) }
}

/** A local path of `file:/x`, `file:///x` or `/x`; the stub knows no other file system. */
function pathOf(location: string): string {
  const path = location.replace(/^file:(\/\/)?/, '')
  if (path.startsWith('/')) return path
  const scheme = /^([a-z0-9]+):/.exec(location)?.[1] ?? ''
  throw new Error(
    `org.apache.flink.core.fs.UnsupportedFileSystemSchemeException: Could not find a file system implementation for scheme '${scheme}'. The scheme is not directly supported by Flink and no Hadoop file system to support this scheme could be loaded.`,
  )
}
