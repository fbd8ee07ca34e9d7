import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { cacheName, rehearsals, textsIn } from './rehearsals.ts'
import type { Runtime } from './runtime.ts'

const run = promisify(execFile)

/**
 * What V8 compiled of `program.cjs` and `rest.cjs` in `folder` while it rehearsed, an asset of each for each rehearsal; none where its
 * Node does not run here. The flags make them the same each time: names are hashed with a seed that each process draws, and threads and
 * garbage collection decide which functions are compiled when it ends (without the flags, 0.95 of 1.12 MB differed between two runs).
 */
export async function rehearsedCache(
  folder: string,
  { node, emulator }: Pick<Runtime, 'node' | 'emulator'>,
): Promise<Record<string, string>> {
  if (emulator === undefined) return {}
  const [file = '', ...words] = [...emulator, node]
  const at = (name: string) => join(folder, name)
  const runScript = (flags: string[], script: string, ...args: string[]) =>
    // It takes a second, an emulator ten; a rehearsal that hangs must not hang the build.
    run(file, [...words, ...flags, join(import.meta.dirname, script), ...args], {
      timeout: 120_000,
      killSignal: 'SIGKILL',
    })
  const caches: Record<string, string> = {}
  for (const rehearsal of Object.keys(rehearsals)) {
    await runScript(['--predictable', '--hash-seed=1', '--random-seed=1'], 'code-cache.ts', folder, rehearsal)
    for (const text of textsIn(folder)) {
      const cache = cacheName(rehearsal, text)
      caches[cache] = at(cache)
      await runScript([], 'accepted-cache.ts', at(`${text}.cjs`), at(cache))
    }
  }
  return caches
}
