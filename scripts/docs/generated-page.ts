import { readFileSync, writeFileSync } from 'node:fs'

/** Writes a page of docs; with `--check` on the command line, ends the program where it is not what `source` (`the tests`) says. */
export function generatedPage(file: string, text: string, source: string): void {
  if (!process.argv.includes('--check')) writeFileSync(file, text)
  else if (readFileSync(file, 'utf8') === text) console.log(`${file}: as ${source} says`)
  else {
    console.error(`error: ${file} is not what ${source} says: run \`npm run docs\``)
    process.exit(1)
  }
}
