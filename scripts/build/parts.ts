import { basename, dirname, resolve } from 'node:path'
import type { Plugin } from 'esbuild'

/**
 * A `library.ts` that is imported dynamically becomes a part of its own: three clients of object stores are four times as large as
 * the whole program, and it should not carry them through each start. A part holds a package and nothing of ours, so that no class
 * of ours is there twice. start.cjs loads it. `libraries` gets their entries by the names of their parts.
 */
export function separateParts(libraries: Map<string, string>): Plugin {
  return {
    name: 'separate-parts',
    setup(build) {
      build.onResolve({ filter: /\/library\.ts$/ }, ({ path, kind, resolveDir }) => {
        if (kind !== 'dynamic-import') return undefined
        const entry = resolve(resolveDir, path)
        const name = basename(dirname(entry))
        libraries.set(name, entry)
        return { path: name, namespace: 'part' }
      })
      build.onLoad({ filter: /.*/, namespace: 'part' }, ({ path }) => ({
        contents: `module.exports = loadPart(${JSON.stringify(path)})`,
        loader: 'js',
      }))
    },
  }
}
