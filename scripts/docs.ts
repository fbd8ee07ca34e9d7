import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describedCommands } from './docs/described.ts'
import { commandPages } from './docs/pages.ts'

/** Writes docs/commands/, a page for every command; with --check, fails where they are not what the program says. */
const folder = 'docs/commands'
const pages = commandPages(await describedCommands())

if (process.argv.includes('--check')) {
  const stale = staleFiles()
  if (stale.length > 0) {
    console.error(`error: not what the program says: ${stale.join(', ')}: run \`npm run docs\``)
    process.exit(1)
  }
  console.log(`${folder}: ${pages.size} pages, as the program says`)
} else {
  rmSync(folder, { recursive: true, force: true })
  mkdirSync(folder, { recursive: true })
  for (const [file, text] of pages) writeFileSync(join(folder, file), text)
}

function staleFiles(): string[] {
  const there = readdirSync(folder)
  const wrong = [...pages].filter(
    ([file, text]) => !there.includes(file) || readFileSync(join(folder, file), 'utf8') !== text,
  )
  return [...wrong.map(([file]) => file), ...there.filter(file => !pages.has(file))].map(file =>
    join(folder, file),
  )
}
