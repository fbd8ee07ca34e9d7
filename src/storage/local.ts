import type { Stats } from 'node:fs'
import { type FileHandle, open, stat } from 'node:fs/promises'
import { dirname, join, resolve } from 'node:path'
import { type Failure, failure } from '../domain/failure.ts'
import type { MetadataFile, Places } from '../domain/places.ts'
import { reasonOf } from './manifests.ts'

/** Savepoints on this machine; paths that are not whole are taken from `directory`. */
export function localPlaces(directory: string): Places {
  return {
    async openMetadata(location) {
      const asked = pathOf(location, directory)
      if (asked === undefined)
        throw failure('not-asked', `cannot read ${location}: it is not on this machine`)
      return await opened(await metadataAt(asked))
    },
    async sizeOf(location) {
      const path = pathOf(location, directory)
      if (path === undefined) return 'unknown'
      try {
        const found = await stat(path)
        return found.isFile() ? found.size : 'missing'
      } catch (error) {
        return isAbsent(error) ? 'missing' : 'unknown'
      }
    },
    async headOf(location, bytes) {
      const path = pathOf(location, directory)
      return path === undefined ? undefined : await head(path, bytes).catch(() => undefined)
    },
  }
}

/** Flink's Path does not decode percent signs. undefined: on another machine, or in another file system. */
function pathOf(location: string, directory: string): string | undefined {
  const [, scheme, rest = ''] = /^([A-Za-z][A-Za-z0-9+.-]+):(.*)$/s.exec(location) ?? []
  if (scheme === undefined) return resolve(directory, location)
  if (scheme.toLowerCase() !== 'file') return undefined
  const path = rest.replace(/^\/\/(localhost)?(?=\/)/, '')
  return path.startsWith('//') || path.includes('\0') ? undefined : resolve(directory, path)
}

async function metadataAt(path: string): Promise<string> {
  if ((await found(path)).isDirectory()) return join(path, '_metadata')
  return path
}

async function found(path: string): Promise<Stats> {
  try {
    return await stat(path)
  } catch (error) {
    throw unreadable(path, error)
  }
}

async function opened(path: string): Promise<MetadataFile> {
  const stats = await stat(path).catch(error => {
    throw isAbsent(error) ? unfinished(path) : unreadable(path, error)
  })
  // A pipe or a device would keep us waiting.
  if (!stats.isFile()) throw failure('not-asked', `cannot read ${path}: it is no file`)
  const file = await open(path).catch(error => {
    throw unreadable(path, error)
  })
  return {
    directory: `file:${dirname(path)}`,
    shown: path,
    size: stats.size,
    modifiedAt: stats.mtimeMs,
    read: (offset, into) => readInto(file, path, offset, into),
    close: () => file.close(),
  }
}

async function readInto(file: FileHandle, path: string, offset: number, into: Uint8Array): Promise<number> {
  try {
    return (await file.read(into, 0, into.length, offset)).bytesRead
  } catch (error) {
    throw unreadable(path, error)
  }
}

async function head(path: string, bytes: number): Promise<Uint8Array | undefined> {
  if (!(await stat(path)).isFile()) return undefined
  const file = await open(path)
  try {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(bytes), 0, bytes, 0)
    return buffer.subarray(0, bytesRead)
  } finally {
    await file.close()
  }
}

function isAbsent(error: unknown): boolean {
  const { code } = error as NodeJS.ErrnoException
  return code === 'ENOENT' || code === 'ENOTDIR' || code === 'ENAMETOOLONG'
}

/** Flink writes `_metadata` last of all. */
function unfinished(path: string): Failure {
  return failure(
    'not-asked',
    `cannot read ${path}: no such file: the directory holds no savepoint, or one that was never completed`,
  )
}

function unreadable(path: string, error: unknown): Failure {
  return failure('not-asked', `cannot read ${path}: ${reasonOf(error)}`)
}
