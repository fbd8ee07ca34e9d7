import { installed } from '../../../scripts/release/installed.ts'
import { fish, zsh } from './shells.ts'
import { completesInShell } from './tab.ts'

/** Part of check:release: Debian's zsh and fish, which are installed where they are not. */
describe('Tab', () => {
  before(() => installed('zsh', 'fish'))

  it('completes in zsh', () => completesInShell('zsh', zsh))
  it('completes in fish', () => completesInShell('fish', fish))
})
