import { createHash, randomUUID } from 'node:crypto'
import { existsSync } from 'node:fs'
import { mkdir, readFile, rename, rm } from 'node:fs/promises'
import { homedir } from 'node:os'
import { join } from 'node:path'

/** Where the binaries of the real thing are kept between runs. */
export function cacheRoot(): string {
  return join(process.env['XDG_CACHE_HOME'] || join(homedir(), '.cache'), 'kubectl-flinksp')
}

/**
 * The folder that `make` fills, made once for these `inputs`. It appears complete or not at all: it is filled under another
 * name and renamed, so that a run that was killed, or one at the same time, leaves nothing half done.
 */
export async function cached(
  name: string,
  inputs: readonly string[],
  make: (directory: string) => Promise<void>,
): Promise<string> {
  const hash = createHash('sha256').update(JSON.stringify(inputs)).digest('hex').slice(0, 16)
  const place = join(cacheRoot(), `${name}-${hash}`)
  if (existsSync(place)) return place
  const draft = `${place}.${randomUUID()}`
  await mkdir(draft, { recursive: true })
  try {
    await make(draft)
    await rename(draft, place).catch(error => {
      if (!existsSync(place)) throw error
    })
  } finally {
    await rm(draft, { recursive: true, force: true })
  }
  return place
}

export function contents(...paths: string[]): Promise<string[]> {
  return Promise.all(paths.map(path => readFile(path, 'utf8')))
}
