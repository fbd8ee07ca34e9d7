import { createHash, randomBytes } from 'node:crypto'
import { mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { decodeMetadata, encodeMetadata } from './metadata.ts'

/** Flink's generated operator ids are hashes of the uid; the stub's are too (not the same hash). */
export function operatorIdOf(uid: string): string {
  return createHash('md5').update(uid).digest('hex')
}

export interface Written {
  readonly location: string
  readonly bytes: number
}

interface State {
  readonly jobId: string
  readonly checkpointId: number
  readonly operatorId: string
  readonly counter: number
}

/** Writes `<directory>/savepoint-<6hex>-<12hex>/_metadata`; throws where the directory cannot be made. Gives the location as Flink prints it. */
export function writeSavepoint(directory: string, state: State): Written {
  const name = `savepoint-${state.jobId.slice(0, 6)}-${randomBytes(6).toString('hex')}`
  return writeState(join(pathOf(directory), name), state)
}

/** Writes `<directory>/<job id>/chk-<number>/_metadata`. */
export function writeCheckpoint(directory: string, state: State): Written {
  return writeState(join(pathOf(directory), state.jobId, `chk-${state.checkpointId}`), state)
}

function writeState(place: string, { checkpointId, operatorId, counter }: State): Written {
  mkdirSync(place, { recursive: true })
  const file = encodeMetadata({ checkpointId: BigInt(checkpointId), operatorId, counter: BigInt(counter) })
  writeFileSync(join(place, '_metadata'), file)
  return { location: `file:${place}`, bytes: file.length }
}

/** Deletes a checkpoint or savepoint that the stub wrote. */
export function removeState(location: string): void {
  rmSync(pathOf(location), { recursive: true, force: true })
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
