import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { gunzipSync, gzipSync, unzipSync, zipSync } from 'fflate'
import { create, Parser } from 'tar'

export interface Entry {
  readonly name: string
  readonly data: Uint8Array
  /** May be run. */
  readonly isProgram?: boolean
}

/**
 * The same entries give the same archive, byte by byte, on any machine: no time, owner or umask goes in, and the compression is
 * fflate's (2 % smaller than Node's zlib, of which there is a version for each processor).
 */
export async function packed(name: string, entries: readonly Entry[]): Promise<Uint8Array> {
  return name.endsWith('.zip') ? zipped(entries) : gzipSync(await tarred(entries), { ...hardest, mtime: 0 })
}

const hardest = { level: 9, mem: 12 } as const

/** Windows asks for no mode; the earliest time that a zip can say, in the clock of wherever it is made. */
function zipped(entries: readonly Entry[]): Uint8Array {
  const options = { ...hardest, mtime: new Date(1980, 0, 1) }
  return zipSync(Object.fromEntries(entries.map(({ name, data }) => [name, [data, options]])))
}

async function tarred(entries: readonly Entry[]): Promise<Uint8Array> {
  const folder = await mkdtemp(join(tmpdir(), 'kubectl-flinksp-archive-'))
  try {
    for (const { name, data } of entries) {
      await mkdir(dirname(join(folder, name)), { recursive: true })
      await writeFile(join(folder, name), data)
    }
    const programs = new Set(entries.filter(({ isProgram }) => isProgram).map(({ name }) => name))
    const options = {
      cwd: folder,
      portable: true,
      mtime: new Date(0),
      onWriteEntry(entry: { path: string; stat?: { mode: number } }) {
        if (entry.stat) entry.stat.mode = programs.has(entry.path) ? 0o100755 : 0o100644
      },
    }
    const names = entries.map(({ name }) => name)
    const pieces: Uint8Array[] = []
    for await (const piece of create(options, names)) pieces.push(piece)
    return Buffer.concat(pieces)
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

/** What is in an archive. */
export async function unpacked(name: string, archive: Uint8Array): Promise<Entry[]> {
  if (name.endsWith('.zip')) {
    return Object.entries(unzipSync(archive)).map(([path, data]) => ({
      name: path,
      data,
      isProgram: path.endsWith('.exe'),
    }))
  }
  return untarred(gunzipSync(archive))
}

async function untarred(bytes: Uint8Array): Promise<Entry[]> {
  const entries: Entry[] = []
  const parser = new Parser({
    strict: true,
    onReadEntry(entry) {
      const pieces: Uint8Array[] = []
      entry.on('data', piece => pieces.push(piece))
      entry.on('end', () => {
        const isProgram = ((entry.mode ?? 0) & 0o111) !== 0
        entries.push({ name: entry.path, data: Buffer.concat(pieces), isProgram })
      })
    },
  })
  await new Promise<void>((done, broken) => {
    parser.on('end', done)
    parser.on('error', broken)
    parser.end(Buffer.from(bytes))
  })
  return entries
}
