import { randomBytes } from 'node:crypto'
import { lstatSync, statSync } from 'node:fs'
import { link, open, rename, unlink } from 'node:fs/promises'
import { basename, dirname, join, resolve } from 'node:path'
import { promisify } from 'node:util'
import { gzip } from 'node:zlib'
import { Header } from 'tar/header'
import { type Failure, failure } from '../domain/failure.ts'
import type { ArchivedFile, Archives, ArchiveTarget } from '../domain/ports.ts'
import { reasonOf } from './system-reason.ts'

/** Standard output, for `-`. */
export interface BinaryOutput {
  readonly isTerminal: boolean
  write(bytes: Buffer): void
}

/** Archives in files, as seen from this directory. */
export function archivesIn(directory: string, output: BinaryOutput): Archives {
  return {
    async check({ file, overwrite }) {
      if (file === '-') {
        if (output.isTerminal)
          throw failure('usage', 'the archive is not text: -f - is for a pipe, or name a file')
        return
      }
      const path = resolve(directory, file)
      const there = statsOf(path)
      if (there && !(overwrite && there.isFile())) throw taken(file, there.isFile())
      if (!isDirectory(dirname(path), file)) throw unwritable(file, new Error('there is no such directory'))
    },
    async write(target, files, at) {
      const bytes = await packed(files, at)
      if (target.file === '-') output.write(bytes)
      else await written(resolve(directory, target.file), target, bytes)
      return { file: target.file, sizeBytes: bytes.length }
    },
  }
}

const compressed = promisify(gzip)
const block = 512

async function packed(files: readonly ArchivedFile[], at: number): Promise<Buffer> {
  const pieces = files.flatMap(({ path, text }) => {
    const body = Buffer.from(text)
    return [headerOf(path, body.length, at), body, Buffer.alloc(-body.length & (block - 1))]
  })
  return await compressed(Buffer.concat([...pieces, Buffer.alloc(2 * block)]))
}

function headerOf(path: string, size: number, at: number): Buffer {
  const header = new Header({ path, mode: 0o600, size, mtime: new Date(at), type: 'File' })
  const bytes = Buffer.alloc(block)
  // Of plain and short names only: others would need a header of their own.
  if (header.encode(bytes)) throw new Error(`no name for an archive: ${path}`)
  return bytes
}

/** Under another name first: nobody meets half an archive, and a full disk leaves none. */
async function written(path: string, target: ArchiveTarget, bytes: Buffer): Promise<void> {
  const temporary = join(
    dirname(path),
    `.${basename(path).slice(0, 200)}.${randomBytes(4).toString('hex')}.tmp`,
  )
  try {
    const file = await open(temporary, 'wx', 0o600)
    try {
      await file.writeFile(bytes)
      await file.sync()
    } finally {
      await file.close()
    }
    await putThere(temporary, path, target)
  } catch (error) {
    throw (error as NodeJS.ErrnoException).code === 'EEXIST'
      ? taken(target.file, true)
      : unwritable(target.file, error)
  } finally {
    await unlink(temporary).catch(() => undefined)
  }
}

/** A link is refused where something of that name has come meanwhile; a rename would take its place. */
async function putThere(temporary: string, path: string, { overwrite }: ArchiveTarget): Promise<void> {
  if (overwrite) return await rename(temporary, path)
  try {
    await link(temporary, path)
  } catch (error) {
    const { code = '' } = error as NodeJS.ErrnoException
    // File systems that know no links: FAT, some of networks.
    if (!['EPERM', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS', 'EISDIR', 'UNKNOWN'].includes(code) || statsOf(path))
      throw error
    await rename(temporary, path)
  }
}

function statsOf(path: string) {
  try {
    return lstatSync(path, { throwIfNoEntry: false })
  } catch {
    return undefined
  }
}

function isDirectory(path: string, file: string): boolean {
  try {
    return statSync(path, { throwIfNoEntry: false })?.isDirectory() ?? false
  } catch (error) {
    throw unwritable(file, error)
  }
}

function taken(file: string, isFile: boolean): Failure {
  if (!isFile) return failure('not-asked', `cannot write ${file}: it is there already, and no file`)
  return failure('not-asked', `cannot write ${file}: it is there already`, 'to replace it: --overwrite')
}

function unwritable(file: string, error: unknown): Failure {
  return failure('not-asked', `cannot write ${file}: ${reasonOf(error)}`)
}
