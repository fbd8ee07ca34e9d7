import type { Plugin } from 'esbuild'
import { type Bundle, bundle } from '../build/bundle.ts'

/** The program as it goes into every binary. */
export interface Bundled extends Bundle {
  /** The folders in node_modules of whose files some bytes are in it, in order. */
  readonly packages: readonly string[]
}

export async function bundled(folder: string): Promise<Bundled> {
  const packages = new Set<string>()
  const made = await bundle({ entry: 'src/bin.ts', folder, plugins: [noting(packages)] })
  return { ...made, packages: [...packages].sort() }
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
