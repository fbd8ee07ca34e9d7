import { readFileSync } from 'node:fs'
import { generatedPage } from './docs/generated-page.ts'
import { badLicences, licencesPage } from './supply/licences.ts'

/** Writes docs/licences.md; with --check, fails where it is not up to date, or a licence is not one that we take. */
const { packages } = JSON.parse(readFileSync('package-lock.json', 'utf8'))
const bad = badLicences(packages)

if (bad.length > 0) {
  console.error(`error: licences\n${bad.map(line => `  ${line}`).join('\n')}`)
  process.exit(1)
}
generatedPage('docs/licences.md', licencesPage(packages), 'package-lock.json')
