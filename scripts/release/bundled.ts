import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import type { Plugin } from 'esbuild'
import { bundle, bundlePart } from '../build/bundle.ts'

/** The program as it goes into every binary. */
export interface Bundled {
  readonly program: string
  /** By their names. */
  readonly parts: ReadonlyMap<string, string>
  /** The folders in node_modules of whose files some bytes are in it, in order. */
  readonly packages: readonly string[]
}

export async function bundled(folder: string): Promise<Bundled> {
  await mkdir(folder, { recursive: true })
  const packages = new Set<string>()
  const program = join(folder, 'program.cjs')
  const entries = await bundle({ entry: 'src/bin.ts', outfile: program, plugins: [noting(packages)] })
  const parts = new Map<string, string>()
  for (const [name, entry] of entries) {
    parts.set(name, join(folder, `${name}.cjs`))
    await bundlePart(entry, join(folder, `${name}.cjs`), [noting(packages)])
  }
  return { program, parts, packages: [...packages].sort() }
}

function noting(packages: Set<string>): Plugin {
  return {
    name: 'noting',
    setup(build) {
      build.onEnd(({ metafile }) => {
        for (const { inputs } of Object.values(metafile?.outputs ?? {}))
          for (const [path, { bytesInOutput }] of Object.entries(inputs)) {
            const folder = /^(.*node_modules\/(?:@[^/]+\/)?[^/]+)\//.exec(path)?.[1]
            if (folder !== undefined && bytesInOutput > 0) packages.add(folder)
          }
      })
    },
  }
}
