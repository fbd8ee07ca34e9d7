import { cp, mkdtemp, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { inject } from './inject.ts'
import type { Platform } from './platforms.ts'
import { rehearsedCache } from './rehearsed-cache.ts'
import { installedRuntime, type Runtime } from './runtime.ts'

export interface BinaryOptions {
  readonly bundle: string
  /** By their names, bundled. */
  readonly parts?: ReadonlyMap<string, string>
  readonly output: string
  readonly platform: Platform
  /** npm's Node for this machine, unless told. */
  readonly runtime?: Runtime
}

/** Puts the bundle into a copy of npm's Node: one file to run. The same input gives the same file, byte by byte. */
export async function binary(options: BinaryOptions): Promise<void> {
  const { bundle, parts = new Map(), output, platform, runtime = installedRuntime() } = options
  const folder = await mkdtemp(join(tmpdir(), 'kubectl-flinksp-build-'))
  const at = (name: string) => join(folder, name)
  try {
    await cp(runtime.node, at('node'))
    await runtime.strip?.(at('node'))
    await writeFile(
      at('program.cjs'),
      `(function(require,process,loadPart){${await readFile(bundle, 'latin1')}\n})`,
      'latin1',
    )
    const stripped = { ...runtime, node: at('node') }
    await inject({
      folder,
      platform,
      runtime: runtime.generator === runtime.node ? { ...stripped, generator: at('node') } : stripped,
      main: join(import.meta.dirname, 'start.cjs'),
      assets: {
        ...{ 'program.cjs': at('program.cjs'), ...(await rehearsedCache(folder, stripped)) },
        ...(await partsIn(folder, parts)),
      },
      output: at('binary'),
    })
    // Beside the old one first: a program that is running cannot be written over, and a reader never meets half a file.
    await cp(at('binary'), `${output}.new`)
    await rename(`${output}.new`, output)
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

/** As assets, each a function that is called as a CommonJS module is. */
async function partsIn(folder: string, parts: ReadonlyMap<string, string>): Promise<Record<string, string>> {
  const assets: Record<string, string> = {}
  for (const [name, bundled] of parts) {
    const asset = `part-${name}.cjs`
    const text = `(function(exports,require,module){${await readFile(bundled, 'latin1')}\n})`
    await writeFile(join(folder, asset), text, 'latin1')
    assets[asset] = join(folder, asset)
  }
  return assets
}
