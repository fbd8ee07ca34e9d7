import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { bundle } from '../../scripts/build/bundle.ts'

const require = createRequire(import.meta.url)

describe('the bundle', () => {
  let folder: string
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'flinksp-bundle-'))
  })
  afterEach(() => rmSync(folder, { recursive: true, force: true }))

  const write = (files: Record<string, string>) => {
    for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text)
  }
  const built = async () => {
    const { program } = await bundle({ entry: join(folder, 'entry.mjs'), folder: join(folder, 'out') })
    return (...args: string[]) => execFileSync(process.execPath, [program, ...args], { encoding: 'utf8' })
  }

  it('evaluates a module that is imported dynamically only when it is', async () => {
    write({
      'entry.mjs': `if (process.argv[2] === 'now') import('./late.mjs').then(({ said }) => console.log(said))
        else console.log('without')`,
      'late.mjs': `console.log('evaluated'); export const said = 'late'`,
    })
    const run = await built()
    assert.equal(run(), 'without\n')
    assert.equal(run('now'), 'evaluated\nlate\n')
  })

  it('measures texts as string-width does', async () => {
    const texts = ['', 'plain', 'café', '日本', '👩‍👩‍👦', '\u001b[31mred\u001b[0m', 'a\tb', '█…']
    write({
      'entry.mjs': `import width from ${JSON.stringify(import.meta.resolve('string-width').replace('file://', ''))}
        import quick from 'string-width'
        console.log(JSON.stringify(${JSON.stringify(texts)}.map(text => [quick(text), width(text)])))`,
    })
    symlinkSync(join(import.meta.dirname, '../../node_modules'), join(folder, 'node_modules'))
    const run = await built()
    for (const [quick, width] of JSON.parse(run())) assert.equal(quick, width)
  })

  it('leaves the library of a store out, which is a part that is loaded when it is asked for', async () => {
    mkdirSync(join(folder, 's3'))
    write({
      'entry.mjs': `globalThis.loadPart = name => ({ said: 'part ' + name })
        console.log('without')
        if (process.argv[2] === 'now') import('./s3/library.ts').then(({ said }) => console.log(said))`,
      's3/library.ts': `export const said: string = 'not in the program'`,
    })
    const out = join(folder, 'out')
    const { program, parts } = await bundle({ entry: join(folder, 'entry.mjs'), folder: out })
    assert.deepEqual([...parts], [['s3', join(out, 's3.cjs')]])
    assert.doesNotMatch(readFileSync(program, 'utf8'), /not in the program/)
    const run = (...args: string[]) =>
      execFileSync(process.execPath, [program, ...args], { encoding: 'utf8' })
    assert.equal(run(), 'without\n')
    assert.equal(run('now'), 'without\npart s3\n')
    assert.equal(require(parts.get('s3') ?? '').said, 'not in the program')
  })

  it('puts what is imported dynamically into a part, which uses the classes of the program', async () => {
    write({
      'entry.ts': `import { Failure } from './failure.ts'
        globalThis.told = async () => {
          const { fail } = await import('./late.ts')
          try { fail() } catch (error) { return [error instanceof Failure, error.message] }
        }`,
      'failure.ts': `export class Failure extends Error {}`,
      'late.ts': `import { Failure } from './failure.ts'
        import { reason } from './reason.ts'
        export function fail(): never { throw new Failure(reason) }`,
      'reason.ts': `export const reason: string = 'only of the rest'`,
    })
    const { program, parts } = await bundle({ entry: join(folder, 'entry.ts'), folder: join(folder, 'out') })
    assert.deepEqual([...parts.keys()], ['rest'])
    const textOf = (file = '') => readFileSync(file, 'latin1')
    assert.doesNotMatch(textOf(program), /only of the rest/)
    assert.doesNotMatch(textOf(parts.get('rest')), /class/)
    const loadPart = (_name: string, shared: unknown) => {
      const module = { exports: {} }
      new Function('require', 'module', 'shared', textOf(parts.get('rest')))(require, module, shared)
      return module.exports
    }
    new Function('require', 'loadPart', textOf(program))(require, loadPart)
    const { told } = globalThis as unknown as { told(): Promise<unknown> }
    assert.deepEqual(await told(), [true, 'only of the rest'])
  })

  it('loads a builtin when one of its names is used', async () => {
    write({
      'entry.mjs': `import { createHash } from 'node:crypto'
        const loaded = () => process.moduleLoadList.includes('NativeModule crypto')
        const before = loaded()
        console.log(before, createHash('sha256').update('').digest('hex').length, loaded())`,
    })
    const run = await built()
    assert.equal(run(), 'false 64 true\n')
  })

  it('gives every builtin as it is to a default import, and to one of CommonJS', async () => {
    write({
      'entry.mjs': `import Stream from 'node:stream'
        import Emitter from 'events'
        import assert from 'node:assert'
        import crypto from 'node:crypto'
        import required from './required.cjs'
        assert(new Stream.PassThrough() instanceof Stream && new Stream() instanceof Emitter)
        class Agent extends required.http.Agent {}
        console.log(crypto.createHash('sha256').copy !== undefined, new Agent() instanceof Emitter)`,
      'required.cjs': `module.exports = { http: require('http') }`,
    })
    const run = await built()
    assert.equal(run(), 'true true\n')
  })

  it('is refused when it asks for a module that a single executable cannot load', async () => {
    write({ 'entry.mjs': `try { require('some-native-addon') } catch {}` })
    await assert.rejects(built(), {
      message: 'the bundle asks for modules that are not in it and not built in: some-native-addon',
    })
  })

  it('is refused when it uses the builtin that prints DEP0040', async () => {
    write({ 'entry.mjs': `import { toASCII } from 'punycode'; console.log(toASCII('ü'))` })
    await assert.rejects(built(), /punycode, which prints DEP0040/)
  })
})
