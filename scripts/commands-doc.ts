import { readFileSync, writeFileSync } from 'node:fs'
import { helpText, optionsText } from '../src/cli/help.ts'
import { commandsOn } from '../src/commands/index.ts'

/** Writes docs/commands.md, the help of every command; with --check, fails where it is not up to date. */
const file = 'docs/commands.md'
const machine = { env: {}, home: '', platform: 'linux', arch: 'x64', nodeVersion: '' }
const registry = commandsOn(machine)

const parts = ['# Commands', 'Written by `npm run docs` from the help of the program; do not edit.']
for (const name of registry.names.filter(name => name !== 'help' && name !== 'options')) {
  const command = await registry.load(name)
  if (command) parts.push(`## ${name}`, fenced(helpText(command)))
}
parts.push('## options', fenced(optionsText()))
const text = `${parts.join('\n\n')}\n`

if (!process.argv.includes('--check')) writeFileSync(file, text)
else if (readFileSync(file, 'utf8') !== text) {
  console.error(`error: ${file} is not what the program says: run \`npm run docs\``)
  process.exit(1)
} else console.log(`${file}: as the program says`)

function fenced(help: string): string {
  return `\`\`\`text\n${help.trimEnd()}\n\`\`\``
}
