import { readFileSync, writeFileSync } from 'node:fs'
import { badLicences, licencesPage } from './supply/licences.ts'

/** Writes docs/licences.md; with --check, fails where it is not up to date, or a licence is not one that we take. */
const file = 'docs/licences.md'
const { packages } = JSON.parse(readFileSync('package-lock.json', 'utf8'))
const page = licencesPage(packages)
const bad = badLicences(packages)

if (bad.length > 0) {
  console.error(`error: licences\n${bad.map(line => `  ${line}`).join('\n')}`)
  process.exit(1)
}
if (!process.argv.includes('--check')) writeFileSync(file, page)
else if (readFileSync(file, 'utf8') !== page) {
  console.error(`error: ${file} is not what package-lock.json says: run \`npm run docs\``)
  process.exit(1)
} else console.log(`${file}: as package-lock.json says, all of them allowed`)
