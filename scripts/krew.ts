import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { here } from './build/platforms.ts'
import { archive } from './krew/archive.ts'
import { homepage } from './krew/homepage.ts'
import { type Archive, archiveName, manifest, manifestFile } from './krew/manifest.ts'

/** Packs what `npm run build` made and writes plugin.yaml for it: a step of a release. */
const { version } = JSON.parse(readFileSync('package.json', 'utf8')) as { version: string }

const archives: Archive[] = []
for (const platform of [here]) {
  const output = join('dist', archiveName(version, platform))
  const { sha256 } = await archive('dist/kubectl-flinksp', output)
  archives.push({ platform, sha256 })
  console.log(`${output}  sha256:${sha256}`)
}
writeFileSync(manifestFile, manifest({ version, homepage: homepage(), archives }))
