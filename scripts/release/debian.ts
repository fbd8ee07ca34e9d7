import { readdir, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { cached } from '../../test/e2e/cache.ts'
import { run } from '../../test/e2e/processes.ts'
import { aptGet } from './installed.ts'

/** Debian's packages with which a Linux program for arm64 is stripped and run here, and the libraries that it asks for. */
const packages = [
  'binutils-aarch64-linux-gnu',
  'qemu-user-static',
  ...['libc6-arm64-cross', 'libgcc-s1-arm64-cross', 'libstdc++6-arm64-cross', 'libatomic1-arm64-cross'],
]

export interface Arm64Tools {
  /** Runs a program, when written before its path. */
  readonly emulator: readonly string[]
  readonly strip: (file: string) => Promise<void>
}

/** Unpacked into the cache, not installed: no root is needed where apt knows its lists. */
export async function arm64Tools(say: (line: string) => void): Promise<Arm64Tools> {
  const folder = await cached('debian-arm64', packages, async draft => {
    say(`fetching ${packages.join(' ')} from Debian`)
    await download(draft)
    for (const name of await readdir(draft)) {
      await run('dpkg', ['-x', join(draft, name), draft])
      await rm(join(draft, name))
    }
  })
  const at = (...names: string[]) => join(folder, 'usr', ...names)
  return {
    emulator: [at('bin', 'qemu-aarch64-static'), '-L', at('aarch64-linux-gnu')],
    strip: async file => {
      const env = { LD_LIBRARY_PATH: at('lib', 'x86_64-linux-gnu') }
      await run(at('bin', 'aarch64-linux-gnu-strip'), ['--strip-all', file], { env })
    },
  }
}

async function download(folder: string): Promise<void> {
  const get = () => run('apt-get', ['download', '-qq', ...packages], { cwd: folder })
  try {
    await get()
  } catch {
    aptGet('update', '-qq')
    await get()
  }
}
