import { isBuiltin } from 'node:module'
import { build, type Metafile, type Plugin } from 'esbuild'
import { lazyBuiltins } from './lazy-builtins.ts'
import { type Parts, separateParts } from './parts.ts'
import { quickWidths } from './quick-widths.ts'
import { absentParts, unusedParts } from './unused-parts.ts'

export interface BundleOptions {
  readonly entry: string
  readonly outfile: string
  readonly plugins?: readonly Plugin[]
}

/**
 * `entry` and all it needs in one CommonJS file. Modules behind `import()` are in it too, and are evaluated when it is called.
 * Names stay, and lines stay short, so that the stack of a bug can be read; blanks go, because what is not in the file need not
 * be read at every start. Gives the parts that belong to it and are not in it.
 */
export async function bundle({ entry, outfile, plugins = [] }: BundleOptions): Promise<Parts> {
  const parts: Parts = new Map()
  await toOneFile(entry, outfile, [separateParts(parts), unusedParts, quickWidths, lazyBuiltins, ...plugins])
  return parts
}

/** A package as it is, in one file. */
export async function bundlePart(
  entry: string,
  outfile: string,
  plugins: readonly Plugin[] = [],
): Promise<void> {
  await toOneFile(entry, outfile, [absentParts, ...plugins])
}

async function toOneFile(entry: string, outfile: string, plugins: Plugin[]): Promise<void> {
  const { metafile } = await build({
    entryPoints: [entry],
    outfile,
    bundle: true,
    platform: 'node',
    target: 'node26',
    format: 'cjs',
    minifySyntax: true,
    minifyWhitespace: true,
    lineLimit: 160,
    legalComments: 'none',
    // yargs-parser makes a require from its own address; in one file that is the program's.
    define: { 'import.meta.url': 'bundleUrl' },
    banner: { js: "const bundleUrl=require('node:url').pathToFileURL(process.execPath).href;" },
    // How stacks call the file, wherever it was built.
    footer: { js: '//# sourceURL=kubectl-flinksp.cjs' },
    // import('node:x') becomes require: the ES module loader costs some milliseconds to start.
    supported: { 'dynamic-import': false },
    plugins,
    metafile: true,
    logLevel: 'error',
  })
  refuseForeignImports(metafile)
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
