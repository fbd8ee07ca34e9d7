import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { promisify } from 'node:util'
import type { Runtime } from './runtime.ts'

const run = promisify(execFile)

/**
 * What V8 compiled of the `program.cjs` in `folder` while it rehearsed, as an asset; none where its Node does not run here. The flags
 * make it the same each time: names are hashed with a seed that each process draws, and threads and garbage collection decide
 * which functions are compiled when it ends (without the flags, 0.95 of 1.12 MB differed between two runs).
 */
export async function rehearsedCache(
  folder: string,
  { node, emulator }: Pick<Runtime, 'node' | 'emulator'>,
): Promise<Record<string, string>> {
  if (emulator === undefined) return {}
  const [file = '', ...words] = [...emulator, node]
  const files = [join(folder, 'program.cjs'), join(folder, 'program.cache')]
  const rehearse = (flags: string[], script: string) =>
    // It takes a second, an emulator ten; a rehearsal that hangs must not hang the build.
    run(file, [...words, ...flags, join(import.meta.dirname, script), ...files], {
      timeout: 120_000,
      killSignal: 'SIGKILL',
    })
  await rehearse(['--predictable', '--hash-seed=1', '--random-seed=1'], 'code-cache.ts')
  await rehearse([], 'accepted-cache.ts')
  return { 'program.cache': join(folder, 'program.cache') }
}
