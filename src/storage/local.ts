import { readFileSync, type Stats, statSync } from 'node:fs'
import { type FileHandle, lstat, open, opendir, rmdir, stat, unlink } from 'node:fs/promises'
import { join } from 'node:path'
import { type Failure, failure } from '../domain/failure.ts'
import type { FileStatus, OpenFile, Place } from '../domain/places.ts'
import { reasonOf } from './system-reason.ts'

/** So many are listed at once. */
const page = 1_000

/**
 * So many questions are asked, and files of so many bytes read, without the threads that Node starts for what may take long: to start
 * them takes a tenth of an `inspect` of a small savepoint.
 */
const mostAtOnce = 4
const smallFile = 1024 * 1024
let asked = 0

/** Files on this machine, by their absolute paths. */
export const local: Place = {
  async status(path) {
    try {
      return statusOf(path, asked++ < mostAtOnce ? statSync(path) : await stat(path))
    } catch (error) {
      if (isAbsent(error)) return undefined
      throw unreadable(path, error)
    }
  },
  async open(path) {
    const stats = known(path)
    // A pipe or a device would keep us waiting.
    if (!stats.isFile()) throw failure('not-asked', `cannot read ${path}: it is no file`)
    if (stats.size <= smallFile) return small(path, stats)
    return opened(path, stats, await open(path).catch(refuse('read', path)))
  },
  async *list(directory) {
    let names: string[] = []
    for await (const name of namesIn(directory)) {
      names.push(name)
      if (names.length < page) continue
      yield await statuses(directory, names)
      names = []
    }
    if (names.length > 0) yield await statuses(directory, names)
  },
  async remove(path) {
    await unlink(path).catch(unlessAbsent(path))
  },
  async removeDirectory(path) {
    await rmdir(path).catch(unlessAbsent(path))
  },
}

function statusOf(location: string, stats: Stats): FileStatus {
  const modifiedAt = stats.mtimeMs
  if (stats.isFile()) return { location, kind: 'file', sizeBytes: stats.size, modifiedAt }
  return { location, kind: stats.isDirectory() ? 'directory' : 'other', modifiedAt }
}

async function* namesIn(directory: string): AsyncIterable<string> {
  try {
    for await (const { name } of await opendir(directory)) yield name
  } catch (error) {
    if (!isAbsent(error)) throw failure('not-asked', `cannot list ${directory}: ${reasonOf(error)}`)
  }
}

/** Links are told as such. What went meanwhile is not there. */
async function statuses(directory: string, names: readonly string[]): Promise<FileStatus[]> {
  const found = await Promise.all(
    names.map(async name => {
      const path = join(directory, name)
      try {
        return statusOf(path, await lstat(path))
      } catch (error) {
        if (isAbsent(error)) return undefined
        throw unreadable(path, error)
      }
    }),
  )
  return found.filter(each => each !== undefined)
}

function known(path: string): Stats {
  try {
    return statSync(path)
  } catch (error) {
    throw unreadable(path, error)
  }
}

function small(path: string, { size, mtimeMs }: Stats): OpenFile {
  let bytes: Buffer
  try {
    bytes = readFileSync(path)
  } catch (error) {
    throw unreadable(path, error)
  }
  return {
    size,
    modifiedAt: mtimeMs,
    async read(offset, into) {
      const piece = bytes.subarray(offset, offset + into.length)
      into.set(piece)
      return piece.length
    },
    async close() {},
  }
}

function opened(path: string, stats: Stats, file: FileHandle): OpenFile {
  return {
    size: stats.size,
    modifiedAt: stats.mtimeMs,
    async read(offset, into) {
      const { bytesRead } = await file.read(into, 0, into.length, offset).catch(refuse('read', path))
      return bytesRead
    },
    close: () => file.close(),
  }
}

function isAbsent(error: unknown): boolean {
  const { code } = error as NodeJS.ErrnoException
  return code === 'ENOENT' || code === 'ENOTDIR' || code === 'ENAMETOOLONG'
}

function unlessAbsent(path: string): (error: unknown) => void {
  return error => {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') refuse('delete', path)(error)
  }
}

function refuse(what: 'read' | 'delete', path: string): (error: unknown) => never {
  return error => {
    throw failure('not-asked', `cannot ${what} ${path}: ${reasonOf(error)}`)
  }
}

function unreadable(path: string, error: unknown): Failure {
  return failure('not-asked', `cannot read ${path}: ${reasonOf(error)}`)
}
