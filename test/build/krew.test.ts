import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { load } from 'js-yaml'
import { platforms } from '../../scripts/build/platforms.ts'
import { brokenArchive } from '../../scripts/krew/archive-rules.ts'
import { type Archive, botTemplate, manifest } from '../../scripts/krew/manifest.ts'
import { brokenRules } from '../../scripts/krew/rules.ts'

const linux: Archive = { platform: { os: 'linux', arch: 'amd64' }, sha256: 'a'.repeat(64) }
const windows: Archive = { platform: { os: 'windows', arch: 'amd64' }, sha256: 'b'.repeat(64) }
const written = (...archives: Archive[]) =>
  manifest({ version: '1.2.3', homepage: 'https://example.org/flinksp', archives })

type Break = readonly [what: string, from: string | RegExp, to: string, broken: readonly string[]]

const inTheHeader: Break[] = [
  ['another version of krew’s manifests', 'v1alpha2', 'v1', ['apiVersion: must be krew’s v1alpha2']],
  ['another kind', 'kind: Plugin', 'kind: Index', ['kind: must be Plugin']],
  [
    'a field that krew does not know',
    'kind: Plugin',
    'kind: Plugin\nlabels: {}',
    ['labels: krew knows no such field'],
  ],
  ['a version without v', 'version: v1.2.3', 'version: 1.2.3', ['spec.version: semver with a leading v']],
  ['a version of two numbers', 'version: v1.2.3', 'version: v1.2', ['spec.version: semver with a leading v']],
  [
    'a version that the archives do not carry',
    'version: v1.2.3',
    'version: v1.2.4',
    ['spec.platforms[0].uri: must carry spec.version', 'spec.platforms[1].uri: must carry spec.version'],
  ],
]

const inTheName: Break[] = [
  [
    'no name',
    'name: flinksp',
    'name: ""',
    ['metadata.name: letters, digits, - and _ only', 'metadata.name: lower case, words joined by -'],
  ],
  [
    'a name with a dot',
    'name: flinksp',
    'name: flink.sp',
    ['metadata.name: letters, digits, - and _ only', 'metadata.name: lower case, words joined by -'],
  ],
  ['a name in capitals', 'name: flinksp', 'name: FlinkSp', ['metadata.name: lower case, words joined by -']],
  ['kube in the name', 'name: flinksp', 'name: kubeflink', ['metadata.name: without kube']],
  [
    'the name of a device on Windows',
    'name: flinksp',
    'name: com1',
    ['metadata.name: is a device on Windows'],
  ],
  [
    'a resource’s short name',
    'name: flinksp',
    'name: flink-po',
    ['metadata.name: resources by their full names'],
  ],
]

const inTheWords: Break[] = [
  ['no summary', / {2}shortDescription: .*\n/, '', ['spec.shortDescription: missing']],
  [
    'a summary of two lines',
    /shortDescription: .*/,
    'shortDescription: "a\\nb"',
    ['spec.shortDescription: one line'],
  ],
  [
    'a long summary',
    /shortDescription: .*/,
    `shortDescription: ${'long '.repeat(11)}`,
    ['spec.shortDescription: at most 50 characters'],
  ],
  [
    'a summary that says kubectl',
    /shortDescription: .*/,
    'shortDescription: A kubectl plugin',
    ['spec.shortDescription: without the words plugin and kubectl'],
  ],
  [
    'a summary that is a sentence',
    /shortDescription: .*/,
    'shortDescription: Takes savepoints.',
    ['spec.shortDescription: without a full stop'],
  ],
  ['no description', / {2}description: \|-\n( {4}.*\n|\n)+/, '', ['spec.description: missing']],
  [
    'a long line',
    'Takes savepoints',
    `Takes ${'many '.repeat(20)}savepoints`,
    ['spec.description: lines of at most 80 characters'],
  ],
  [
    'options in the description',
    'Takes savepoints',
    'With --all',
    ['spec.description: without options and examples'],
  ],
  [
    'an example in the description',
    'Takes savepoints',
    'kubectl flinksp take',
    ['spec.description: without options and examples'],
  ],
  [
    'no word on whose name it is',
    /Not affiliated .*/,
    'Good.',
    ['spec.description: says that it is not affiliated with the owner of the name Flink'],
  ],
  ['no homepage', /homepage: .*/, 'homepage: ""', ['spec.homepage: an https address']],
  [
    'caveats',
    'spec:',
    'spec:\n  caveats: Enjoy',
    ['spec.caveats: for steps that are needed alone, and none is'],
  ],
  [
    'a misspelt field',
    'shortDescription',
    'shortdescription',
    ['spec.shortdescription: krew knows no such field', 'spec.shortDescription: missing'],
  ],
]

const inThePlatforms: Break[] = [
  ['no platform', /platforms:(.|\n)*/, 'platforms: []\n', ['spec.platforms: at least one is needed']],
  [
    'an address without encryption',
    /uri: https(.*linux.*)/,
    'uri: http$1',
    ['spec.platforms[0].uri: an https address'],
  ],
  [
    'an archive that krew cannot open',
    'amd64.tar.gz',
    'amd64.tar.xz',
    ['spec.platforms[0].uri: .tar.gz or .zip'],
  ],
  [
    'a checksum in capitals',
    /sha256: a+/,
    `sha256: ${'A'.repeat(64)}`,
    ['spec.platforms[0].sha256: 64 lower-case hexadecimal digits'],
  ],
  ['no program', / {6}bin: kubectl-flinksp\n/, '', ['spec.platforms[0].bin: missing']],
  [
    'a program outside the archive',
    'bin: kubectl-flinksp\n',
    'bin: ../kubectl\n',
    ['spec.platforms[0].bin: inside the archive'],
  ],
  [
    'a program for Windows without .exe',
    'kubectl-flinksp.exe',
    'kubectl-flinksp',
    ['spec.platforms[1].bin: ends in .exe on Windows'],
  ],
  [
    'a program for Linux with .exe',
    'bin: kubectl-flinksp\n',
    'bin: kubectl-flinksp.exe\n',
    ['spec.platforms[0].bin: ends in .exe on Windows alone'],
  ],
  [
    'a platform that krew does not know',
    'os: linux',
    'os: plan9',
    ['spec.platforms[0].selector: matches no platform that krew supports'],
  ],
  [
    'a selector by something else',
    'arch: amd64',
    'arch: amd64\n          libc: musl',
    [
      'spec.platforms[0].selector: os and arch only',
      'spec.platforms[0].selector: matches no platform that krew supports',
    ],
  ],
  [
    'an empty selector',
    /matchLabels:\n.*os: linux\n.*/,
    'matchLabels: {}',
    [
      'spec.platforms[0].bin: ends in .exe on Windows',
      'spec.platforms[0].selector: missing',
      'spec.platforms: windows/amd64 is matched twice',
    ],
  ],
  [
    'a misspelt selector',
    'matchLabels:\n          os: linux',
    'matchlabels:\n          os: linux',
    [
      'spec.platforms[0].bin: ends in .exe on Windows',
      'spec.platforms[0].selector.matchlabels: krew knows no such field',
      'spec.platforms[0].selector: missing',
      'spec.platforms: windows/amd64 is matched twice',
    ],
  ],
  [
    'a platform that two entries match',
    /matchLabels:\n.*os: linux\n.*/,
    'matchExpressions: [{key: os, operator: NotIn, values: [darwin]}]',
    ['spec.platforms[0].bin: ends in .exe on Windows', 'spec.platforms: windows/amd64 is matched twice'],
  ],
  [
    'an empty list of files',
    /(bin: kubectl-flinksp\n)/,
    '$1      files: []\n',
    ['spec.platforms[0].files: leave it out, or name files'],
  ],
  [
    'a file from nowhere',
    /(bin: kubectl-flinksp\n)/,
    '$1      files: [{to: .}]\n',
    ['spec.platforms[0].files[0].from: missing'],
  ],
  [
    'a file to nowhere',
    /(bin: kubectl-flinksp\n)/,
    '$1      files: [{from: LICENSE}]\n',
    ['spec.platforms[0].files[0].to: missing'],
  ],
]

describe('the krew manifest', () => {
  it('keeps every rule of krew for the platforms of a release', () => {
    const all = platforms.map(platform => ({ platform, sha256: 'c'.repeat(64) }))
    assert.deepEqual(brokenRules(written(...all), 'plugin.yaml'), [])
    assert.deepEqual(brokenRules(written(...all), 'flinksp.yaml'), [])
  })

  for (const [what, from, to, broken] of [...inTheHeader, ...inTheName, ...inTheWords, ...inThePlatforms]) {
    it(`is refused with ${what}, by the field's name`, () => {
      const text = written(linux, windows)
      assert.notEqual(text.replace(from, to), text)
      assert.deepEqual(brokenRules(text.replace(from, to), 'plugin.yaml'), broken)
    })
  }

  it('is refused under a name that is not its own', () => {
    const text = written(linux)
    assert.deepEqual(brokenRules(text, 'flink.yaml'), ['metadata.name: must be the name of the file'])
    assert.deepEqual(brokenRules(text, 'flinksp.yml'), [
      'metadata.name: the file ends in .yaml',
      'metadata.name: must be the name of the file',
    ])
  })
})

describe('the template of krew-release-bot', () => {
  it('is the manifest, once the bot has filled it in', () => {
    const homepage = 'https://example.org/flinksp'
    const sha256 = 'd'.repeat(64)
    const filledIn = botTemplate(homepage)
      .replaceAll('{{ .TagName }}', 'v1.2.3')
      .replaceAll(/\{\{addURIAndSha "(\S+)" \.TagName \}\}/g, `uri: $1\n    sha256: ${sha256}`)
    const archives = platforms.map(platform => ({ platform, sha256 }))
    assert.deepEqual(load(filledIn), load(manifest({ version: '1.2.3', homepage, archives })))
  })
})

describe('the archive of a platform, for krew', () => {
  const archive = Buffer.from([0x1f, 0x8b, 8, 0])
  const sha256 = createHash('sha256').update(archive).digest('hex')
  const platform = { uri: 'https://example.org/a.tar.gz', sha256, bin: 'kubectl-flinksp' }
  const program = { name: 'kubectl-flinksp', isProgram: true }
  const licence = { name: 'LICENSE' }
  const broken = (changed: object, bytes: Buffer, files: { name: string; isProgram?: boolean }[]) =>
    brokenArchive({ ...platform, ...changed }, 'at', bytes, files)

  it('has the program and a licence', () => {
    assert.deepEqual(broken({}, archive, [licence, program]), [])
  })

  it('is refused with what is wrong with it, by the field’s name', () => {
    assert.deepEqual(broken({ sha256: 'f'.repeat(64) }, archive, [licence, program]), [
      'at.sha256: is another file’s',
    ])
    assert.deepEqual(broken({ uri: 'https://example.org/a.zip' }, archive, [licence, program]), [
      'at.uri: says another kind of archive',
    ])
    assert.deepEqual(broken({}, archive, [licence]), [
      'at.bin: is not in the archive',
      'at.bin: is no file that may be run',
    ])
    assert.deepEqual(broken({}, archive, [licence, { name: 'kubectl-flinksp', isProgram: false }]), [
      'at.bin: is no file that may be run',
    ])
    assert.deepEqual(broken({}, archive, [program, { name: 'LICENSES/mit' }]), [
      'at.files: a licence is among what is installed',
    ])
    assert.deepEqual(broken({}, archive, [licence, program, { name: '../../.bashrc' }]), [
      'at.uri: the archive writes outside its folder',
    ])
  })
})
