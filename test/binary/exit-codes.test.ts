import assert from 'node:assert/strict'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import manifest from '../../package.json' with { type: 'json' }
import { type Fields, fieldsAt, textAt } from '../../src/domain/fields.ts'
import { type Sandbox, startSandbox } from '../sandbox/sandbox.ts'
import { binary, ended, started } from './run.ts'
import { throwingBinary } from './throwing-binary.ts'

describe('the binary on the sandbox', () => {
  let directory: string
  let sandbox: Sandbox
  let env: Record<string, string>

  before(async () => {
    directory = mkdtempSync(join(tmpdir(), 'flinksp-binary-'))
    sandbox = await startSandbox({ dialect: 'spotify', directory, loopMs: 100 })
    await Promise.all(['orders', 'broken', 'slow'].map(name => sandbox.createCluster(name)))
    sandbox.flink('broken').change({ failSavepoints: 'uncreatable directory' })
    sandbox.flink('slow').change({ savepointMs: 60_000 })
    const kubeconfig = join(directory, 'kubeconfig')
    writeFileSync(kubeconfig, sandbox.kubeconfig)
    env = { HOME: directory, KUBECONFIG: kubeconfig }
  })
  after(async () => {
    await sandbox.close()
    rmSync(directory, { recursive: true })
  })

  const run = (words: string) => ended(binary, words.split(' '), { env })

  it('ends with 0 where a savepoint is complete, and prints its location', async () => {
    const { exit, stdout, stderr } = await run('take orders -o name')
    assert.match(stdout, /^file:\S+\/orders\/savepoint-\w{6}-\w{12}\n$/)
    assert.deepEqual({ exit, stderr }, { exit: 0, stderr: '' })
    const listed = await run('history orders -o name')
    assert.deepEqual(listed, { exit: 0, stdout, stderr: '' })
  })

  it('takes through REST too, with the parts of packages that are left out of it', async () => {
    const { exit, stdout, stderr } = await run(
      `take orders --via=rest --target-directory=file:${directory}/orders -o name`,
    )
    assert.match(stdout, /^file:\S+\/orders\/savepoint-\w{6}-\w{12}\n$/)
    assert.deepEqual({ exit, stderr }, { exit: 0, stderr: '' })
  })

  it('ends with 1 where a job is not there', async () => {
    assert.deepEqual(await run('take flinkcluster/nope'), {
      exit: 1,
      stdout: '',
      stderr: 'Error from server (NotFound): flinkclusters.flinkoperator.k8s.io "nope" not found\n',
    })
  })

  it('ends with 2 where the words are wrong', async () => {
    assert.deepEqual(await run('take orders --bogus'), {
      exit: 2,
      stdout: '',
      stderr: "error: unknown flag: --bogus\nSee 'kubectl flinksp take --help' for usage.\n",
    })
  })

  it('ends with 3 where the savepoint failed, with the cause', async () => {
    assert.deepEqual(await run('take broken'), {
      exit: 3,
      stdout: '',
      stderr: `error: the savepoint of flinkcluster/broken failed: Failed to create savepoint directory at file:${directory}/broken\n`,
    })
  })

  it('ends with 4 where time ran out, and says how to look', async () => {
    const { exit, stdout, stderr } = await run('take slow --timeout=1s')
    assert.deepEqual({ exit, stdout }, { exit: 4, stdout: '' })
    assert.match(stderr, /^error: .*timed out/m)
    assert.match(stderr, /kubectl flinksp history/)
  })

  it('ends with 130 at Ctrl-C, and says that the savepoint goes on', async () => {
    await sandbox.createCluster('interrupted')
    sandbox.flink('interrupted').change({ savepointMs: 60_000 })
    const take = started(binary, ['take', 'interrupted'], { env })
    await sandbox.seen('interrupted', isInFlight)
    take.child.kill('SIGINT')
    const { exit, stdout, stderr } = await take.ended
    assert.deepEqual({ exit, stdout }, { exit: 130, stdout: '' })
    assert.match(stderr, /kubectl flinksp history/)
  })

  it('ends with 70 at a bug, with a stack of named functions and where to report it', async function () {
    this.timeout(60_000)
    const { exit, stdout, stderr } = await ended(await throwingBinary(), ['help'], { env })
    assert.deepEqual({ exit, stdout }, { exit: 70, stdout: '' })
    assert.ok(stderr.includes(manifest.bugs.url))
    assert.match(stderr, /^TypeError: x is not y\n {4}at .*run.* \(kubectl-flinksp\.cjs:\d+:\d+\)$/m)
  })
})

function isInFlight(object: Fields): boolean {
  return textAt(fieldsAt(object, 'status', 'savepoint'), 'state') === 'InProgress'
}
