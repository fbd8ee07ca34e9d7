import { createRequire } from 'node:module'
import { dirname } from 'node:path'
import { pathToFileURL } from 'node:url'
import type { Plugin } from 'esbuild'

/** A static import that is to be evaluated when one of its names is first used. */
export interface LazyImport {
  /** Matches the importing file. */
  readonly importer: RegExp
  /** As the import statement spells it. */
  readonly specifier: string
}

const namespace = 'lazy-import'

/**
 * Puts a small CommonJS module between an importing ES module and its import: an object with one getter a name. esbuild
 * compiles each use of an imported name to a property access, so the getter runs, and the module behind it is evaluated, at
 * the first use and not at start-up. Nothing is dropped from the bundle.
 */
export function lazyImports(imports: readonly LazyImport[]): Plugin {
  return {
    name: 'lazy-imports',
    setup(build) {
      build.onResolve({ filter: /.*/ }, args => {
        if (args.kind !== 'import-statement' || args.namespace !== 'file') return undefined
        const wanted = imports.some(
          ({ importer, specifier }) =>
            specifier === args.path && importer.test(args.importer.replaceAll('\\', '/')),
        )
        if (!wanted) return undefined
        return { path: args.path, namespace, pluginData: { importer: args.importer } }
      })
      build.onLoad({ filter: /.*/, namespace }, async args => {
        const { importer } = args.pluginData as { importer: string }
        return {
          contents: getters(args.path, await exportedNames(args.path, importer)),
          loader: 'js',
          resolveDir: dirname(importer),
        }
      })
    },
  }
}

/** Asked of the module itself, at build time: a name that a new version adds is there without our doing. */
async function exportedNames(specifier: string, importer: string): Promise<string[]> {
  const resolved = specifier.startsWith('.')
    ? new URL(specifier, pathToFileURL(importer))
    : pathToFileURL(createRequire(importer).resolve(specifier))
  const names = Object.keys(await import(resolved.href))
  return names.filter(name => name !== 'default' && name !== 'module.exports' && name !== '__esModule')
}

function getters(specifier: string, names: readonly string[]): string {
  const path = JSON.stringify(specifier)
  const lines = names.map(
    name => `  get ${JSON.stringify(name)}() { return load()[${JSON.stringify(name)}] },`,
  )
  return [
    'let loaded',
    `const load = () => (loaded ??= require(${path}))`,
    'module.exports = {',
    '  __esModule: true,',
    '  get default() { return load().default ?? load() },',
    ...lines,
    '}',
    '',
  ].join('\n')
}
