import assert from 'node:assert/strict'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import treeSitter from '@vscode/tree-sitter-wasm'
import { powershell } from '../../../src/commands/completion/powershell.ts'

const { Language, Parser } = treeSitter

/** PowerShell itself is in no registry from which the gate may install; its grammar is. */
describe('the completion script for PowerShell', () => {
  it('is PowerShell, by its grammar, and no longer without its last bracket', async () => {
    await Parser.init()
    const grammars = dirname(createRequire(import.meta.url).resolve('@vscode/tree-sitter-wasm'))
    const parser = new Parser()
    parser.setLanguage(await Language.load(join(grammars, 'tree-sitter-powershell.wasm')))
    const isPowerShell = (text: string) => parser.parse(text)?.rootNode.hasError === false
    assert.deepEqual([powershell, powershell.replace(/}\n$/, '\n')].map(isPowerShell), [true, false])
  })
})
