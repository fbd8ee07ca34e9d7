import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { dump, load } from 'js-yaml'
import { observedRaces } from '../test/sandbox/operators/races.ts'
import { type Sandbox, startSandbox } from '../test/sandbox/sandbox.ts'

interface Kubeconfig {
  clusters: { name: string; cluster: object }[]
  users: { name: string; user: object }[]
}

const contexts = {
  spotify: 'spotify',
  gcp: 'gcp-9',
  'gcp-2': 'gcp-2',
  'gcp-v1alpha1': 'gcp-v1alpha1',
} as const

/** As often as the jobs' flinkProperties say. */
const behaviour = { checkpointEveryMs: 30_000 }

/** Every operator, each on an API server of its own, as the contexts of one kubeconfig. */
async function main(): Promise<void> {
  const directory = mkdtempSync(join(tmpdir(), 'flinksp-sandbox-'))
  const sandboxes = await Promise.all(
    Object.entries(contexts).map(async ([context, dialect]) => {
      const place = join(directory, context)
      return [
        context,
        await startSandbox({ dialect, directory: place, loopMs: 1000, races: observedRaces, behaviour }),
      ] as const
    }),
  )
  const kubeconfig = join(directory, 'kubeconfig')
  writeFileSync(kubeconfig, merged(sandboxes), { mode: 0o600 })
  await Promise.all(sandboxes.map(([, sandbox]) => fill(sandbox)))
  console.log(guide(kubeconfig))
  await ended()
  await Promise.all(sandboxes.map(([, sandbox]) => sandbox.close()))
  rmSync(directory, { recursive: true })
}

/** A few jobs, each good for something else. */
async function fill(sandbox: Sandbox): Promise<void> {
  await Promise.all([
    sandbox.createCluster('orders'),
    sandbox.createCluster('payments', { job: { autoSavepointSeconds: 300 } }),
    sandbox.createCluster('no-savepoints', { job: { savepointsDir: null } }),
  ])
}

function merged(sandboxes: readonly (readonly [string, Sandbox])[]): string {
  const parts = sandboxes.map(([context, { kubeconfig }]) => {
    const { clusters, users } = load(kubeconfig) as Kubeconfig
    const admin = users.find(({ name }) => name === 'admin')?.user
    return { context, cluster: clusters[0]?.cluster, user: admin }
  })
  return dump({
    apiVersion: 'v1',
    kind: 'Config',
    clusters: parts.map(({ context, cluster }) => ({ name: context, cluster })),
    users: parts.map(({ context, user }) => ({ name: context, user })),
    contexts: parts.map(({ context }) => ({
      name: context,
      context: { cluster: context, user: context, namespace: 'default' },
    })),
    'current-context': 'spotify',
  })
}

function guide(kubeconfig: string): string {
  return `
The sandbox is up: a Kubernetes API with a simulated FlinkCluster operator, four times. In another terminal:

  export KUBECONFIG=${kubeconfig}
  export PATH="${resolve('dist')}:$PATH"     # after npm run build

  kubectl get flinkclusters
  kubectl flinksp take orders
  kubectl flinksp history orders
  kubectl flinksp restore orders latest
  kubectl flinksp status

Contexts: spotify (Spotify v0.6, the default), gcp (GoogleCloudPlatform v1beta1-9), gcp-2 (its tag v1beta1-2) and
gcp-v1alpha1: add --context gcp.
All that the README shows works here. Jobs: orders; payments (a savepoint every five minutes by itself); no-savepoints (without savepointsDir).
Nothing here is real Flink: the jobs only count, and keep their count in savepoints below ${resolve(kubeconfig, '..')}.

Ctrl-C ends it.`
}

function ended(): Promise<void> {
  return new Promise(done => {
    process.once('SIGINT', () => done())
    process.once('SIGTERM', () => done())
  })
}

await main()
