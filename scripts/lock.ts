import { readFileSync, writeFileSync } from 'node:fs'
import { type Held, loosePackages } from './supply/integrity.ts'

/**
 * Checks that each package-lock.json names every optional package of other platforms, and with --complete adds what is missing. npm leaves out
 * what it does not install itself or what a registry mirror lacks (npm/cli issue 4828), and `npm ci` refuses such a file. Checks, too,
 * that every package is held to its checksum.
 */
interface Locked {
  readonly version?: string
  readonly dev?: boolean
  readonly optionalDependencies?: Readonly<Record<string, string>>
}

type Packages = Readonly<Record<string, Locked>>

/** That of the program, and that of the site of the documents. */
for (const file of ['package-lock.json', 'scripts/site/package-lock.json']) {
  const lock: { packages: Packages } = JSON.parse(readFileSync(file, 'utf8'))
  const missing = Object.entries(lock.packages).flatMap(locked => missingFrom(lock.packages, locked))
  if (process.argv.includes('--complete')) {
    for (const { name, entry } of missing) Object.assign(lock.packages, { [`node_modules/${name}`]: entry })
    const sorted = Object.entries(lock.packages).toSorted(([a], [b]) => a.localeCompare(b, 'en'))
    writeFileSync(file, `${JSON.stringify({ ...lock, packages: Object.fromEntries(sorted) }, null, 2)}\n`)
    console.log(`${file}: added ${missing.length}`)
  } else if (missing.length > 0) {
    const names = missing.map(({ name }) => name).join(', ')
    console.error(`error: ${file} lacks ${names}: run \`npm run lock\``)
    process.exitCode = 1
  } else console.log(`${file}: complete`)
}

/** What only makes the documents, or serves tests, is a tool. */
const lockFiles = [
  'package-lock.json',
  'scripts/site/package-lock.json',
  'test/e2e/storage/azurite/package-lock.json',
]
for (const file of lockFiles) {
  const { packages }: { packages: Record<string, Held> } = JSON.parse(readFileSync(file, 'utf8'))
  const tools = file !== 'package-lock.json'
  const held = Object.entries(packages).map(([path, entry]) => [
    path,
    tools ? { ...entry, dev: true } : entry,
  ])
  const loose = loosePackages(Object.fromEntries(held))
  for (const line of loose) console.error(`error: ${file}: ${line}`)
  if (loose.length > 0) process.exitCode = 1
  else console.log(`${file}: held to checksums`)
}

function missingFrom(packages: Packages, [path, { dev, optionalDependencies = {} }]: [string, Locked]) {
  return Object.entries(optionalDependencies)
    .filter(([name]) => !(`${path}/node_modules/${name}` in packages || `node_modules/${name}` in packages))
    .map(([name, version]) => ({ name, entry: entryOf(name, version, dev) }))
}

/** As npm writes it, but for the checksum, which only the registry knows. */
function entryOf(name: string, version: string, dev: boolean | undefined): object {
  const words = name.replace(/^.*\//, '').split('-')
  const systems = [
    'aix',
    'android',
    'darwin',
    'freebsd',
    'linux',
    'netbsd',
    'openbsd',
    'openharmony',
    'sunos',
    'win32',
  ]
  const processors = ['arm', 'arm64', 'ia32', 'loong64', 'mips64el', 'ppc64', 'riscv64', 's390x', 'x64']
  const os = words.filter(word => systems.includes(word))
  const cpu = words.filter(word => processors.includes(word))
  const libc = words.flatMap(word => (/^musl/.test(word) ? ['musl'] : /^gnu/.test(word) ? ['glibc'] : []))
  return {
    version: version.replace(/^[\^~]/, ''),
    ...(dev && { dev }),
    optional: true,
    ...(os.length > 0 && { os }),
    ...(cpu.length > 0 && { cpu }),
    ...(libc.length > 0 && { libc }),
  }
}
