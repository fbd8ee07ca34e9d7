import { failure } from '../../src/domain/failure.ts'
import type { FileStatus, OpenFile, Place, Places } from '../../src/domain/places.ts'
import { placesOver } from '../../src/storage/places.ts'

/** Files in memory by their locations, in any file system: `'s3://b/sp/_metadata': bytes`. Without files: a machine without savepoints. */
export interface FakePlaces extends Places {
  readonly files: Map<string, FakeFile>
  /** In order: what was deleted, a directory with a `/` behind it. */
  readonly removed: string[]
}

export interface FakeFile {
  readonly bytes: Uint8Array
  /** Epoch ms. */
  readonly modifiedAt: number
}

const anyDay = Date.parse('2026-03-01T10:00:00Z')

export function fakePlaces(files: Readonly<Record<string, Uint8Array | FakeFile>> = {}): FakePlaces {
  const given = Object.entries(files).map(
    ([location, file]) => [location, 'bytes' in file ? file : { bytes: file, modifiedAt: anyDay }] as const,
  )
  const all = new Map(given)
  const removed: string[] = []
  const place = fakePlace(all, removed)
  const places = placesOver(async () => place)
  return { ...places, files: all, removed }
}

function fakePlace(files: Map<string, FakeFile>, removed: string[]): Place {
  return {
    async status(location) {
      const file = files.get(location)
      if (file) return statusOf(location, file)
      const inside = [...files.keys()].some(each => each.startsWith(`${location.replace(/\/+$/, '')}/`))
      return inside ? { location, kind: 'directory' } : undefined
    },
    async open(location) {
      const file = files.get(location)
      if (!file) throw failure('not-asked', `cannot read ${location}: no such file or directory`)
      return opened(file)
    },
    async *list(directory) {
      const parent = directory.replace(/\/+$/, '')
      const children = new Map<string, FileStatus>()
      for (const [location, file] of files) {
        if (!location.startsWith(`${parent}/`)) continue
        const child = `${parent}/${location.slice(parent.length + 1).split('/')[0]}`
        children.set(
          child,
          location === child ? statusOf(child, file) : { location: child, kind: 'directory' },
        )
      }
      yield [...children.values()]
    },
    async remove(location) {
      if (files.delete(location)) removed.push(location)
    },
    async removeDirectory(location) {
      removed.push(`${location.replace(/\/+$/, '')}/`)
    },
  }
}

function statusOf(location: string, { bytes, modifiedAt }: FakeFile): FileStatus {
  return { location, kind: 'file', sizeBytes: bytes.length, modifiedAt }
}

function opened({ bytes, modifiedAt }: FakeFile): OpenFile {
  return {
    size: bytes.length,
    modifiedAt,
    async read(offset, into) {
      const piece = bytes.subarray(offset, offset + into.length)
      into.set(piece)
      return piece.length
    },
    close: async () => {},
  }
}
