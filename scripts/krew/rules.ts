import { load } from 'js-yaml'
import { broken, type Fields, fieldsOf, strangers, textOf } from './fields.ts'
import { brokenPlatforms } from './platform-rules.ts'

/** https://semver.org, with the v that krew wants before it. */
const semver =
  /^v(0|[1-9]\d*)\.(0|[1-9]\d*)\.(0|[1-9]\d*)(-[0-9A-Za-z-]+(\.[0-9A-Za-z-]+)*)?(\+[0-9A-Za-z.-]+)?$/

const devices = /^(con|prn|aux|nul|(com|lpt)\d)$/i

/** kubectl's short names of resources: a plugin's name says them in full. */
const abbreviations = [
  ...['cm', 'cs', 'csr', 'deploy', 'ds', 'ep', 'ev', 'hpa', 'ing', 'limits', 'netpol', 'no', 'ns', 'pc'],
  ...['pdb', 'po', 'pv', 'pvc', 'quota', 'rc', 'rs', 'sa', 'sc', 'sts', 'svc', 'crd', 'fc', 'flinkdep'],
]

/**
 * Every rule of krew and of the review of its index that a manifest breaks, each named by the field it is broken in:
 * https://krew.sigs.k8s.io/docs/developer-guide/plugin-manifest/, …/release/ and …/develop/naming-guide/, and krew's internal/index/validation.
 */
export function brokenRules(text: string, fileName: string): string[] {
  const plugin = fieldsOf(load(text))
  const spec = fieldsOf(plugin['spec'])
  return [
    ...header(plugin, fileName),
    ...naming(textOf(fieldsOf(plugin['metadata'])['name']), fileName),
    ...words(spec),
    ...brokenPlatforms(spec['platforms'], textOf(spec['version'])),
  ]
}

function header(plugin: Fields, fileName: string): string[] {
  const version = textOf(fieldsOf(plugin['spec'])['version'])
  return [
    ...strangers(plugin, ['apiVersion', 'kind', 'metadata', 'spec'], ''),
    ...broken([
      [
        plugin['apiVersion'] === 'krew.googlecontainertools.github.com/v1alpha2',
        'apiVersion: must be krew’s v1alpha2',
      ],
      [plugin['kind'] === 'Plugin', 'kind: must be Plugin'],
      [semver.test(version), 'spec.version: semver with a leading v'],
      [fileName.endsWith('.yaml'), 'metadata.name: the file ends in .yaml'],
    ]),
  ]
}

function naming(name: string, fileName: string): string[] {
  const parts = name.split('-')
  return broken([
    [/^[\w-]+$/.test(name), 'metadata.name: letters, digits, - and _ only'],
    [/^[a-z0-9]+(-[a-z0-9]+)*$/.test(name), 'metadata.name: lower case, words joined by -'],
    [!parts.some(part => part.startsWith('kube')), 'metadata.name: without kube'],
    [!devices.test(name), 'metadata.name: is a device on Windows'],
    [!parts.some(part => abbreviations.includes(part)), 'metadata.name: resources by their full names'],
    [
      fileName === 'plugin.yaml' || fileName === `${name}.yaml`,
      'metadata.name: must be the name of the file',
    ],
  ])
}

function words(spec: Fields): string[] {
  const short = textOf(spec['shortDescription'])
  const description = textOf(spec['description'])
  const known = ['version', 'homepage', 'shortDescription', 'description', 'caveats', 'platforms']
  return [
    ...strangers(spec, known, 'spec'),
    ...broken([
      [short !== '', 'spec.shortDescription: missing'],
      [!/[\r\n]/.test(short), 'spec.shortDescription: one line'],
      [short.length <= 50, 'spec.shortDescription: at most 50 characters'],
      [!/plugin|kubectl/i.test(short), 'spec.shortDescription: without the words plugin and kubectl'],
      [!short.endsWith('.'), 'spec.shortDescription: without a full stop'],
      [description !== '', 'spec.description: missing'],
      [
        description.split('\n').every(line => line.length <= 80),
        'spec.description: lines of at most 80 characters',
      ],
      [!/--\w|\$ |^ *kubectl /m.test(description), 'spec.description: without options and examples'],
      [
        !/Flink/.test(description) || /not affiliated with the apache software foundation/i.test(description),
        'spec.description: says that it is not affiliated with the owner of the name Flink',
      ],
      [textOf(spec['homepage']).startsWith('https://'), 'spec.homepage: an https address'],
      // Nothing has to be done after the installation.
      [spec['caveats'] === undefined, 'spec.caveats: for steps that are needed alone, and none is'],
    ]),
  ]
}
