import { families } from '../test/faults/families/index.ts'
import { dialectsOf, type Family, type Fault } from '../test/faults/fault.ts'
import { generatedPage } from './docs/generated-page.ts'

/** Writes docs/faults.md, from the faults that the tests make; with --check, fails where it is not up to date. */
const intro = `What goes wrong, and what is promised all the same: nothing is lost, nothing is asked for twice, no port-forward stays, the
exit code is right, and the screen tells what is known. Each line is a test that makes the fault and compares the whole screen, what
Flink was asked for, and what was written. \`npm test\` makes those of the sandbox, \`npm run test:e2e\` those of the real thing (etcd and
kube-apiserver); each prints what it has seen, one line for each fault and operator. Beside them \`npm run test:e2e\` kills the released Apache operator
1.7.0 and real JobManagers in the middle of a savepoint (test/e2e/apache.test.ts and living.test.ts). Written by \`npm run docs\` from test/faults; do not edit.`

const parts = ['# Faults', intro, ...families.map(sectionOf)]
generatedPage('docs/faults.md', `${parts.join('\n\n')}\n`, 'test/faults')

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
