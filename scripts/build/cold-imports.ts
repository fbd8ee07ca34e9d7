import { isAbsolute, join } from 'node:path'
import type { Plugin, PluginBuild } from 'esbuild'
import { exportedNames } from './exported-names.ts'
import { gettersOf } from './getters.ts'

/** A static import whose module is kept in a second file, read and evaluated when one of its names is first used. */
export interface ColdImport {
  /** Matches the importing file. */
  readonly importer: RegExp
  /** As the import statement spells it. */
  readonly specifier: string
}

/** What the bundle found to be cold: the file that an import means, by the name that both files use for it. */
export type ColdModules = Map<string, string>

/** The name of the second file: beside the bundle, or an asset of the single executable. */
export const coldFile = 'cold.cjs'

/**
 * Puts a small CommonJS module of getters between an importing ES module and a cold import: what is behind it is read and
 * evaluated at the first use of a name. The size of the main file is paid at every start (about 2 ms a megabyte, though nothing of it runs); the cold file's is not.
 */
export function coldImports(imports: readonly ColdImport[], found: ColdModules): Plugin {
  return {
    name: 'cold-imports',
    setup(build) {
      build.onResolve({ filter: /.*/ }, async args => {
        if (args.pluginData === asked || args.namespace !== 'file') return undefined
        const from = args.importer.replaceAll('\\', '/')
        if (!imports.some(cold => cold.specifier === args.path && cold.importer.test(from))) return undefined
        // .cjs: esbuild takes what ends in .mjs for an ES module, which has no module.exports.
        return { path: `${await realPath(build, args)}.cjs`, namespace: 'cold' }
      })
      build.onLoad({ filter: /.*/, namespace: 'cold' }, async args => {
        const path = args.path.replace(/\.cjs$/, '')
        const name = path.slice(path.lastIndexOf('/node_modules/') + 1)
        found.set(name, path)
        return {
          contents: gettersOf(await exportedNames(path), `require(${loader})(${JSON.stringify(name)})`),
          loader: 'js',
          resolveDir: import.meta.dirname,
        }
      })
    },
  }
}

const loader = JSON.stringify(join(import.meta.dirname, 'load-cold.cjs'))

const asked = Symbol('asked by cold-imports')

async function realPath(build: PluginBuild, args: { path: string; resolveDir: string; importer: string }) {
  const { path, errors } = await build.resolve(args.path, {
    kind: 'import-statement',
    importer: args.importer,
    resolveDir: args.resolveDir,
    pluginData: asked,
  })
  if (!isAbsolute(path))
    throw new Error(`cannot resolve the cold import ${args.path}: ${errors[0]?.text ?? path}`)
  return path.replaceAll('\\', '/')
}

/** The source of the second file: every cold module by its name, each evaluated when it is asked for. */
export function coldEntry(found: ColdModules): string {
  const entries = [...found].sort(([a], [b]) => (a < b ? -1 : 1))
  const lines = entries.map(
    ([name, path]) => `  ${JSON.stringify(name)}: () => require(${JSON.stringify(path)}),`,
  )
  return `module.exports = {\n${lines.join('\n')}\n}\n`
}
