import { globSync, readFileSync } from 'node:fs'
import ts from 'typescript'

/**
 * Time and the process come into the program as arguments. biome's noRestrictedGlobals finds names; this finds the clock behind
 * names that have other uses too (`new Date(text)` is no clock), and the same names behind globalThis.
 */
const allowed = ['src/bin.ts']
const files = globSync('src/**/*.ts')
  .map(file => file.replaceAll('\\', '/'))
  .filter(file => !allowed.includes(file))
if (files.length === 0) throw new Error('no files in src: is this run from the project root?')

const found = files.flatMap(clocksIn)
for (const line of found) console.error(line)
if (found.length > 0) {
  console.error('error: take the Clock of src/domain/ports.ts, or the value, as an argument')
  process.exit(1)
}
console.log(`globals: ${files.length} files, no clock and no process in them`)

function clocksIn(file: string): string[] {
  const source = ts.createSourceFile(file, readFileSync(file, 'utf8'), ts.ScriptTarget.Latest, true)
  const lines: string[] = []
  visit(source)
  return lines

  function visit(node: ts.Node): void {
    if (isClock(node)) {
      const { line } = source.getLineAndCharacterOfPosition(node.getStart())
      lines.push(`${file}:${line + 1}: ${node.getText()}`)
    }
    ts.forEachChild(node, visit)
  }
}

function isClock(node: ts.Node): boolean {
  if (ts.isNewExpression(node)) return node.expression.getText() === 'Date' && !node.arguments?.length
  if (ts.isCallExpression(node) && node.expression.getText() === 'Date') return true
  if (!ts.isPropertyAccessExpression(node)) return false
  return /^(Date\.now|performance\.(now|timeOrigin)|process\.\w+|globalThis\.(process|setTimeout|Date))$/.test(
    node.getText(),
  )
}
