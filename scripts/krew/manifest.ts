import { dump } from 'js-yaml'
import type { Platform } from '../build/platforms.ts'

export interface Archive {
  readonly platform: Platform
  readonly sha256: string
}

export interface Release {
  /** Without the leading v. */
  readonly version: string
  /** Where the releases are: https://host/owner/repository. */
  readonly homepage: string
  readonly archives: readonly Archive[]
}

export const manifestFile = 'plugin.yaml'

/** `kubectl-flinksp_v0.1.0_linux_amd64.tar.gz` */
export function archiveName(version: string, { os, arch }: Platform): string {
  return `kubectl-flinksp_v${version}_${os}_${arch}.tar.gz`
}

/** The krew manifest of a release, as text. */
export function manifest({ version, homepage, archives }: Release): string {
  const plugin = {
    apiVersion: 'krew.googlecontainertools.github.com/v1alpha2',
    kind: 'Plugin',
    metadata: { name: 'flinksp' },
    spec: {
      version: `v${version}`,
      homepage,
      shortDescription: 'Take, list and restore Apache Flink savepoints',
      description: description.join('\n'),
      platforms: archives.map(({ platform, sha256 }) => ({
        selector: { matchLabels: { os: platform.os, arch: platform.arch } },
        uri: `${homepage}/releases/download/v${version}/${archiveName(version, platform)}`,
        sha256,
        bin: `kubectl-flinksp${platform.os === 'windows' ? '.exe' : ''}`,
      })),
    },
  }
  return `${notice}${dump(plugin, { lineWidth: -1 })}`
}

const notice = `# Written by scripts/krew.ts; do not edit. The sha256 is that of the release's own archive: V8's code cache makes
# two builds of one source differ by some bytes, so a local build has another.
`

const description = [
  'Takes savepoints of Flink jobs that an operator runs (FlinkCluster), waits for',
  'the result and prints it, lists every known savepoint with failures and the one',
  'a restart would use, and restarts a job from a chosen savepoint with a plan, a',
  'safety savepoint and proof. Works with the rights and the kubeconfig you have;',
  'nothing is installed in the cluster.',
  '',
  'Not affiliated with the Apache Software Foundation.',
]
