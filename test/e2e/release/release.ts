import assert from 'node:assert/strict'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { carriedTexts, mainFile } from '../../../scripts/build/binary.ts'
import { executableName, platforms } from '../../../scripts/build/platforms.ts'
import { cacheNames } from '../../../scripts/build/rehearsals.ts'
import { brokenArchive } from '../../../scripts/krew/archive-rules.ts'
import { manifestFile } from '../../../scripts/krew/manifest.ts'
import { brokenRules } from '../../../scripts/krew/rules.ts'
import { bundled } from '../../../scripts/release/bundled.ts'
import { brokenProgram, type Carried, sha256 } from '../../../scripts/release/structure.ts'
import { bytesOf, entriesOf, krewPlatforms, nameOf, programOf, titleOf } from './published.ts'

// For `npm run check:release`, after `npm run release -- --local`.

describe('the archives of a release', () => {
  let scratch: string
  let carried: Omit<Carried, 'caches'>
  before(async () => {
    scratch = mkdtempSync(join(tmpdir(), 'flinksp-release-'))
    const texts = await carriedTexts(await bundled(scratch))
    carried = {
      main: sha256(readFileSync(mainFile)),
      assets: new Map([...texts].map(([name, text]) => [name, sha256(Buffer.from(text, 'latin1'))])),
    }
  })
  after(() => rmSync(scratch, { recursive: true }))

  for (const platform of platforms) {
    it(`${titleOf(platform)}: a program that its system takes, with the program of this source in it`, async () => {
      // Where V8 could be run, natively or by QEMU.
      const caches = platform.os === 'linux' ? cacheNames : []
      assert.deepEqual(brokenProgram(await programOf(platform), platform, { ...carried, caches }), [])
    })

    it(`${titleOf(platform)}: at most 50 MB, and as krew wants it`, async () => {
      const archive = await bytesOf(nameOf(platform))
      assert.ok(archive.length <= 50_000_000, `${archive.length} bytes`)
      const index = platforms.indexOf(platform)
      const at = `spec.platforms[${index}]`
      const entries = await entriesOf(platform)
      assert.deepEqual(brokenArchive((await krewPlatforms())[index], at, archive, entries), [])
    })

    it(`${titleOf(platform)}: the terms of all that is in it, and the same in its bill of materials`, async () => {
      const entries = await entriesOf(platform)
      const textOf = (wanted: string) =>
        Buffer.from(entries.find(({ name }) => name === wanted)?.data ?? []).toString()
      assert.equal(textOf('LICENSE'), readFileSync('LICENSE', 'utf8'))
      const bill = JSON.parse((await bytesOf(`${nameOf(platform)}.cdx.json`)).toString())
      const noticed = [...textOf('THIRD-PARTY-NOTICES').matchAll(/^={80}\n(\S+) (\S+)/gm)]
      assert.deepEqual(
        noticed.map(([, name = '', version]) => `${name.replace('Node.js', 'node')}@${version}`).sort(),
        bill.components.map((component: { 'bom-ref': string }) => component['bom-ref']).sort(),
      )
    })

    it(`${titleOf(platform)}: nothing else but man pages`, async () => {
      const names = (await entriesOf(platform)).map(({ name }) => name)
      const plain = names.filter(name => !/^man\/kubectl-flinksp(-\w+)?\.1$/.test(name))
      assert.deepEqual(plain, [executableName(platform), 'LICENSE', 'THIRD-PARTY-NOTICES'])
      assert.equal(names.length > plain.length, platform.os !== 'windows')
    })
  }

  it('have their checksums in one file', async () => {
    const names = platforms.flatMap(platform => [nameOf(platform), `${nameOf(platform)}.cdx.json`])
    const lines = await Promise.all(names.map(async name => `${sha256(await bytesOf(name))}  ${name}\n`))
    assert.equal((await bytesOf('checksums.txt')).toString(), lines.join(''))
  })

  it('are described by the manifest of the repository, and by that of an index', async () => {
    const text = (await bytesOf('plugin.yaml')).toString()
    assert.equal(readFileSync(manifestFile, 'utf8'), text)
    assert.equal((await bytesOf('krew-index/plugins/flinksp.yaml')).toString(), text)
    assert.deepEqual(brokenRules(text, 'flinksp.yaml'), [])
  })
})
