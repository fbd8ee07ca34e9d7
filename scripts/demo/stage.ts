import { spawn } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { startSandbox } from '../../test/sandbox/sandbox.ts'

/** The sandbox with the jobs of the tour, and the binary run against it. */
export interface Stage {
  /** Runs `kubectl flinksp WORDS`; `heard` gets its output as it comes. */
  run(words: readonly string[], heard: (text: string) => void): Promise<number>
  close(): Promise<void>
}

const binary = resolve('dist/kubectl-flinksp')

export async function setStage(): Promise<Stage> {
  const directory = mkdtempSync(join(tmpdir(), 'demo-'))
  const sandbox = await startSandbox({
    dialect: 'spotify',
    directory,
    loopMs: 500,
  })
  await Promise.all([sandbox.createCluster('orders'), sandbox.createCluster('payments')])
  sandbox.flink('orders').change({ savepointMs: 800 })
  sandbox.flink('payments').change({ failSavepoints: 'uncreatable directory' })
  const kubeconfig = join(directory, 'kubeconfig')
  writeFileSync(kubeconfig, sandbox.kubeconfig, { mode: 0o600 })
  const env = { ...process.env, HOME: directory, KUBECONFIG: kubeconfig }
  return {
    run: (words, heard) => run(words, env, heard),
    async close() {
      await sandbox.close()
      rmSync(directory, { recursive: true, force: true })
    },
  }
}

function run(
  words: readonly string[],
  env: NodeJS.ProcessEnv,
  heard: (text: string) => void,
): Promise<number> {
  return new Promise((ended, broken) => {
    const child = spawn(binary, words, { env, stdio: ['ignore', 'pipe', 'pipe'] })
    for (const stream of [child.stdout, child.stderr]) stream.setEncoding('utf8').on('data', heard)
    child.once('error', broken)
    child.once('close', code => ended(code ?? -1))
  })
}
