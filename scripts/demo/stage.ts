import { spawn } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { dump } from 'js-yaml'
import { textAt } from '../../src/domain/fields.ts'
import { exampleCluster } from '../../test/sandbox/examples.ts'
import { type Sandbox, startSandbox } from '../../test/sandbox/sandbox.ts'

/** The sandbox with the jobs of the tour, and the binary run against it. */
export interface Stage {
  /** Runs `kubectl flinksp WORDS`; `heard` gets its output as it comes. */
  run(words: readonly string[], heard: (text: string) => void): Promise<number>
  /** All that such a command says; throws where it does not end with this exit code. */
  printed(words: readonly string[], exit?: number): Promise<string>
  /** Lets the job of a FlinkCluster fail in Flink, and waits until its operator shows it. */
  failJob(name: string, why: string): Promise<void>
  close(): Promise<void>
}

const binary = resolve('dist/kubectl-flinksp')

export async function setStage(): Promise<Stage> {
  const directory = mkdtempSync(join(tmpdir(), 'demo-'))
  const sandbox = await startSandbox({ dialect: 'spotify', directory, loopMs: 100 })
  await fill(sandbox, directory)
  const kubeconfig = join(directory, 'kubeconfig')
  writeFileSync(kubeconfig, sandbox.kubeconfig, { mode: 0o600 })
  const env = { ...process.env, HOME: directory, KUBECONFIG: kubeconfig }
  const runHere: Stage['run'] = (words, heard) => run(words, { env, cwd: directory }, heard)
  return {
    // What restore --recreate keeps in a file goes to the same place.
    run: runHere,
    async printed(words, exit = 0) {
      let said = ''
      const code = await runHere(words, text => {
        said += text
      })
      if (code === exit) return said
      throw new Error(`${words.join(' ')} ended with exit code ${code}, not ${exit}\n${said}`)
    },
    async failJob(name, why) {
      sandbox.flink(name).change({ failJob: why })
      await sandbox.seen(name, object => textAt(object, 'status', 'components', 'job', 'state') === 'Failed')
    },
    async close() {
      await sandbox.close()
      rmSync(directory, { recursive: true, force: true })
    },
  }
}

/** Two jobs on a volume that all pods have, and a manifest for a third. */
async function fill(sandbox: Sandbox, directory: string): Promise<void> {
  const volumeMounts = [{ name: 'savepoints', mountPath: directory }]
  const spec = {
    jobManager: { accessScope: 'Cluster', volumeMounts },
    taskManager: { replicas: 1, volumeMounts },
  }
  await Promise.all(['orders', 'payments'].map(name => sandbox.createCluster(name, { spec })))
  await sandbox.api.patch(sandbox.path('orders'), { metadata: { labels: { team: 'shop' } } })
  sandbox.flink('orders').change({ savepointMs: 150 })
  sandbox.flink('payments').change({ failSavepoints: 'uncreatable directory' })
  const v2 = { dialect: 'spotify', name: 'orders-v2', namespace: 'default', spec } as const
  writeFileSync(
    join(directory, 'orders-v2.yaml'),
    dump(exampleCluster({ ...v2, directory: join(directory, 'orders-v2') }), { noRefs: true }),
  )
}

function run(
  words: readonly string[],
  where: { readonly env: NodeJS.ProcessEnv; readonly cwd: string },
  heard: (text: string) => void,
): Promise<number> {
  return new Promise((ended, broken) => {
    const child = spawn(binary, words, { ...where, stdio: ['ignore', 'pipe', 'pipe'] })
    for (const stream of [child.stdout, child.stderr]) stream.setEncoding('utf8').on('data', heard)
    child.once('error', broken)
    child.once('close', code => ended(code ?? -1))
  })
}
