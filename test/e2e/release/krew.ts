import assert from 'node:assert/strict'
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { basename, delimiter, join, resolve } from 'node:path'
import manifest from '../../../package.json' with { type: 'json' }
import { platforms } from '../../../scripts/build/platforms.ts'
import { type Ended, ended } from '../../binary/run.ts'
import { builtGoModule } from '../go-module.ts'
import { bytesOf, folder, nameOf, titleOf } from './published.ts'

// For `npm run check:release`: krew itself installs what was released, and asks nobody but this machine.

describe('krew', () => {
  let tools: string
  let scratch: string
  let server: Server
  let root: string

  before(async () => {
    scratch = mkdtempSync(join(tmpdir(), 'flinksp-krew-'))
    const module = {
      name: 'krew',
      folder: resolve('scripts/release/krew'),
      packages: ['krew', 'validate-krew-manifest'].map(name => `sigs.k8s.io/krew/cmd/${name}`),
    }
    tools = await builtGoModule(module, console.log)
    server = createServer(async (request, response) => {
      response.end(await bytesOf(basename(request.url ?? '')).catch(() => ''))
    })
    await new Promise<void>(done => server.listen(0, '127.0.0.1', done))
  })
  after(() => {
    server?.close()
    rmSync(scratch, { recursive: true, force: true })
  })
  beforeEach(() => {
    root = mkdtempSync(join(scratch, 'root-'))
  })

  const environment = () => ({
    HOME: root,
    KREW_ROOT: join(root, 'krew'),
    KREW_NO_UPGRADE_CHECK: '1',
    GIT_CONFIG_GLOBAL: '/dev/null',
    PATH: [join(root, 'krew', 'bin'), tools, process.env['PATH']].join(delimiter),
  })
  const krew = (words: readonly string[], env: Readonly<Record<string, string>> = {}) =>
    ended(join(tools, 'krew'), words, { env: { ...environment(), ...env }, cwd: root })
  const succeeded = ({ exit, stderr }: Ended) => assert.equal(exit, 0, stderr)
  const fromFiles = (name: string) => [
    ...['install', `--manifest=${resolve(folder, 'plugin.yaml')}`],
    `--archive=${resolve(folder, name)}`,
  ]

  it('finds nothing wrong with the manifest', async () => {
    const words = ['-manifest', resolve(folder, 'krew-index/plugins/flinksp.yaml'), '-skip-install']
    succeeded(await ended(join(tools, 'validate-krew-manifest'), words, { env: environment() }))
  })

  for (const platform of platforms) {
    it(`installs the archive for ${titleOf(platform)}`, async () => {
      const env = { KREW_OS: platform.os, KREW_ARCH: platform.arch }
      succeeded(await krew(fromFiles(nameOf(platform)), env))
      const receipt = readFileSync(join(root, 'krew', 'receipts', 'flinksp.yaml'), 'utf8')
      assert.match(receipt, new RegExp(`version: v${manifest.version}`))
    })
  }

  it('installs from the local manifest and archive what kubectl then runs', async () => {
    succeeded(await krew(fromFiles(nameOf({ os: 'linux', arch: 'amd64' }))))
    await runsUnderKubectl()
  })

  it('installs from an index of its own', async () => {
    const index = join(root, 'index')
    cpSync(join(folder, 'krew-index'), index, { recursive: true })
    const { port } = server.address() as AddressInfo
    const file = join(index, 'plugins', 'flinksp.yaml')
    const text = readFileSync(file, 'utf8')
    writeFileSync(file, text.replaceAll(/uri: https:\/\/\S+\//g, `uri: http://127.0.0.1:${port}/`))
    const git = (...words: string[]) =>
      ended('git', ['-C', index, '-c', 'user.name=index', '-c', 'user.email=index@localhost', ...words], {
        env: environment(),
      })
    for (const words of [
      ['init', '-q'],
      ['add', '.'],
      ['commit', '-qm', 'flinksp'],
    ])
      succeeded(await git(...words))
    succeeded(await krew(['index', 'add', 'ours', `file://${index}`]))
    succeeded(await krew(['install', 'ours/flinksp']))
    await runsUnderKubectl()
  })

  async function runsUnderKubectl(): Promise<void> {
    assert.deepEqual(await ended('kubectl', ['flinksp', 'version', '-o', 'name'], { env: environment() }), {
      exit: 0,
      stdout: `v${manifest.version}\n`,
      stderr: '',
    })
  }
})
