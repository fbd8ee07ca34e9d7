import { createHash } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { run } from '../../test/e2e/processes.ts'
import type { NodePackage } from './nodes.ts'

interface Component {
  readonly 'bom-ref': string
}

/** CycloneDX, as far as it is looked into here. */
export interface Sbom {
  readonly serialNumber: string
  readonly metadata: { readonly timestamp: string; readonly component: Component }
  readonly components: readonly Component[]
  readonly dependencies: readonly { readonly ref: string; readonly dependsOn?: readonly string[] }[]
}

export interface SbomOf {
  /** Folders in node_modules. */
  readonly packages: readonly string[]
  readonly node: NodePackage
  /** Of the commit. */
  readonly time: Date
}

/** What npm says of all it installs: with `--omit dev` it leaves out what a tool needs, too, though the program does as well. */
export async function npmSbom(): Promise<Sbom> {
  const { stdout } = await run('npm', ['sbom', '--sbom-format', 'cyclonedx'])
  return JSON.parse(stdout)
}

/** The bill of materials of one binary: what is in it and nothing else, the same each time. */
export async function sbom(all: Sbom, { packages, node, time }: SbomOf): Promise<string> {
  const root = all.metadata.component['bom-ref']
  const wanted = new Set([root, ...(await Promise.all(packages.map(refOf)))])
  const known = new Set(all.components.map(component => component['bom-ref']))
  const unknown = [...wanted].filter(ref => ref !== root && !known.has(ref))
  if (unknown.length > 0) throw new Error(`npm's bill of materials lacks ${unknown.join(', ')}`)
  const nodeRef = `node@${node.version}`
  const bill = {
    ...all,
    metadata: {
      ...all.metadata,
      timestamp: time.toISOString(),
      component: { ...all.metadata.component, type: 'application', name: 'kubectl-flinksp' },
    },
    components: [
      ...all.components.filter(component => wanted.has(component['bom-ref'])),
      nodeComponent(node),
    ],
    dependencies: [
      ...all.dependencies
        .filter(({ ref }) => wanted.has(ref))
        .map(({ ref, dependsOn = [] }) => ({
          ref,
          dependsOn: [...dependsOn.filter(to => wanted.has(to)), ...(ref === root ? [nodeRef] : [])],
        })),
      { ref: nodeRef, dependsOn: [] },
    ],
  }
  return `${JSON.stringify({ ...bill, serialNumber: serialOf(bill) }, null, 2)}\n`
}

async function refOf(folder: string): Promise<string> {
  const { name, version } = JSON.parse(await readFile(join(folder, 'package.json'), 'utf8'))
  return `${name}@${version}`
}

/** As the npm package that brings it; the Node in it is the project's own. */
function nodeComponent({ name, version, integrity }: NodePackage) {
  const content = Buffer.from(integrity.replace(/^sha512-/, ''), 'base64').toString('hex')
  return {
    'bom-ref': `node@${version}`,
    type: 'platform',
    name: 'node',
    version,
    description: 'Node.js, in the binary',
    purl: `pkg:npm/${name}@${version}`,
    cpe: `cpe:2.3:a:nodejs:node.js:${version}:*:*:*:*:*:*:*`,
    hashes: [{ alg: 'SHA-512', content }],
    licenses: [{ license: { id: 'MIT' } }],
  }
}

/** A number of its own for each content, in the form of a UUID. */
function serialOf(bill: Sbom): string {
  const digest = createHash('sha256')
    .update(JSON.stringify({ ...bill, serialNumber: '' }))
    .digest('hex')
  const groups = /^(.{8})(.{4}).(.{3}).(.{3})(.{12})/.exec(digest)?.slice(1) ?? []
  const [a, b, c, d, e] = groups
  return `urn:uuid:${a}-${b}-5${c}-8${d}-${e}`
}
