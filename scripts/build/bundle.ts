import { isBuiltin } from 'node:module'
import { type BuildResult, build, type Metafile } from 'esbuild'
import { type LazyImport, lazyImports } from './lazy-imports.ts'

export interface BundleOptions {
  readonly entry: string
  readonly outfile: string
  readonly lazy?: readonly LazyImport[]
}

/** Everything that `entry` needs in one CommonJS file, with names and lines left readable for stack traces. */
export async function bundle({ entry, outfile, lazy = [] }: BundleOptions): Promise<Metafile> {
  const result: BuildResult<{ metafile: true }> = await build({
    entryPoints: [entry],
    outfile,
    bundle: true,
    platform: 'node',
    target: 'node26',
    format: 'cjs',
    minifySyntax: true,
    legalComments: 'external',
    metafile: true,
    logLevel: 'error',
    // yargs 18 makes a require from its own address; in one file that is the program's.
    define: { 'import.meta.url': 'bundleUrl' },
    banner: { js: "const bundleUrl = require('node:url').pathToFileURL(process.execPath).href;" },
    plugins: [optionalAddons, lazyImports(lazy)],
  })
  refuseForeignImports(result.metafile)
  return result.metafile
}

/**
 * ws looks for two native add-ons and does without them. A binary cannot load them, and Node warns on stderr when a single
 * executable asks for a module that is not built in.
 */
const optionalAddons = {
  name: 'optional-addons',
  setup(build: import('esbuild').PluginBuild) {
    build.onResolve({ filter: /^(bufferutil|utf-8-validate)$/ }, args => ({
      path: args.path,
      namespace: 'absent',
    }))
    build.onLoad({ filter: /.*/, namespace: 'absent' }, args => ({
      contents: `throw new Error(${JSON.stringify(`${args.path} is not part of this program`)})`,
    }))
  },
}

/** What a single executable cannot load, or what makes Node print a warning, is found here and not by a user. */
function refuseForeignImports(metafile: Metafile): void {
  const outside = Object.values(metafile.outputs).flatMap(output =>
    output.imports.filter(({ external }) => external),
  )
  const paths = [...new Set(outside.map(({ path }) => path))]
  const foreign = paths.filter(path => !isBuiltin(path))
  if (foreign.length > 0) {
    throw new Error(`the bundle asks for modules that are not in it and not built in: ${foreign.join(', ')}`)
  }
  if (paths.some(path => /^(node:)?punycode$/.test(path))) {
    throw new Error(
      'the bundle uses the deprecated builtin punycode, which prints DEP0040: alias it to the npm package',
    )
  }
}
