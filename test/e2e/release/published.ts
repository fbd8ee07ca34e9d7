import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { load } from 'js-yaml'
import manifest from '../../../package.json' with { type: 'json' }
import { executableName, type Platform } from '../../../scripts/build/platforms.ts'
import { archiveName } from '../../../scripts/krew/manifest.ts'
import { type Entry, unpacked } from '../../../scripts/release/archive.ts'

/** Where `npm run release` left its files. */
export const folder = 'dist/release'

export function nameOf(platform: Platform): string {
  return archiveName(manifest.version, platform)
}

export function bytesOf(name: string): Promise<Buffer> {
  return readFile(join(folder, name))
}

export async function entriesOf(platform: Platform): Promise<Entry[]> {
  return unpacked(nameOf(platform), await bytesOf(nameOf(platform)))
}

/** The program in the archive of a platform. */
export async function programOf(platform: Platform): Promise<Buffer> {
  const program = (await entriesOf(platform)).find(({ name }) => name === executableName(platform))
  if (!program) throw new Error(`${nameOf(platform)} has no ${executableName(platform)}`)
  return Buffer.from(program.data)
}

/** `spec.platforms` of its plugin.yaml. */
export async function krewPlatforms(): Promise<unknown[]> {
  const plugin = load(await readFile(join(folder, 'plugin.yaml'), 'utf8')) as {
    spec: { platforms: unknown[] }
  }
  return plugin.spec.platforms
}

export function titleOf({ os, arch }: Platform): string {
  return `${os}/${arch}`
}
