import { readFileSync, writeFileSync } from 'node:fs'
import { load } from 'js-yaml'
import { platforms } from './build/platforms.ts'
import { homepage } from './krew/homepage.ts'
import { botFile, botTemplate, manifest, manifestFile } from './krew/manifest.ts'
import { brokenRules } from './krew/rules.ts'

/**
 * Checks the committed manifest: krew's rules, and that it is what `npm run release` writes today for its own version and checksums.
 * Those two belong to the last release and are not compared with a local build. Then the template of krew-release-bot; --write writes
 * both anew.
 */
interface Written {
  readonly spec: { readonly version: string; readonly platforms: readonly { readonly sha256: string }[] }
}

const wanted = new Map([
  [manifestFile, rewritten(load(readFileSync(manifestFile, 'utf8')) as Written)],
  [botFile, botTemplate(homepage())],
])
if (process.argv.includes('--write')) for (const [file, text] of wanted) writeFileSync(file, text)

const problems = brokenRules(readFileSync(manifestFile, 'utf8'), manifestFile).map(
  problem => `${manifestFile}: ${problem}`,
)
for (const [file, text] of wanted) {
  if (readFileSync(file, 'utf8') !== text)
    problems.push(`${file}: it is not what scripts/krew/manifest.ts writes: run \`npm run krew\``)
}
for (const problem of problems) console.error(problem)
if (problems.length > 0) process.exit(1)
console.log(`${manifestFile}: as krew wants it`)

function rewritten({ spec }: Written): string {
  const archives = platforms.map((platform, index) => ({
    platform,
    sha256: spec.platforms[index]?.sha256 ?? '',
  }))
  return manifest({ version: spec.version.slice(1), homepage: homepage(), archives })
}
