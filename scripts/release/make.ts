import { createHash } from 'node:crypto'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { binary } from '../build/binary.ts'
import { executableName, type Platform } from '../build/platforms.ts'
import type { Runtime } from '../build/runtime.ts'
import { describedCommands } from '../docs/described.ts'
import { manPages } from '../docs/man.ts'
import { archiveName } from '../krew/manifest.ts'
import { type Entry, packed } from './archive.ts'
import type { Bundled } from './bundled.ts'
import type { Edition } from './edition.ts'
import { finish } from './finish.ts'
import { nodePackage } from './nodes.ts'
import { notices } from './notices.ts'
import { runtimeFor } from './runtimes.ts'
import { type Sbom, sbom } from './sbom.ts'

/** A file of a release. */
export interface Made {
  readonly name: string
  readonly sha256: string
  readonly size: number
}

export interface Making {
  readonly bundled: Bundled
  readonly edition: Edition
  /** What npm says of all packages. */
  readonly materials: Sbom
  /** Where the files go. */
  readonly folder: string
  readonly say: (line: string) => void
}

/** The archive of a platform, and beside it the bill of materials of the program in it. */
export async function make(platform: Platform, making: Making): Promise<{ archive: Made; sbom: Made }> {
  const { bundled, edition, materials, folder, say } = making
  const name = archiveName(edition.version, platform)
  const runtime = await runtimeFor(platform, say)
  const entries: Entry[] = [
    { name: executableName(platform), data: await program(platform, runtime, making), isProgram: true },
    { name: 'LICENSE', data: await readFile('LICENSE') },
    { name: 'THIRD-PARTY-NOTICES', data: Buffer.from(await notices(bundled.packages, runtime)) },
    ...(platform.os === 'windows' ? [] : await manual(edition)),
  ]
  const bill = await sbom(materials, {
    packages: bundled.packages,
    node: nodePackage(platform),
    time: edition.time,
  })
  return {
    archive: await written(folder, name, await packed(name, entries)),
    sbom: await written(folder, `${name}.cdx.json`, Buffer.from(bill)),
  }
}

async function program(platform: Platform, runtime: Runtime, { bundled, say }: Making): Promise<Uint8Array> {
  const folder = await mkdtemp(join(tmpdir(), 'kubectl-flinksp-release-'))
  try {
    const output = join(folder, executableName(platform))
    await binary({ bundle: bundled, output, platform, runtime })
    await finish(output, platform, say)
    return await readFile(output)
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

async function manual({ version, time }: Edition): Promise<Entry[]> {
  const date = time.toISOString().slice(0, 10)
  const pages = manPages(await describedCommands(), { version, date })
  return [...pages].map(([name, text]) => ({ name: `man/${name}`, data: Buffer.from(text) }))
}

async function written(folder: string, name: string, data: Uint8Array): Promise<Made> {
  await writeFile(join(folder, name), data)
  return { name, size: data.length, sha256: createHash('sha256').update(data).digest('hex') }
}
