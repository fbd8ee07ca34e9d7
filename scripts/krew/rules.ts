import { load } from 'js-yaml'

type Fields = Readonly<Record<string, unknown>>

/** What krew and its index accept: https://krew.sigs.k8s.io/docs/developer-guide/plugin-manifest/ and krew's pkg/index/validation. */
const supported = [
  ...['windows/386', 'windows/amd64', 'windows/arm64', 'darwin/386', 'darwin/amd64', 'darwin/arm64'],
  ...['linux/386', 'linux/amd64', 'linux/arm', 'linux/arm64', 'linux/ppc64le'],
]

/** Every rule that a manifest breaks, each named by the field it is broken in. */
export function brokenRules(text: string, fileName: string): string[] {
  const plugin = fieldsOf(load(text))
  const spec = fieldsOf(plugin['spec'])
  const platforms = Array.isArray(spec['platforms']) ? spec['platforms'].map(fieldsOf) : []
  return [
    ...header(plugin, fileName),
    ...words(spec),
    ...(platforms.length === 0 ? ['spec.platforms: at least one is needed'] : []),
    ...platforms.flatMap((platform, index) =>
      platformRules(platform, `spec.platforms[${index}]`, String(spec['version'])),
    ),
    ...overlaps(platforms),
  ]
}

function header(plugin: Fields, fileName: string): string[] {
  const name = fieldsOf(plugin['metadata'])['name']
  const version = String(fieldsOf(plugin['spec'])['version'] ?? '')
  return broken([
    [
      plugin['apiVersion'] === 'krew.googlecontainertools.github.com/v1alpha2',
      'apiVersion: must be krew’s v1alpha2',
    ],
    [plugin['kind'] === 'Plugin', 'kind: must be Plugin'],
    [/^[\w-]+$/.test(String(name ?? '')), 'metadata.name: letters, digits, - and _ only'],
    [/^[a-z0-9-]+$/.test(String(name ?? '')), 'metadata.name: lower case, words joined by -'],
    [!/^kube|-kube/.test(String(name ?? '')), 'metadata.name: without kube'],
    [!/^(con|prn|aux|nul|(com|lpt)\d)$/i.test(String(name)), 'metadata.name: is a device on Windows'],
    [
      fileName === 'plugin.yaml' || fileName === `${name}.yaml`,
      'metadata.name: must be the name of the file',
    ],
    [/^v\d+\.\d+\.\d+(-[\w.-]+)?$/.test(version), 'spec.version: semver with a leading v'],
  ])
}

function words(spec: Fields): string[] {
  const short = String(spec['shortDescription'] ?? '')
  const description = String(spec['description'] ?? '')
  return broken([
    [short !== '', 'spec.shortDescription: missing'],
    [!/[\r\n]/.test(short), 'spec.shortDescription: one line'],
    [short.length <= 50, 'spec.shortDescription: at most 50 characters'],
    [!/plugin|kubectl/i.test(short), 'spec.shortDescription: without the words plugin and kubectl'],
    [description !== '', 'spec.description: missing'],
    [
      description.split('\n').every(line => line.length <= 80),
      'spec.description: lines of at most 80 characters',
    ],
    [!/--\w|\$ /.test(description), 'spec.description: without options and examples'],
    [String(spec['homepage'] ?? '').startsWith('https://'), 'spec.homepage: an https address'],
  ])
}

function platformRules(platform: Fields, at: string, version: string): string[] {
  const uri = String(platform['uri'] ?? '')
  const bin = String(platform['bin'] ?? '')
  const selector = fieldsOf(platform['selector'])
  const labels = fieldsOf(selector['matchLabels'])
  const keys = Object.keys(labels)
  const files = platform['files']
  return broken([
    [/^https:\/\//.test(uri), `${at}.uri: an https address`],
    [/\.(tar\.gz|zip)$/.test(uri), `${at}.uri: .tar.gz or .zip`],
    [uri.includes(version), `${at}.uri: must carry spec.version`],
    [
      /^[a-f0-9]{64}$/.test(String(platform['sha256'] ?? '')),
      `${at}.sha256: 64 lower-case hexadecimal digits`,
    ],
    [bin !== '', `${at}.bin: missing`],
    [labels['os'] !== 'windows' || bin.endsWith('.exe'), `${at}.bin: ends in .exe on Windows`],
    [
      keys.length > 0 && keys.every(key => key === 'os' || key === 'arch'),
      `${at}.selector: os and arch only`,
    ],
    [matched(platform).length > 0, `${at}.selector: matches no platform that krew supports`],
    [
      files === undefined || (Array.isArray(files) && files.length > 0),
      `${at}.files: leave it out, or name files`,
    ],
  ])
}

function overlaps(platforms: readonly Fields[]): string[] {
  const all = platforms.flatMap(matched)
  const twice = all.filter((pair, index) => all.indexOf(pair) !== index)
  return [...new Set(twice)].map(pair => `spec.platforms: ${pair} is matched twice`)
}

function matched(platform: Fields): string[] {
  const labels = fieldsOf(fieldsOf(platform['selector'])['matchLabels'])
  return supported.filter(pair => {
    const [os, arch] = pair.split('/')
    return (labels['os'] ?? os) === os && (labels['arch'] ?? arch) === arch
  })
}

function broken(rules: readonly (readonly [holds: boolean, text: string])[]): string[] {
  return rules.filter(([holds]) => !holds).map(([, text]) => text)
}

function fieldsOf(value: unknown): Fields {
  return typeof value === 'object' && value !== null ? (value as Fields) : {}
}
