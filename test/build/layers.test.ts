import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join, resolve } from 'node:path'

describe('the check of the layers', () => {
  let folder: string
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'flinksp-layers-'))
    symlinkSync(resolve('node_modules'), join(folder, 'node_modules'), 'junction')
    write({
      'package.json': '{ "type": "module" }',
      'tsconfig.json':
        '{ "compilerOptions": { "module": "nodenext", "allowImportingTsExtensions": true, "noEmit": true } }',
    })
  })
  afterEach(() => rmSync(folder, { recursive: true, force: true }))

  function write(files: Record<string, string>): void {
    for (const [name, text] of Object.entries(files)) {
      mkdirSync(dirname(join(folder, name)), { recursive: true })
      writeFileSync(join(folder, name), text)
    }
  }
  function check(): { status: number | null; broken: string[] } {
    const { status, stderr } = spawnSync(process.execPath, [resolve('scripts/layers.ts')], {
      cwd: folder,
      encoding: 'utf8',
    })
    return { status, broken: [...stderr.matchAll(/^ {2}([\w-]+):/gm)].map(([, rule]) => String(rule)).sort() }
  }

  it('passes what goes from the outside in', () => {
    write({
      'src/bin.ts': `import { door } from './kube/door.ts'\nimport { main } from './main.ts'\nmain(door)`,
      'src/main.ts': `import type { Port } from './domain/port.ts'\nexport const main = (port: Port) => port`,
      'src/kube/door.ts': `import { hostname } from 'node:os'\nimport type { Port } from '../domain/port.ts'\nexport const door: Port = hostname()`,
      'src/domain/port.ts': 'export type Port = string',
    })
    assert.deepEqual(check(), { status: 0, broken: [] })
  })

  it('finds a view that opens a door, a file that nobody needs, and a clock in the middle', () => {
    write({
      'src/bin.ts': `import './view/table.ts'`,
      'src/view/table.ts': `import { door } from '../kube/door.ts'\nimport { setTimeout } from 'node:timers/promises'\nexport const table = [door, setTimeout]`,
      'src/kube/door.ts': 'export const door = 1',
      'src/plan/dead.ts': 'export const dead = 1',
    })
    assert.deepEqual(check(), {
      status: 1,
      broken: [
        'doors-are-opened-by-bin',
        'no-node-core-in-the-middle',
        'no-orphans',
        'reachable-from-bin',
        'view-sees-domain',
      ],
    })
  })

  it('fails where it sees no module at all', () => {
    mkdirSync(join(folder, 'src'))
    assert.equal(check().status, 1)
  })
})
