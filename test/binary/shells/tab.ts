import assert from 'node:assert/strict'
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { binary, ended } from '../run.ts'
import { cases, kubeconfig } from './cases.ts'
import { type Shell, typed } from './drive.ts'

/** A real shell with our script in it completes what is typed, and runs nothing of it. */
export async function completesInShell(name: string, shell: Shell): Promise<void> {
  const home = mkdtempSync(join(tmpdir(), 'flinksp-tab-'))
  try {
    const { stdout } = await ended(binary, ['completion', name], { env: { HOME: home } })
    writeFileSync(join(home, 'completion'), stdout)
    writeFileSync(join(home, 'kubeconfig'), kubeconfig)
    const lines = cases.map(([line]) => line)
    const called = await typed({ ...shell, env: { KUBECONFIG: join(home, 'kubeconfig') } }, home, lines)
    assert.deepEqual(
      called.map((words, at) => [lines[at], words]),
      cases,
    )
    assert.equal(existsSync(join(home, 'pwned')), false)
  } finally {
    rmSync(home, { recursive: true })
  }
}
