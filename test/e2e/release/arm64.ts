import assert from 'node:assert/strict'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import manifest from '../../../package.json' with { type: 'json' }
import { arm64Tools } from '../../../scripts/release/debian.ts'
import { type Ended, ended } from '../../binary/run.ts'
import { type Sandbox, startSandbox } from '../../sandbox/sandbox.ts'
import { programOf } from './published.ts'

// For `npm run check:release`: the program for Linux on arm64, run by QEMU.

describe('the program for Linux on arm64', () => {
  let directory: string
  let sandbox: Sandbox
  let run: (...words: string[]) => Promise<Ended>

  before(async () => {
    directory = mkdtempSync(join(tmpdir(), 'flinksp-arm64-'))
    const program = join(directory, 'kubectl-flinksp')
    writeFileSync(program, await programOf({ os: 'linux', arch: 'arm64' }), { mode: 0o755 })
    sandbox = await startSandbox({ dialect: 'spotify', directory, loopMs: 100 })
    await sandbox.createCluster('orders')
    writeFileSync(join(directory, 'kubeconfig'), sandbox.kubeconfig, { mode: 0o600 })
    const { emulator } = await arm64Tools(console.log)
    const [file = '', ...before] = [...emulator, program]
    const env = { HOME: directory, KUBECONFIG: join(directory, 'kubeconfig') }
    run = (...words) => ended(file, [...before, ...words], { env, cwd: directory })
  })
  after(async () => {
    await sandbox?.close()
    rmSync(directory, { recursive: true, force: true })
  })

  it('says its version and platform', async () => {
    assert.deepEqual(await run('version'), {
      exit: 0,
      stdout: `Client Version: v${manifest.version}\nNode Version: ${process.version}\nPlatform: linux/arm64\n`,
      stderr: '',
    })
  })

  it('prints its help', async () => {
    const { exit, stdout, stderr } = await run('--help')
    assert.deepEqual({ exit, stderr }, { exit: 0, stderr: '' })
    assert.match(stdout, /^Usage:\n {2}kubectl flinksp /m)
  })

  it('takes a savepoint on the sandbox and lists it', async () => {
    const taken = await run('take', 'flinkcluster/orders', '-o', 'name')
    assert.match(taken.stdout, /^file:\S+\/orders\/savepoint-\w{6}-\w{12}\n$/)
    assert.deepEqual(taken, { exit: 0, stdout: taken.stdout, stderr: '' })
    assert.deepEqual(await run('history', 'flinkcluster/orders', '-o', 'name'), taken)
  })
})
