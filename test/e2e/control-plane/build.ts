import { join } from 'node:path'
import { builtGoModule, type GoModule } from '../go-module.ts'

export interface ControlPlaneBinaries {
  readonly etcd: string
  readonly kubeApiserver: string
  readonly kubeControllerManager: string
  readonly kubeScheduler: string
  readonly kwok: string
}

const modules: readonly Omit<GoModule, 'name'>[] = [
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

/** The five programs, built from the Go module proxy once and kept. About six minutes on two cores the first time. */
export async function buildControlPlane(say: (line: string) => void): Promise<ControlPlaneBinaries> {
  const folders: Record<string, string> = {}
  for (const { folder, ...module } of modules) {
    const source = join(import.meta.dirname, folder)
    folders[folder] = await builtGoModule({ ...module, name: folder, folder: source }, say)
  }
  const at = (folder: string, name: string) => join(folders[folder] ?? '', name)
  return {
    etcd: at('etcd', 'server'),
    kwok: at('kwok', 'kwok'),
    kubeApiserver: at('kubernetes', 'kube-apiserver'),
    kubeControllerManager: at('kubernetes', 'kube-controller-manager'),
    kubeScheduler: at('kubernetes', 'kube-scheduler'),
  }
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
