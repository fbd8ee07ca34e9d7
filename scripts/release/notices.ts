import { readdir, readFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import type { Runtime } from '../build/runtime.ts'

const rule = '='.repeat(80)

/** Whose work is in a binary and on which terms: the packages of the bundle, and Node with all that is in that. */
export async function notices(packages: readonly string[], runtime: Runtime): Promise<string> {
  const head =
    'kubectl-flinksp is under the Apache License 2.0 (LICENSE). It carries the works below, each on its own terms.\n'
  // The same version may lie in several places.
  const sections = new Set(await Promise.all(packages.map(sectionOf)))
  const node = `Node.js ${runtime.version}\n\n${await nodeLicence(runtime)}`
  return [head, ...sections, node]
    .map(text => text.trimEnd())
    .join(`\n\n${rule}\n`)
    .concat('\n')
}

async function sectionOf(folder: string): Promise<string> {
  const manifest: { name: string; version: string; license?: string; author?: unknown } = JSON.parse(
    await readFile(join(folder, 'package.json'), 'utf8'),
  )
  const files = (await readdir(folder)).filter(isNotice).sort()
  const texts = await Promise.all(files.map(name => readFile(join(folder, name), 'utf8')))
  const { name, version, license } = manifest
  if (license === undefined && texts.length === 0) throw new Error(`${name} says nothing of its licence`)
  return [`${name} ${version} (${license ?? 'see below'})${by(manifest.author)}`, ...texts].join('\n\n')
}

function isNotice(file: string): boolean {
  return /^(licen[cs]e|copying|notice|copyright)/i.test(file)
}

/** Some bring no file with their terms; then the name of these and the author are all there is. */
function by(author: unknown): string {
  const name = typeof author === 'object' && author !== null && 'name' in author ? author.name : author
  return typeof name === 'string' ? `, by ${name}` : ''
}

/** npm's packages for Windows lack it; it lies beside the Node for Linux of the same version. */
function nodeLicence({ generator }: Runtime): Promise<string> {
  return readFile(join(dirname(dirname(generator)), 'LICENSE'), 'utf8')
}
