import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import manifest from '../../package.json' with { type: 'json' }
import { start } from './program.ts'

const root = fileURLToPath(new URL('../..', import.meta.url))

describe('A bug of ours', () => {
  let directory: string

  before(async () => {
    directory = await mkdtemp(join(tmpdir(), 'flinksp-bug-'))
  })
  after(() => rm(directory, { recursive: true }))

  it('ends the built program with 70, a stack, and where to report it', async function () {
    this.timeout(120_000)
    const binary = join(directory, 'kubectl-flinksp')
    const build = ['scripts/build.ts', '--entry', 'test/contract/broken-bin.ts', '--output', binary]
    await promisify(execFile)(process.execPath, build, { cwd: root })
    const { exit, stdout, stderr } = await start(binary, ['take', 'orders'], { HOME: directory }).ended
    assert.deepEqual({ exit, stdout }, { exit: 70, stdout: '' })
    const [first = '', report, thrown, ...stack] = stderr.split('\n')
    assert.ok(
      first.startsWith(`error: this is a bug in kubectl-flinksp v${manifest.version} (node v`),
      stderr,
    )
    assert.deepEqual(
      [report, thrown],
      [`Please report it, with the lines below, at ${manifest.bugs.url}`, 'TypeError: x is not y'],
    )
    assert.ok(stack.length > 1 && stack.slice(0, -1).every(line => /^ +at /.test(line)), stderr)
  })
})
