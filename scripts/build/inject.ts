import { cp, mkdir, symlink, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import pkg from 'pkg/lib-es5/sea.js'
import { here, type Platform } from './platforms.ts'
import type { Runtime } from './runtime.ts'

export interface Injection {
  /** An empty folder to work in. */
  readonly folder: string
  readonly platform: Platform
  readonly runtime: Runtime
  /** The executable's main file. */
  readonly main: string
  /** Paths by the names that the program asks for. */
  readonly assets: Readonly<Record<string, string>>
  readonly output: string
}

const systems = { linux: 'linux', darwin: 'macos', windows: 'win' } as const
const processors = { amd64: 'x64', arm64: 'arm64' } as const

/**
 * Puts a program into a Node of any platform, by pkg. Given a path of a Node, pkg runs it, which can be done with this platform's only;
 * so it finds all it needs in the folder where it keeps its downloads, and asks no site.
 */
export async function inject({ folder, platform, runtime, main, assets, output }: Injection): Promise<void> {
  const { version, node, generator } = runtime
  await keep(folder, version, platform, node)
  if (generator !== node) await keep(folder, version, here, generator)
  const target = {
    nodeRange: `node${version}`,
    platform: systems[platform.os],
    arch: processors[platform.arch],
    output,
  }
  await cp(main, join(folder, 'main.cjs'))
  // pkg works in a folder below TMPDIR.
  await withEnvironment({ HOME: folder, TMPDIR: folder }, () =>
    pkg.default(main, { signature: false, targets: [target], seaConfig: seaConfig(assets) }),
  )
}

/** MB for short-lived objects from the beginning: with V8's own 1 MB a start is held up by three collections, of 6 ms in all. */
const roomForStart = '--min-semi-space-size=8'

/**
 * No code cache of Node's own: it differs from build to build, cannot be made for another platform, and holds the few lines of
 * start.cjs. `none`: NODE_OPTIONS of the user's shell is for their own programs; a --require or --inspect there must not reach this one.
 */
function seaConfig(assets: Injection['assets']) {
  return {
    // It stands in the executable as it is given here: a whole path would make each checkout's another.
    main: '../main.cjs',
    // In one order: esbuild meets them in any.
    assets: Object.fromEntries(Object.entries(assets).sort(([a], [b]) => (a < b ? -1 : 1))),
    disableExperimentalSEAWarning: true,
    useSnapshot: false,
    useCodeCache: false,
    execArgv: [roomForStart],
    execArgvExtension: 'none',
  }
}

/** As pkg keeps a Node that it downloaded, checked and unpacked (lib-es5/sea.js of 6.23.0, getNodejsExecutable and extract). */
async function keep(home: string, version: string, { os, arch }: Platform, node: string): Promise<void> {
  const system = systems[os] === 'macos' ? 'darwin' : systems[os]
  const name = join(home, '.pkg-cache', 'sea', `node-v${version}-${system}-${processors[arch]}`)
  const [archive, binary] =
    os === 'windows' ? [`${name}.zip`, `${name}.exe`] : [`${name}.tar.gz`, join(name, 'bin', 'node')]
  await mkdir(dirname(binary), { recursive: true })
  await symlink(node, binary)
  for (const mark of [archive, `${archive}.ok`, `${binary}.ok`]) await writeFile(mark, '')
}

async function withEnvironment(
  wanted: Readonly<Record<string, string>>,
  work: () => Promise<void>,
): Promise<void> {
  const before = Object.keys(wanted).map(name => [name, process.env[name]] as const)
  Object.assign(process.env, wanted)
  try {
    await work()
  } finally {
    for (const [name, value] of before) {
      if (value === undefined) delete process.env[name]
      else process.env[name] = value
    }
  }
}
