import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { cached, contents } from '../cache.ts'
import { run } from '../processes.ts'

export interface ControlPlaneBinaries {
  readonly etcd: string
  readonly kubeApiserver: string
  readonly kubeControllerManager: string
  readonly kubeScheduler: string
  readonly kwok: string
}

interface GoModule {
  /** Folder beside this file that holds its go.mod and go.sum: their requirements clash if merged. */
  readonly folder: string
  readonly packages: readonly string[]
  readonly ldflags?: (goMod: string) => string
}

const modules: readonly GoModule[] = [
  { folder: 'etcd', packages: ['go.etcd.io/etcd/server/v3'] },
  { folder: 'kwok', packages: ['sigs.k8s.io/kwok/cmd/kwok'] },
  {
    folder: 'kubernetes',
    packages: ['kube-apiserver', 'kube-controller-manager', 'kube-scheduler'].map(
      name => `k8s.io/kubernetes/cmd/${name}`,
    ),
    ldflags: kubernetesVersion,
  },
]

// Without cgo no C compiler is asked for; without symbol tables linking is faster and the files a third smaller.
const environment = { CGO_ENABLED: '0', GOFLAGS: '-mod=readonly', GOWORK: 'off' }
const flags = ['-trimpath', '-buildvcs=false', '-ldflags']
const lean = '-s -w'

/** The five programs, built from the Go module proxy once and kept. About six minutes on two cores the first time. */
export async function buildControlPlane(say: (line: string) => void): Promise<ControlPlaneBinaries> {
  const folders: Record<string, string> = {}
  for (const module of modules) folders[module.folder] = await built(module, say)
  const at = (folder: string, name: string) => join(folders[folder] ?? '', name)
  return {
    etcd: at('etcd', 'server'),
    kwok: at('kwok', 'kwok'),
    kubeApiserver: at('kubernetes', 'kube-apiserver'),
    kubeControllerManager: at('kubernetes', 'kube-controller-manager'),
    kubeScheduler: at('kubernetes', 'kube-scheduler'),
  }
}

async function built(module: GoModule, say: (line: string) => void): Promise<string> {
  const source = join(import.meta.dirname, module.folder)
  const [goMod = '', goSum = ''] = await contents(join(source, 'go.mod'), join(source, 'go.sum'))
  const ldflags = [lean, module.ldflags?.(goMod)].filter(Boolean).join(' ')
  const inputs = [goMod, goSum, ...flags, ldflags, ...module.packages, process.platform, process.arch]
  return cached(module.folder, inputs, async directory => {
    const started = Date.now()
    say(`building ${module.packages.join(' ')}`)
    await mkdir(directory, { recursive: true })
    await run('go', ['build', ...flags, ldflags, '-o', `${directory}/`, ...module.packages], {
      cwd: source,
      env: environment,
    })
    say(`built in ${Math.round((Date.now() - started) / 1000)} s`)
  })
}

/** kubectl cannot parse the version of a server that was built without these. */
function kubernetesVersion(goMod: string): string {
  const [, version = '', major = '', minor = ''] =
    /k8s\.io\/kubernetes (v(\d+)\.(\d+)\.\d+)/.exec(goMod) ?? []
  const variable = 'k8s.io/component-base/version'
  return [
    `-X ${variable}.gitVersion=${version}`,
    `-X ${variable}.gitMajor=${major}`,
    `-X ${variable}.gitMinor=${minor}`,
  ].join(' ')
}
