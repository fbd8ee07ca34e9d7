import { mkdir, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { platforms } from './build/platforms.ts'
import { homepage } from './krew/homepage.ts'
import { type Archive, manifest, manifestFile } from './krew/manifest.ts'
import { bundled } from './release/bundled.ts'
import { edition, refuseUnlessTagged } from './release/edition.ts'
import { type Made, make } from './release/make.ts'
import { publish } from './release/publish.ts'
import { npmSbom } from './release/sbom.ts'

/**
 * `npm run release`: every archive of a release in dist/release/, from the commit that is tagged with the version. `-- --local`: from the
 * working tree as it is. `--publish`: and puts them on GitHub. `--platform linux/amd64` (also several times): those alone, and plugin.yaml
 * stays as it was.
 */
const { values } = parseArgs({
  options: {
    local: { type: 'boolean', default: false },
    publish: { type: 'boolean', default: false },
    output: { type: 'string', default: 'dist/release' },
    platform: { type: 'string', multiple: true, default: [] },
  },
})

const say = (line: string) => console.error(line)
const made = await edition()
if (!values.local || values.publish) await refuseUnlessTagged(made)

const known = new Map(platforms.map(platform => [`${platform.os}/${platform.arch}`, platform]))
const unknown = values.platform.filter(name => !known.has(name))
if (unknown.length > 0)
  throw new Error(
    `no platform of a release: ${unknown.join(', ')}; there are ${[...known.keys()].join(', ')}`,
  )
if (values.publish && values.platform.length > 0)
  throw new Error('a release is published whole: leave --platform out')
const wanted = [...known.entries()].flatMap(([name, platform]) =>
  values.platform.length === 0 || values.platform.includes(name) ? [platform] : [],
)
const folder = values.output
await rm(folder, { recursive: true, force: true })
await mkdir(folder, { recursive: true })
const program = await bundled(join(folder, '.bundle'))
const materials = await npmSbom()

const files: Made[] = []
const archives: Archive[] = []
for (const platform of wanted) {
  const began = performance.now()
  const { archive, sbom } = await make(platform, { bundled: program, edition: made, materials, folder, say })
  files.push(archive, sbom)
  archives.push({ platform, sha256: archive.sha256 })
  const seconds = Math.round((performance.now() - began) / 1_000)
  console.log(
    `${archive.name}  ${(archive.size / 1e6).toFixed(1)} MB  sha256:${archive.sha256}  ${seconds} s`,
  )
}
await rm(join(folder, '.bundle'), { recursive: true })

const plugin = manifest({ version: made.version, homepage: homepage(), archives })
await mkdir(join(folder, 'krew-index', 'plugins'), { recursive: true })
await writeFile(join(folder, 'krew-index', 'plugins', 'flinksp.yaml'), plugin)
await writeFile(join(folder, manifestFile), plugin)
if (wanted.length === platforms.length) await writeFile(manifestFile, plugin)
await writeFile(
  join(folder, 'checksums.txt'),
  files.map(({ name, sha256 }) => `${sha256}  ${name}\n`).join(''),
)
if (values.publish) await publish(made, folder)
