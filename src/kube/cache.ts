import { readFileSync, statSync } from 'node:fs'
import { mkdir, rename, rm, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import type { ConnectionOptions, Machine } from '../domain/connection.ts'
import type { Clock } from '../domain/ports.ts'

/** What is remembered between runs about one server. What cannot be read or written is as if it were not there. */
export interface Cache {
  /** `withinMs`: unless it was remembered longer ago. */
  recall(key: string, withinMs?: number): Promise<string | undefined>
  remember(key: string, value: string): Promise<void>
  forget(key: string): Promise<void>
  /** A file of kubectl's own discovery cache for this server, if it was written within kubectl's 6 hours. */
  discovered(file: string): Promise<string | undefined>
}

// cli-runtime config_flags.go: cached discovery is kept for 6 hours
const kubectlKeepsMs = 6 * 60 * 60 * 1000

const largest = 4 * 1024 * 1024

export function cacheFor(server: string, options: ConnectionOptions, machine: Machine, clock: Clock): Cache {
  const root = options.cacheDir ?? (machine.env['KUBECACHEDIR'] || join(machine.home, '.kube', 'cache'))
  const host = hostDirectory(server)
  const own = (key: string) => join(root, 'flinksp', host, ...key.split('/').map(fileName))
  return {
    recall: async (key, withinMs = Number.POSITIVE_INFINITY) => textOf(own(key), withinMs, clock),
    remember: (key, value) => write(own(key), value).catch(() => {}),
    forget: key => rm(own(key), { force: true }).catch(() => {}),
    discovered: async file => textOf(join(root, 'discovery', host, file), kubectlKeepsMs, clock),
  }
}

/** cli-runtime config_flags.go computeDiscoverCacheDir */
function hostDirectory(server: string): string {
  return server
    .replace('https://', '')
    .replace('http://', '')
    .replace(/[^(\w/.)]/g, '_')
}

function fileName(part: string): string {
  return part.replace(/[^\w.-]/g, '_').replace(/^\.+/, '_')
}

/** Not by promises: those start four threads, for a line of text at most times. */
function textOf(path: string, keptMs: number, clock: Clock): string | undefined {
  try {
    const found = statSync(path)
    if (found.size > largest || clock.now() - found.mtimeMs > keptMs) return undefined
    return readFileSync(path, 'utf8')
  } catch {
    return undefined
  }
}

/** Another run may read at any moment: the file is whole or not there. */
async function write(path: string, value: string): Promise<void> {
  await makeDirectory(dirname(path))
  const part = `${path}.${Math.random().toString(36).slice(2)}`
  await writeFile(part, value, { mode: 0o600, flag: 'wx' })
  await rename(part, path).catch(async error => {
    await rm(part, { force: true })
    throw error
  })
}

/** A directory with all above it. Not by mkdir's own `recursive`, which never ends where nothing can be made, as below /proc (Node 26.10). */
async function makeDirectory(path: string): Promise<void> {
  if (await made(path)) return
  await makeDirectory(dirname(path))
  if (!(await made(path))) throw new Error(`${path} cannot be made`)
}

/** False where the directory above is missing. */
async function made(path: string): Promise<boolean> {
  try {
    await mkdir(path, { mode: 0o750 })
    return true
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    if (code === 'ENOENT' && dirname(path) !== path) return false
    if (code === 'EEXIST') return true
    throw error
  }
}
