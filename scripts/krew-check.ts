import { readFileSync, writeFileSync } from 'node:fs'
import { load } from 'js-yaml'
import { fieldsAt, listAt, textAt } from '../src/domain/fields.ts'
import { platforms } from './build/platforms.ts'
import { homepage } from './krew/homepage.ts'
import { botFile, botTemplate, manifest, manifestFile } from './krew/manifest.ts'
import { brokenRules } from './krew/rules.ts'

/**
 * Checks the committed manifest: krew's rules, and that it is what `npm run release` writes today for its own version and checksums.
 * Those two belong to the last release and are not compared with a local build. Then the template of krew-release-bot; --write writes
 * both anew.
 */
const wanted = new Map([
  [manifestFile, rewritten(load(readFileSync(manifestFile, 'utf8')))],
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

/** Of a manifest with no spec, or half of one, too: what is wrong with it is for the rules to say. */
function rewritten(plugin: unknown): string {
  const spec = fieldsAt({ plugin }, 'plugin', 'spec')
  const written = listAt(spec, 'platforms')
  const archives = platforms.map((platform, index) => ({
    platform,
    sha256: textAt(written[index] ?? {}, 'sha256') ?? '',
  }))
  return manifest({ version: (textAt(spec, 'version') ?? '').slice(1), homepage: homepage(), archives })
}
