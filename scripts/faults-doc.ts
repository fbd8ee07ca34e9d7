import { readFileSync, writeFileSync } from 'node:fs'
import { families } from '../test/faults/families/index.ts'
import { dialectsOf, type Family, type Fault } from '../test/faults/fault.ts'

/** Writes docs/faults.md, from the faults that the tests make; with --check, fails where it is not up to date. */
const file = 'docs/faults.md'

const intro = `What goes wrong, and what is promised all the same: nothing is lost, nothing is asked for twice, no port-forward stays, the
exit code is right, and the screen tells what is known. Each line is a test that makes the fault and compares the whole screen, what
Flink was asked for, and what was written. \`npm test\` makes those of the sandbox, \`npm run test:e2e\` those of the real thing (etcd and
kube-apiserver); each prints what it has seen, one line for each fault and operator. Written by \`npm run docs\` from test/faults; do not edit.`

const parts = ['# Faults', intro, ...families.map(sectionOf)]
const text = `${parts.join('\n\n')}\n`

if (!process.argv.includes('--check')) writeFileSync(file, text)
else if (readFileSync(file, 'utf8') !== text) {
  console.error(`error: ${file} is not what the tests say: run \`npm run docs\``)
  process.exit(1)
} else console.log(`${file}: as the tests say`)

function sectionOf({ title, faults }: Family): string {
  const rows = faults.map(fault =>
    row(fault.name, `it ${fault.expectation}`, madeOn(fault), operatorsOf(fault)),
  )
  return [
    `## ${title}`,
    '',
    row('fault', 'what the program does', 'made on', 'operators'),
    row('---', '---', '---', '---'),
    ...rows,
  ].join('\n')
}

function row(...cells: readonly string[]): string {
  return `| ${cells.map(cell => cell.replaceAll('|', '\\|')).join(' | ')} |`
}

function madeOn({ where }: Fault): string {
  return { sandbox: 'the sandbox', real: 'the real thing', both: 'both' }[where]
}

function operatorsOf(fault: Fault): string {
  const all = new Set([...dialectsOf(fault, 'sandbox'), ...dialectsOf(fault, 'real')])
  return [...all].join(', ')
}
