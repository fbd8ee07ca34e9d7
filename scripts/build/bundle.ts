import { isBuiltin } from 'node:module'
import { dirname, join } from 'node:path'
import { type BuildOptions, build, type Metafile, type Plugin } from 'esbuild'
import { type ColdImport, type ColdModules, coldEntry, coldFile, coldImports } from './cold-imports.ts'
import { lazyBuiltins } from './lazy-builtins.ts'

export interface BundleOptions {
  readonly entry: string
  readonly outfile: string
  readonly cold?: readonly ColdImport[]
}

/** `entry` in one CommonJS file, and what it seldom needs in a second one beside it. */
export async function bundle({ entry, outfile, cold = [] }: BundleOptions): Promise<{ cold: string }> {
  const found: ColdModules = new Map()
  await bundled({
    entryPoints: [entry],
    outfile,
    banner: { js: "const bundleUrl = require('node:url').pathToFileURL(process.execPath).href;" },
    plugins: [optionalAddons, lazyBuiltins, coldImports(cold, found)],
  })
  const coldOutfile = join(dirname(outfile), coldFile)
  await bundled({
    stdin: { contents: coldEntry(found), resolveDir: dirname(entry), sourcefile: 'cold modules' },
    outfile: coldOutfile,
    minifyWhitespace: true,
    plugins: [optionalAddons],
  })
  return { cold: coldOutfile }
}

/** Names, and in the main file lines, are left readable for stack traces. */
async function bundled(options: BuildOptions): Promise<void> {
  const { metafile } = await build({
    bundle: true,
    platform: 'node',
    target: 'node26',
    format: 'cjs',
    minifySyntax: true,
    legalComments: 'none',
    logLevel: 'error',
    // import('node:x') becomes require: the ES module loader costs some milliseconds to start.
    supported: { 'dynamic-import': false },
    // yargs 18 makes a require from its own address; in one file that is the program's.
    define: { 'import.meta.url': 'bundleUrl' },
    ...options,
    metafile: true as const,
  })
  refuseForeignImports(metafile)
}

/**
 * ws looks for two native add-ons and does without them. A binary cannot load them, and Node warns on stderr when a single
 * executable asks for a module that is not built in.
 */
const optionalAddons: Plugin = {
  name: 'optional-addons',
  setup(build) {
    build.onResolve({ filter: /^(bufferutil|utf-8-validate)$/ }, ({ path }) => ({
      path,
      namespace: 'absent',
    }))
    build.onLoad({ filter: /.*/, namespace: 'absent' }, ({ path }) => ({
      contents: `throw new Error(${JSON.stringify(`${path} is not part of this program`)})`,
    }))
  },
}

/** What a single executable cannot load, or what makes Node print a warning, is found here and not by a user. */
function refuseForeignImports(metafile: Metafile): void {
  const imports = Object.values(metafile.outputs).flatMap(output => output.imports)
  const outside = new Set(imports.filter(({ external }) => external).map(({ path }) => path))
  const foreign = [...outside].filter(path => !isBuiltin(path))
  if (foreign.length > 0) {
    throw new Error(`the bundle asks for modules that are not in it and not built in: ${foreign.join(', ')}`)
  }
  if (outside.has('punycode') || outside.has('node:punycode')) {
    throw new Error(
      'the bundle uses the deprecated builtin punycode, which prints DEP0040: alias it to the npm package',
    )
  }
}
