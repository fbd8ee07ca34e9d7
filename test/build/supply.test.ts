import assert from 'node:assert/strict'
import { globSync, readFileSync } from 'node:fs'
import { loosePackages } from '../../scripts/supply/integrity.ts'
import { badLicences } from '../../scripts/supply/licences.ts'

const integrity = `sha512-${'A'.repeat(86)}==`

describe('What the program is made of', () => {
  it('is held to checksums, from one registry, and runs nothing when it is installed', () => {
    assert.deepEqual(
      loosePackages({
        '': {},
        'node_modules/good': { integrity },
        'node_modules/bare': {},
        'node_modules/old': { integrity: 'sha1-abc' },
        'node_modules/link': { link: true, integrity },
        'node_modules/a/node_modules/other': { integrity, resolved: 'https://evil.example/other.tgz' },
        'node_modules/runs': { integrity, hasInstallScript: true },
        'node_modules/esbuild': { integrity, hasInstallScript: true },
        'node_modules/tool-for-mac': { dev: true, optional: true, os: ['darwin'] },
        'node_modules/part-for-mac': { optional: true, os: ['darwin'] },
      }),
      [
        'node_modules/bare: has no checksum',
        'node_modules/old: has a checksum that is not sha512',
        'node_modules/link: is a link to a folder',
        'node_modules/a/node_modules/other: comes from https://evil.example/other.tgz',
        'node_modules/runs: runs a program of its own when it is installed',
        'node_modules/part-for-mac: has no checksum',
      ],
    )
  })

  it('is under licences that we take', () => {
    assert.deepEqual(
      badLicences({
        '': {},
        'node_modules/a': { license: 'MIT' },
        'node_modules/b': { license: '(GPL-3.0-only OR MIT)' },
        'node_modules/c': { license: 'GPL-3.0-only' },
        'node_modules/d': { license: 'MIT AND GPL-2.0' },
        'node_modules/e': {},
        'node_modules/f': { license: 'CC0-1.0' },
        'node_modules/g': { license: 'CC0-1.0', dev: true },
        'node_modules/h': { dev: true, optional: true },
      }),
      [
        'node_modules/c: GPL-3.0-only is not among the licences that we take',
        'node_modules/d: MIT AND GPL-2.0 is not among the licences that we take',
        'node_modules/e: says nothing of its licence',
        'node_modules/f: CC0-1.0 is not among the licences that we take',
      ],
    )
  })

  it('is listed with its reason, package by package, exactly locked', () => {
    const { dependencies, devDependencies } = JSON.parse(readFileSync('package.json', 'utf8'))
    const page = readFileSync('docs/dependencies.md', 'utf8')
    const table = page.slice(0, page.indexOf('\n## ')).split('\n\n')[2] ?? ''
    const rows = table.split('\n').slice(2)
    const listed = rows.flatMap(row => (row.split('|')[1] ?? '').split(',').map(name => name.trim()))
    assert.deepEqual(listed.toSorted(), Object.keys(dependencies).toSorted())
    const reasons = rows.map(row => (row.split('|')[2] ?? '').trim())
    assert.equal(
      reasons.every(reason => reason.length > 3),
      true,
    )
    assert.deepEqual(
      Object.values<string>(dependencies).filter(version => !/^\d+\.\d+\.\d+$/.test(version)),
      [],
    )
    const tools = page.slice(page.indexOf('## For building and testing'))
    assert.deepEqual(
      Object.keys(devDependencies).filter(
        name => !name.startsWith('@types/') && !tools.includes(name.replace(/^@biomejs\//, '')),
      ),
      [],
    )
  })

  it('is built by actions that are pinned', () => {
    const workflows = globSync('.github/workflows/*.yml').map(file => readFileSync(file, 'utf8'))
    const uses = workflows.flatMap(text =>
      [...text.matchAll(/^\s*-?\s*uses: (\S+)/gm)].map(([, action]) => action),
    )
    assert.ok(uses.length > 0)
    assert.deepEqual(
      uses.filter(action => !/^[\w./-]+@[0-9a-f]{40}$/.test(String(action))),
      [],
    )
  })
})
