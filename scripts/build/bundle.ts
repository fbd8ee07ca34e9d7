import { isBuiltin } from 'node:module'
import { basename, join } from 'node:path'
import { type BuildOptions, build, type Metafile, type Plugin } from 'esbuild'
import { lazyBuiltins } from './lazy-builtins.ts'
import { separateParts } from './parts.ts'
import { quickWidths } from './quick-widths.ts'
import { fromProgram, fromRest, registerOf, withoutLate } from './rest.ts'
import { absentParts, unusedParts } from './unused-parts.ts'

export interface BundleOptions {
  readonly entry: string
  /** Where the files go. */
  readonly folder: string
  readonly plugins?: readonly Plugin[]
}

/** CommonJS files, each complete in itself but for what the program and its parts give each other. */
export interface Bundle {
  readonly program: string
  /** What the program loads when it is asked for, by their names: `rest` (rest.ts), and the libraries of stores (parts.ts). */
  readonly parts: ReadonlyMap<string, string>
}

/**
 * `entry` and all it needs. Modules behind `import()` are in it too, and are evaluated when it is called. Names stay, and lines stay
 * short, so that the stack of a bug can be read; blanks go, because what is not in a file need not be read at every start.
 */
export async function bundle({ entry, folder, plugins = [] }: BundleOptions): Promise<Bundle> {
  const fileOf = (name: string) => join(folder, `${name}.cjs`)
  const libraries = new Map<string, string>()
  const usual = [separateParts(libraries), unusedParts, quickWidths, lazyBuiltins, ...plugins]
  const program = { entryPoints: [entry], outfile: fileOf('program') }

  const late = new Set<string>()
  const { inputs } = await bundled({ ...program, write: false }, [...usual, withoutLate(late)])
  const early = new Set(Object.keys(inputs))
  const rest = late.difference(early)
  const shared = new Set<string>()
  const parts = new Map<string, string>()
  if (rest.size > 0) {
    const register = { stdin: { contents: registerOf(rest), resolveDir: '.' }, outfile: fileOf('rest') }
    await toOneFile(register, [...usual, fromProgram(early, shared)])
    parts.set('rest', register.outfile)
  }
  await toOneFile(program, [...usual, fromRest(rest, shared)])
  for (const [name, library] of libraries) {
    await toOneFile({ entryPoints: [library], outfile: fileOf(name) }, [absentParts, ...plugins])
    parts.set(name, fileOf(name))
  }
  return { program: program.outfile, parts }
}

async function toOneFile(what: BuildOptions, plugins: Plugin[]): Promise<void> {
  refuseForeignImports(await bundled(what, plugins))
}

async function bundled(what: BuildOptions, plugins: Plugin[]): Promise<Metafile> {
  const { metafile } = await build({
    ...what,
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
    footer: { js: `//# sourceURL=${sourceName(what.outfile)}` },
    // import('node:x') becomes require: the ES module loader costs some milliseconds to start.
    supported: { 'dynamic-import': false },
    plugins,
    metafile: true,
    logLevel: 'error',
  })
  return metafile
}

function sourceName(file = ''): string {
  const name = basename(file, '.cjs')
  return name === 'program' ? 'kubectl-flinksp.cjs' : `kubectl-flinksp-${name}.cjs`
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
