import assert from 'node:assert/strict'
import { type Archive, manifest } from '../../scripts/krew/manifest.ts'
import { brokenRules } from '../../scripts/krew/rules.ts'

const linux: Archive = { platform: { os: 'linux', arch: 'amd64' }, sha256: 'a'.repeat(64) }
const windows: Archive = { platform: { os: 'windows', arch: 'amd64' }, sha256: 'b'.repeat(64) }
const written = (...archives: Archive[]) =>
  manifest({ version: '1.2.3', homepage: 'https://example.org/flinksp', archives })

describe('the krew manifest', () => {
  it('keeps every rule of krew for the platforms it is written for', () => {
    assert.deepEqual(brokenRules(written(linux, windows), 'plugin.yaml'), [])
  })

  const breaks: [what: string, from: string | RegExp, to: string, broken: string[]][] = [
    ['a version without v', 'version: v1.2.3', 'version: 1.2.3', ['spec.version: semver with a leading v']],
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
      'a checksum in capitals',
      /sha256: a+/,
      `sha256: ${'A'.repeat(64)}`,
      ['spec.platforms[0].sha256: 64 lower-case hexadecimal digits'],
    ],
    [
      'an archive that krew cannot open',
      'amd64.tar.gz',
      'amd64.tar.xz',
      ['spec.platforms[0].uri: .tar.gz or .zip'],
    ],
    [
      'a platform that krew does not know',
      'os: linux',
      'os: plan9',
      ['spec.platforms[0].selector: matches no platform that krew supports'],
    ],
    [
      'a platform that two entries match',
      'os: linux',
      'os: windows',
      ['spec.platforms[0].bin: ends in .exe on Windows', 'spec.platforms: windows/amd64 is matched twice'],
    ],
    ['another kind', 'kind: Plugin', 'kind: Index', ['kind: must be Plugin']],
  ]
  for (const [what, from, to, broken] of breaks) {
    it(`is refused with ${what}, by the field's name`, () => {
      assert.deepEqual(brokenRules(written(linux, windows).replace(from, to), 'plugin.yaml'), broken)
    })
  }
})
