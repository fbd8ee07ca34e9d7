import { execFileSync, spawnSync } from 'node:child_process'
import { fish, zsh } from './shells.ts'
import { completesInShell } from './tab.ts'

/** Part of check:release: Debian's zsh and fish, which are installed where they are not. */
describe('Tab', () => {
  before(() => {
    const missing = ['zsh', 'fish'].filter(shell => spawnSync(shell, ['--version']).status !== 0)
    if (missing.length === 0) return
    const asRoot = process.getuid?.() === 0 ? [] : ['sudo', '-n']
    const [command = '', ...words] = [
      ...asRoot,
      'apt-get',
      'install',
      '-y',
      '--no-install-recommends',
      ...missing,
    ]
    execFileSync(command, words, { stdio: 'inherit' })
  })

  it('completes in zsh', () => completesInShell('zsh', zsh))
  it('completes in fish', () => completesInShell('fish', fish))
})
