import { cp, mkdtemp, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Bundle } from './bundle.ts'
import { inject } from './inject.ts'
import type { Platform } from './platforms.ts'
import { rehearsedCache } from './rehearsed-cache.ts'
import { installedRuntime, type Runtime } from './runtime.ts'

/** What the executable runs first. */
export const mainFile = join(import.meta.dirname, 'start.cjs')

export interface BinaryOptions {
  readonly bundle: Bundle
  readonly output: string
  readonly platform: Platform
  /** npm's Node for this machine, unless told. */
  readonly runtime?: Runtime
}

/** Puts the bundle into a copy of npm's Node: one file to run. The same input gives the same file, byte by byte. */
export async function binary(options: BinaryOptions): Promise<void> {
  const { bundle, output, platform, runtime = installedRuntime() } = options
  const folder = await mkdtemp(join(tmpdir(), 'kubectl-flinksp-build-'))
  const at = (name: string) => join(folder, name)
  try {
    await cp(runtime.node, at('node'))
    await runtime.strip?.(at('node'))
    const carried: Record<string, string> = {}
    for (const [name, text] of await carriedTexts(bundle)) {
      await writeFile(at(name), text, 'latin1')
      carried[name] = at(name)
    }
    const stripped = { ...runtime, node: at('node') }
    await inject({
      folder,
      platform,
      runtime: runtime.generator === runtime.node ? { ...stripped, generator: at('node') } : stripped,
      main: mainFile,
      assets: { ...carried, ...(await rehearsedCache(folder, stripped)) },
      output: at('binary'),
    })
    // Beside the old one first: a program that is running cannot be written over, and a reader never meets half a file.
    await cp(at('binary'), `${output}.new`)
    await rename(`${output}.new`, output)
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

/** Each a function that start.cjs calls: the program's, and those of its parts, as CommonJS modules are called. */
export async function carriedTexts({ program, parts }: Bundle): Promise<Map<string, string>> {
  const texts = new Map([['program.cjs', `(function(require,process,loadPart){${await latin1(program)}\n})`]])
  for (const [name, part] of parts)
    texts.set(`${name}.cjs`, `(function(exports,require,module,loadPart,shared){${await latin1(part)}\n})`)
  return texts
}

/** esbuild writes ASCII only. */
function latin1(file: string): Promise<string> {
  return readFile(file, 'latin1')
}
