import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import type { Failure } from '../../src/domain/failure.ts'
import { manifestsIn } from '../../src/storage/manifests.ts'

describe('manifests on this machine', () => {
  let here: string
  beforeEach(() => {
    here = mkdtempSync(join(tmpdir(), 'flinksp-manifests-'))
  })
  afterEach(() => rmSync(here, { recursive: true, force: true }))

  const orders = {
    apiVersion: 'flinkoperator.k8s.io/v1beta1',
    kind: 'FlinkCluster',
    metadata: { name: 'orders' },
  }
  const head = 'apiVersion: flinkoperator.k8s.io/v1beta1\nkind: FlinkCluster\nmetadata: {name: orders}\n'
  const never = new AbortController().signal
  const manifests = (stdin = '') => manifestsIn(here, () => Readable.from([Buffer.from(stdin)]), never)

  const read = (text: string | Buffer) => {
    const path = join(here, 'it.yaml')
    writeFileSync(path, text)
    return manifests().read(path)
  }

  it('are not waited for on standard input after Ctrl-C', async () => {
    const interruption = new AbortController()
    const silent = new Readable({ read: () => {} })
    const reading = manifestsIn(here, () => silent, interruption.signal).read('-')
    interruption.abort()
    await assert.rejects(reading, { code: 'interrupted', message: 'error: interrupted' })
  })

  /** The message, with the file's name for its path. */
  const refused = async (attempt: () => Promise<unknown>) => {
    try {
      await attempt()
    } catch (error) {
      return (error as Failure).message.replaceAll(`${here}/`, '')
    }
    return 'read'
  }

  describe('reading', () => {
    it('takes YAML, JSON, and standard input', async () => {
      assert.deepEqual(await read(head), orders)
      assert.deepEqual(await read(`---\n${head}---\n`), orders)
      assert.deepEqual(await read(JSON.stringify(orders, undefined, '\t')), orders)
      assert.deepEqual(await read(`\ufeff${head}`), orders)
      assert.deepEqual(await manifests(head).read('-'), orders)
    })

    it('reads plain values as kubectl does', async () => {
      const values =
        'a: yes\nb: "yes"\nmode: 0644\nnew: 0o17\nclock: 1:30\nday: 2026-01-02\nnothing: ~\nmerge: <<'
      const spec = values.replaceAll(/^/gm, '  ')
      assert.deepEqual(await read(`${head}spec:\n${spec}\n`), {
        ...orders,
        spec: {
          a: true,
          b: 'yes',
          mode: 420,
          new: 15,
          clock: '1:30',
          day: '2026-01-02',
          nothing: null,
          merge: '<<',
        },
      })
    })

    const bad: readonly [what: string, text: string | Buffer, why: string][] = [
      ['nothing', '# only a comment\n', 'it holds nothing'],
      ['two objects', `${head}---\n${head}`, 'it holds 2 objects'],
      ['a list', 'apiVersion: v1\nkind: List\nitems: []\n', 'it is a List'],
      ['a text', 'orders', 'it is no object'],
      ['what is no Kubernetes object', 'spec: {}', 'it has no apiVersion or no kind'],
      ['an alias', `${head}a: &x [1]\nb: *x\n`, 'it has a YAML alias: write the value out'],
      ['a tag', `${head}a: !!binary aGk=\n`, 'it has a YAML tag: write the value without it'],
      ['a tag of its own', `${head}a: !ruby/object {}\n`, 'it has a YAML tag: write the value without it'],
      ['a key twice', `${head}kind: Pod\n`, 'duplicated mapping key (line 4, column 1)'],
      [
        'what is not YAML',
        `${head}\t- x\n`,
        'tab characters must not be used in indentation (line 4, column 1)',
      ],
      ['half a JSON text', '{"apiVersion": "v1", "kind": ', ''],
      ['a number that is none', `${head}a: .inf\n`, 'it has a number that JSON cannot carry: Infinity'],
      [
        'a number that would change',
        `${head}a: 12345678901234567890\n`,
        'it has a number that JSON cannot carry: 12345678901234567000',
      ],
      ['what is not UTF-8', Buffer.from([0x61, 0xff]), 'it is not UTF-8'],
      ['a bottomless YAML', `${head}a: ${'['.repeat(5000)}`, 'nesting exceeded maxDepth (100)'],
      [
        'a bottomless JSON',
        `{"apiVersion":"v1","kind":"X","a":${'['.repeat(200_000)}${']'.repeat(200_000)}}`,
        'it is nested more than 100 deep',
      ],
    ]
    for (const [what, text, why] of bad) {
      it(`refuses ${what}`, async () => {
        const said = await refused(() => read(text))
        assert.ok(said.startsWith(`error: cannot use it.yaml: ${why}`), said)
      })
    }

    it('refuses what is larger than any object', async () => {
      const large = `${head}a: ${'x'.repeat(3 * 1024 * 1024)}\n`
      assert.equal(await refused(() => read(large)), 'error: cannot read it.yaml: it is larger than 3 MiB')
      assert.equal(
        await refused(() => manifests(large).read('-')),
        'error: cannot read standard input: it is larger than 3 MiB',
      )
    })

    it('says why a file cannot be read', async () => {
      const at = (name: string) => refused(() => manifests().read(join(here, name)))
      assert.equal(await at('missing.yaml'), 'error: cannot read missing.yaml: no such file or directory')
      mkdirSync(join(here, 'folder'))
      assert.equal(await at('folder'), 'error: cannot read folder: illegal operation on a directory')
    })

    it('lets no key of the file become something else', async () => {
      const object = await read(`${head}__proto__: {polluted: 1}\n`)
      assert.equal((object as { polluted?: number }).polluted, undefined)
      assert.equal(({} as { polluted?: number }).polluted, undefined)
    })
  })

  describe('keeping', () => {
    it('writes a file that only its owner can read, and that reads back as it was', async () => {
      const object = {
        ...orders,
        spec: { a: 'yes', b: '0644', c: '1:30', d: '~', e: null, f: [1, true], g: '\u001b[1m' },
      }
      const path = await manifests().keep('orders', object)
      assert.equal(path, join(here, 'orders.yaml'))
      assert.equal(statSync(path).mode & 0o777, 0o600)
      assert.deepEqual(await manifests().read(path), object)
      assert.equal(readFileSync(path, 'utf8').includes('\u001b'), false)
    })

    it('writes over nothing', async () => {
      writeFileSync(join(here, 'orders.yaml'), 'mine')
      assert.equal(await manifests().keep('orders', orders), join(here, 'orders-2.yaml'))
      assert.equal(await manifests().keep('orders', orders), join(here, 'orders-3.yaml'))
      assert.equal(readFileSync(join(here, 'orders.yaml'), 'utf8'), 'mine')
    })

    it('makes a name safe', async () => {
      const names = ['../up', '/etc/passwd', '.hidden', '-f', 'a b\n', '', '..']
      const kept = []
      for (const name of names) kept.push((await manifests().keep(name, orders)).slice(here.length + 1))
      assert.deepEqual(kept, [
        'up.yaml',
        'etc-passwd.yaml',
        'hidden.yaml',
        'f.yaml',
        'a-b-.yaml',
        'manifest.yaml',
        'manifest-2.yaml',
      ])
      assert.deepEqual(readdirSync(here).sort(), kept.toSorted())
    })

    it('says which file cannot be written', async () => {
      const elsewhere = manifestsIn(join(here, 'missing'), () => Readable.from([]), never)
      assert.equal(
        await refused(() => elsewhere.keep('orders', orders)),
        'error: cannot write missing/orders.yaml: no such file or directory',
      )
    })

    it('leaves nothing behind where it cannot write to the end', () => {
      const door = new URL('../../src/storage/manifests.ts', import.meta.url)
      const object = { ...orders, spec: { long: 'x'.repeat(10_000) } }
      const script = `
        const { manifestsIn } = await import(${JSON.stringify(door)})
        await manifestsIn('.').keep('orders', ${JSON.stringify(object)}).catch(({ message }) => console.log(message))`
      // No file may grow beyond 1 KiB: the write is cut off in the middle.
      const shell = 'ulimit -f 1; exec "$0" --input-type=module -e "$1"'
      const said = execFileSync('bash', ['-c', shell, process.execPath, script], {
        cwd: here,
        encoding: 'utf8',
      })
      assert.match(said, /^error: cannot write .*orders\.yaml: file too large\n$/)
      assert.deepEqual(readdirSync(here), [])
    })
  })
})
