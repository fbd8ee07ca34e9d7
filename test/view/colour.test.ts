import assert from 'node:assert/strict'
import { isColoured } from '../../src/view/colour.ts'
import { fakeTerminal } from '../cli/fake-terminal.ts'

const cases: [string, boolean, Record<string, string>, boolean][] = [
  ['auto', true, {}, true],
  ['auto', false, {}, false],
  ['auto', true, { NO_COLOR: '1' }, false],
  ['auto', true, { NO_COLOR: '' }, true],
  ['auto', true, { TERM: 'dumb' }, false],
  ['auto', true, { TERM: 'xterm' }, true],
  ['auto', false, { CLICOLOR_FORCE: '1' }, true],
  ['auto', false, { FORCE_COLOR: 'true' }, true],
  ['auto', false, { FORCE_COLOR: '0' }, false],
  ['auto', false, { CLICOLOR_FORCE: '1', NO_COLOR: '1' }, false],
  ['always', false, { NO_COLOR: '1', TERM: 'dumb' }, true],
  ['never', true, { FORCE_COLOR: '1' }, false],
]

describe('Colour', () => {
  for (const [color, terminal, env, coloured] of cases) {
    it(`is ${coloured ? 'on' : 'off'} with --color=${color}, ${terminal ? 'a' : 'no'} terminal, ${JSON.stringify(env)}`, () => {
      assert.equal(isColoured(color, terminal, fakeTerminal({ env }).machine), coloured)
    })
  }
})
