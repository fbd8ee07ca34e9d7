import { dump } from 'js-yaml'
import { executableName, type Platform, platforms } from '../build/platforms.ts'

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
export function archiveName(version: string, platform: Platform): string {
  return nameOf(`v${version}`, platform)
}

function nameOf(tag: string, { os, arch }: Platform): string {
  return `kubectl-flinksp_${tag}_${os}_${arch}${os === 'windows' ? '.zip' : '.tar.gz'}`
}

/** The krew manifest of a release, as text. */
export function manifest({ version, homepage, archives }: Release): string {
  const plugin = pluginOf(
    `v${version}`,
    homepage,
    archives.map(({ platform, sha256 }) => ({
      platform,
      file: { uri: addressOf(homepage, `v${version}`, platform), sha256 },
    })),
  )
  return `${notice}${dump(plugin, { lineWidth: -1 })}`
}

export const botFile = '.krew.yaml'

/**
 * The same as a template for krew-release-bot, which opens the pull request at krew's index once a release is out: it fills in the tag, and
 * for `addURIAndSha` two lines, the second indented by four blanks (its README), so lists stand as far left as YAML allows.
 */
export function botTemplate(homepage: string): string {
  const tag = '{{ .TagName }}'
  const plugin = pluginOf(
    tag,
    homepage,
    platforms.map((platform, index) => ({ platform, file: { filledIn: index } })),
  )
  const text = dump(plugin, { lineWidth: -1, seqNoIndent: true }).replaceAll(
    /filledIn: (\d+)/g,
    (_, index) => {
      const platform = platforms[Number(index)]
      return platform ? `{{addURIAndSha "${addressOf(homepage, tag, platform)}" .TagName }}` : ''
    },
  )
  return `# Written by \`npm run krew\` for krew-release-bot; do not edit.\n${text}`
}

function addressOf(homepage: string, tag: string, platform: Platform): string {
  return `${homepage}/releases/download/${tag}/${nameOf(tag, platform)}`
}

function pluginOf(
  version: string,
  homepage: string,
  of: readonly { readonly platform: Platform; readonly file: object }[],
): object {
  return {
    apiVersion: 'krew.googlecontainertools.github.com/v1alpha2',
    kind: 'Plugin',
    metadata: { name: 'flinksp' },
    spec: {
      version,
      homepage,
      shortDescription: 'Take, list and restore Apache Flink savepoints',
      description: description.join('\n'),
      platforms: of.map(({ platform, file }) => ({
        selector: { matchLabels: { os: platform.os, arch: platform.arch } },
        ...file,
        bin: executableName(platform),
      })),
    },
  }
}

const notice = `# Written by \`npm run release\`; do not edit. The checksums are those of the release's archives, which can be built again.\n`

const description = [
  'Takes savepoints of Flink jobs that an operator runs (FlinkDeployment and',
  'FlinkSessionJob of the Apache Flink Kubernetes operator, FlinkCluster of the',
  'older ones), waits for the result and prints it, lists every known savepoint',
  'with failures and the one a restart would use, and restarts a job from a chosen',
  'savepoint with a plan, a safety savepoint and proof. Works with the rights and',
  'the kubeconfig you have; nothing is installed in the cluster.',
  '',
  'Not affiliated with the Apache Software Foundation.',
]
