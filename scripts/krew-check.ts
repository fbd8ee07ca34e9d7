import { readFileSync } from 'node:fs'
import { load } from 'js-yaml'
import { here } from './build/platforms.ts'
import { homepage } from './krew/homepage.ts'
import { manifest, manifestFile } from './krew/manifest.ts'
import { brokenRules } from './krew/rules.ts'

/**
 * Checks the committed manifest: krew's rules, and that it is what krew.ts writes today for its own version and checksums.
 * Those two belong to the last release and are not compared with a local build.
 */
interface Written {
  readonly spec: { readonly version: string; readonly platforms: readonly { readonly sha256: string }[] }
}

const text = readFileSync(manifestFile, 'utf8')
const problems = brokenRules(text, manifestFile)
if (problems.length === 0 && text !== rewritten(load(text) as Written)) {
  problems.push('it is not what scripts/krew.ts writes: run `npm run krew`')
}
for (const problem of problems) console.error(`${manifestFile}: ${problem}`)
if (problems.length > 0) process.exit(1)
console.log(`${manifestFile}: as krew wants it`)

function rewritten({ spec }: Written): string {
  const archives = [here].map((platform, index) => ({
    platform,
    sha256: spec.platforms[index]?.sha256 ?? '',
  }))
  return manifest({ version: spec.version.slice(1), homepage: homepage(), archives })
}
