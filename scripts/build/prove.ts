import { execFile } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { promisify } from 'node:util'

const run = promisify(execFile)

/**
 * Runs what was built, once, in an empty directory and an empty home. A failed injection leaves a bare Node that exits 0 and
 * prints nothing, so only the printed version counts; and nothing may be on stderr, where Node puts its warnings.
 */
export async function proveItRuns(binary: string): Promise<string> {
  const home = await mkdtemp(join(tmpdir(), 'kubectl-flinksp-'))
  try {
    const { stdout, stderr } = await run(resolve(binary), ['version'], {
      cwd: home,
      env: { HOME: home, PATH: '' },
      timeout: 30_000,
    })
    if (stdout.trim() === '') throw new Error(`${binary} runs, but prints nothing: the program is not in it`)
    if (stderr !== '') throw new Error(`${binary} version writes to stderr:\n${stderr}`)
    return stdout.trim().split('\n').join(', ')
  } finally {
    await rm(home, { recursive: true, force: true })
  }
}
