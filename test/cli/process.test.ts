import assert from 'node:assert/strict'
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { closeSync, openSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import manifest from '../../package.json' with { type: 'json' }

const bin = fileURLToPath(import.meta.resolve('../../src/bin.ts'))
const children: ChildProcess[] = []

/** src/bin.ts as a process; with a hook, with the commands of process-commands.ts. */
function start(argv: string[], hook = true) {
  const imports = hook ? ['--import', import.meta.resolve('./process-hook.ts')] : []
  const child = spawn(process.execPath, [...imports, bin, ...argv], { stdio: 'pipe' })
  children.push(child)
  const printed = { stdout: '', stderr: '' }
  child.stdout.on('data', chunk => {
    printed.stdout += chunk
  })
  child.stderr.on('data', chunk => {
    printed.stderr += chunk
  })
  const ended = once(child, 'close').then(([code, signal]) => ({ exit: code ?? signal, ...printed }))
  return { child, ended }
}

describe('The process', () => {
  afterEach(() => {
    for (const child of children.splice(0)) child.kill('SIGKILL')
  })

  it('runs', async () => {
    const { exit, stdout, stderr } = await start(['version', '-o', 'name'], false).ended
    assert.deepEqual({ exit, stdout, stderr }, { exit: 0, stdout: `v${manifest.version}\n`, stderr: '' })
  })

  it('does not call a result that could not be printed a success', async () => {
    const full = openSync('/dev/full', 'w')
    const child = spawn(process.execPath, [bin, 'version'], { stdio: ['ignore', full, 'pipe'] })
    children.push(child)
    let said = ''
    child.stderr?.on('data', chunk => {
      said += chunk
    })
    const [code] = await once(child, 'close')
    closeSync(full)
    assert.deepEqual(
      [code, said],
      [1, 'error: the result could not be printed: ENOSPC: no space left on device, write\n'],
    )
  })

  it('lets a command end in order at the first Ctrl-C, and ends with 130', async () => {
    const { child, ended } = start(['wait-well'])
    await once(child.stderr, 'data')
    child.kill('SIGINT')
    assert.deepEqual(await ended, {
      exit: 130,
      stdout: '',
      stderr: 'waiting\nerror: interrupted; the savepoint goes on\n',
    })
  })

  it('waits for nothing at the second Ctrl-C', async () => {
    const { child, ended } = start(['wait-badly'])
    await once(child.stderr, 'data')
    child.kill('SIGINT')
    const again = setInterval(() => child.kill('SIGINT'), 50)
    const end = await ended.finally(() => clearInterval(again))
    assert.deepEqual(end, { exit: 130, stdout: '', stderr: 'waiting\n' })
  })

  it('ends with 70 and a stack for a bug, also for one that nobody waits for', async () => {
    for (const [name, message] of [
      ['throw', 'x is not y'],
      ['late', 'nobody waits for me'],
    ] as const) {
      const { exit, stdout, stderr } = await start([name]).ended
      assert.deepEqual({ exit, stdout }, { exit: 70, stdout: '' })
      assert.match(
        stderr,
        new RegExp(`^error: this is a bug in kubectl-flinksp .*\\n.*\\nTypeError: ${message}\\n +at `),
      )
    }
  })

  it('stays quiet when nobody reads any more', async () => {
    const { child, ended } = start(['much', '-o', 'json'])
    child.stdout.destroy()
    child.stderr.destroy()
    assert.deepEqual(await ended, { exit: 0, stdout: '', stderr: '' })
  })

  it('sleeps as long as it is told, and no longer than its signal', async () => {
    assert.deepEqual(await start(['sleep']).ended, { exit: 0, stdout: '', stderr: '' })
  })

  it('asks nobody where there is no terminal', async () => {
    assert.deepEqual(await start(['ask']).ended, { exit: 3, stdout: '', stderr: 'error: undefined\n' })
  })
})
