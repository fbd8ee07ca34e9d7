import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { tour, typed } from '../../scripts/demo/tour.ts'

/** What the demo says beyond the README: nobody can be asked there, and nobody watches. */
const said = tour.map(typed).flatMap(line => [line, line.replace(/ (--yes|-q|--timeout 1s)\b/g, '')])

describe('The README', () => {
  it('shows no command that the demo does not run', () => {
    const shown = readFileSync('README.md', 'utf8')
      .split('\n')
      .filter(line => line.startsWith('kubectl flinksp ') && !line.includes('$'))
    assert(shown.length > 15, 'no commands were found in it')
    assert.deepEqual(
      shown.filter(line => !said.includes(line)),
      [],
    )
  })
})
