import { createReadStream } from 'node:fs'
import { type FileHandle, open, unlink } from 'node:fs/promises'
import { join } from 'node:path'
import { addAbortSignal, type Readable } from 'node:stream'
import { type Failure, failure } from '../domain/failure.ts'
import type { Manifests } from '../domain/ports.ts'
import { manifestIn, manifestText } from './manifest-text.ts'
import { reasonOf } from './system-reason.ts'

/** An object in etcd is no larger than 1.5 MiB; as YAML it may be indented. */
const largest = 3 * 1024 * 1024

/** How many manifests of one name are kept beside each other. */
const mostOfOneName = 100

/** Manifests in this directory, and on this standard input. Nothing more is waited for once it is interrupted. */
export function manifestsIn(directory: string, stdin: () => Readable, interrupted: AbortSignal): Manifests {
  return {
    async read(path) {
      const shown = path === '-' ? 'standard input' : path
      const source = path === '-' ? stdin() : createReadStream(path)
      return manifestIn(await bounded(addAbortSignal(interrupted, source), shown), shown)
    },
    keep: (name, object) => kept(directory, safeName(name), manifestText(object)),
  }
}

async function bounded(source: Readable, shown: string): Promise<Buffer> {
  const chunks: Buffer[] = []
  let length = 0
  try {
    for await (const chunk of source) {
      const bytes = Buffer.from(chunk)
      length += bytes.length
      if (length > largest) break
      chunks.push(bytes)
    }
  } catch (error) {
    if ((error as Error).name === 'AbortError') throw failure('interrupted', 'interrupted')
    throw unreadable(shown, error)
  }
  if (length > largest) throw failure('not-asked', `cannot read ${shown}: it is larger than 3 MiB`)
  return Buffer.concat(chunks)
}

/** Under the first name that is free: nothing that is there already is written over. */
async function kept(directory: string, name: string, text: string): Promise<string> {
  for (let number = 1; ; number++) {
    const path = join(directory, number === 1 ? `${name}.yaml` : `${name}-${number}.yaml`)
    const file = await created(path)
    if (file === 'taken' && number < mostOfOneName) continue
    if (file === 'taken')
      throw failure('not-asked', `cannot write ${path}: there are ${mostOfOneName} of them already`)
    await filled(file, path, text)
    return path
  }
}

async function created(path: string): Promise<FileHandle | 'taken'> {
  try {
    return await open(path, 'wx', 0o600)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return 'taken'
    throw unwritable(path, error)
  }
}

/** Whole and on the disk, or not there at all. */
async function filled(file: FileHandle, path: string, text: string): Promise<void> {
  try {
    await file.writeFile(text)
    await file.sync()
    await file.close()
  } catch (error) {
    await file.close().catch(() => undefined)
    await unlink(path).catch(() => undefined)
    throw unwritable(path, error)
  }
}

/** A name that cannot leave the directory, hide in it, or be taken for a flag. */
function safeName(name: string): string {
  const safe = name.replace(/[^A-Za-z0-9._-]/g, '-').replace(/^[.-]+/, '')
  return safe.slice(0, 200) || 'manifest'
}

function unreadable(shown: string, error: unknown): Failure {
  return failure('not-asked', `cannot read ${shown}: ${reasonOf(error)}`)
}

function unwritable(path: string, error: unknown): Failure {
  return failure('not-asked', `cannot write ${path}: ${reasonOf(error)}`)
}
