import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { existsSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, utimesSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Failure, failure } from '../../src/domain/failure.ts'
import type { FileStatus } from '../../src/domain/places.ts'
import type { CommandEnd, PodShell } from '../../src/domain/pod-shell.ts'
import { placesFromHere } from '../../src/storage/from-here.ts'
import { podPlace } from '../../src/storage/pod.ts'

interface Shell extends PodShell {
  readonly commands: (readonly string[])[]
}

/** Runs the commands on this machine; `path`: where their tools are looked for. */
function shellHere(path = '/usr/bin:/bin'): Shell {
  const commands: (readonly string[])[] = []
  return {
    pod: 'orders-jobmanager-0',
    commands,
    run([program = '', ...words], mostBytes) {
      commands.push(words.slice(3))
      return new Promise<CommandEnd>((resolve, reject) => {
        const running = spawn(join('/bin', program), words, { env: { PATH: path } })
        const stdout: Buffer[] = []
        let stderr = ''
        running.stdout.on('data', bytes => stdout.push(bytes))
        running.stderr.on('data', bytes => {
          stderr += bytes
        })
        running.once('error', reject)
        running.once('close', exitCode => {
          const said = Buffer.concat(stdout)
          if (said.length > mostBytes) reject(failure('not-asked', 'too much'))
          else resolve({ exitCode: exitCode ?? 1, stdout: said, stderr })
        })
      })
    },
  }
}

/** Names that a shell would take apart, if it were let. */
const nasty = [
  'two words',
  '-rf',
  "it's",
  '$(touch x)',
  'a\nb',
  '*',
  ';',
  '"',
  '`id`',
  'ä+%20',
  '//',
  '\\n',
  '.hidden',
].filter(name => !name.includes('/'))

describe('files in a pod', () => {
  let here: string
  let shell: Shell
  beforeEach(() => {
    here = mkdtempSync(join(tmpdir(), 'flinksp-pod-'))
    shell = shellHere()
  })
  afterEach(() => rmSync(here, { recursive: true, force: true }))

  const listed = async (directory: string): Promise<FileStatus[]> => {
    const all: FileStatus[] = []
    for await (const page of podPlace(shell).list(directory)) all.push(...page)
    return all.toSorted((a, b) => a.location.localeCompare(b.location))
  }
  const messageOf = async (attempt: Promise<unknown>): Promise<string> => {
    const error = await attempt.then(
      () => 'no failure',
      (error: unknown) => error,
    )
    return error instanceof Failure ? error.message.replaceAll(here, 'HERE') : String(error)
  }

  it('are told with their sizes and times, whatever they are called', async () => {
    const at = Date.parse('2026-03-01T10:00:00Z')
    for (const name of nasty) {
      writeFileSync(join(here, name), name)
      utimesSync(join(here, name), at / 1000, at / 1000)
    }
    mkdirSync(join(here, 'sub'))
    utimesSync(join(here, 'sub'), at / 1000, at / 1000)
    symlinkSync('sub', join(here, 'link'))
    const file = (name: string): FileStatus => ({
      location: join(here, name),
      kind: 'file',
      sizeBytes: Buffer.byteLength(name),
      modifiedAt: at,
    })
    for (const name of nasty) assert.deepEqual(await podPlace(shell).status(join(here, name)), file(name))
    const sub: FileStatus = { location: join(here, 'sub'), kind: 'directory', modifiedAt: at }
    assert.deepEqual(await podPlace(shell).status(join(here, 'sub')), sub)
    const all = await listed(here)
    assert.deepEqual(
      all.filter(({ kind }) => kind !== 'other'),
      [...nasty.map(file), sub].toSorted((a, b) => a.location.localeCompare(b.location)),
    )
    assert.deepEqual(
      all.filter(({ kind }) => kind === 'other').map(({ location }) => location),
      [join(here, 'link')],
    )
    assert.equal(existsSync(join(here, 'x')), false)
  })

  it('are read at any place, and asked for once where one piece holds all that is read', async () => {
    const bytes = Buffer.from(Array.from({ length: 250_000 }, (_, at) => at % 251))
    writeFileSync(join(here, 'f'), bytes)
    const file = await podPlace(shell).open(join(here, 'f'))
    assert.equal(file.size, 250_000)
    for (const [offset, length] of [
      [0, 10],
      [65_535, 2],
      [249_990, 100],
      [100_000, 150_000],
    ] as const) {
      const into = Buffer.alloc(length)
      const came = await file.read(offset, into)
      assert.deepEqual(into.subarray(0, came), bytes.subarray(offset, offset + came))
      assert(came > 0)
    }
    assert.equal(await file.read(250_000, Buffer.alloc(1)), 0)
    await file.close()
    assert.equal(shell.commands.length, 1)
  })

  it('are read in pieces of 4 MiB, after a small one that is enough for most', async () => {
    const bytes = Buffer.alloc(9 * 1024 * 1024)
    for (let at = 0; at < bytes.length; at += 4) bytes.writeUInt32BE(at, at)
    writeFileSync(join(here, 'f'), bytes)
    const file = await podPlace(shell).open(join(here, 'f'))
    const whole = Buffer.alloc(bytes.length)
    for (let at = 0; at < whole.length; ) at += await file.read(at, whole.subarray(at, at + 256 * 1024))
    assert(whole.equals(bytes))
    assert.equal(shell.commands.length, 4)
  })

  it('are told many at once, in few commands', async () => {
    const names = Array.from({ length: 200 }, (_, at) => join(here, `file ${at}`))
    for (const name of names.slice(0, 100)) writeFileSync(name, name)
    const place = podPlace(shell)
    const found = await Promise.all(names.map(name => place.status(name)))
    assert.deepEqual(
      found.map(status => status?.sizeBytes),
      [...names.slice(0, 100).map(name => name.length), ...Array.from({ length: 100 }, () => undefined)],
    )
    assert(shell.commands.length < 10, `${shell.commands.length} commands`)
    for (const words of shell.commands) assert(encodeURIComponent(words.join('&command=')).length < 6_000)
  })

  it('and directories are deleted, and what is gone already is no failure', async () => {
    const place = podPlace(shell)
    mkdirSync(join(here, '-d'))
    writeFileSync(join(here, '-d', '-f *'), 'x')
    assert.match(
      await messageOf(place.removeDirectory(join(here, '-d'))),
      /^error: cannot delete HERE\/-d in pod\/orders-jobmanager-0: Directory not empty$/,
    )
    assert.match(
      await messageOf(place.remove(join(here, '-d'))),
      /^error: cannot delete HERE\/-d in pod\/orders-jobmanager-0: Is a directory$/,
    )
    for (const _ of [1, 2]) await place.remove(join(here, '-d', '-f *'))
    for (const _ of [1, 2]) await place.removeDirectory(join(here, '-d'))
    assert.deepEqual(await listed(here), [])
  })

  it('that are not there are told as such, and those that may not be read with the reason', async () => {
    const place = podPlace(shell)
    writeFileSync(join(here, 'f'), 'x')
    for (const path of [join(here, 'no'), join(here, 'f', 'below'), join(here, 'n'.repeat(300))])
      assert.equal(await place.status(path), undefined)
    assert.deepEqual(await listed(join(here, 'no')), [])
    const named = (text: string) => `error: cannot read HERE${text}`
    assert.equal(
      await messageOf(place.open(join(here, 'no'))),
      named('/no in pod/orders-jobmanager-0: no such file or directory'),
    )
    assert.equal(await messageOf(place.open(here)), named(' in pod/orders-jobmanager-0: it is no file'))
    const refusing: PodShell = {
      pod: 'p',
      run: async () => ({ exitCode: 0, stdout: Buffer.from('! Permission denied\n'), stderr: '' }),
    }
    assert.equal(
      await messageOf(podPlace(refusing).status('/secret')),
      'error: cannot read /secret in pod/p: Permission denied',
    )
  })

  it('need a shell and its tools in the image, and say so', async () => {
    const bare = podPlace(shellHere(here))
    assert.equal(
      await messageOf(bare.status('/x')),
      'error: cannot read /x in pod/orders-jobmanager-0: the image of its container has no stat, which this takes',
    )
    const shellless: PodShell = {
      pod: undefined,
      run: async () => {
        throw failure(
          'not-asked',
          'a command in pod/p was not run: exec: "sh": executable file not found in $PATH: unknown',
        )
      },
    }
    const error = await podPlace(shellless)
      .status('/x')
      .catch((error: unknown) => error)
    assert(error instanceof Failure)
    assert.equal(
      error.message,
      'error: cannot read /x in the job\'s pod: a command in pod/p was not run: exec: "sh": executable file not found in $PATH: unknown: the image of its container has no sh',
    )
    assert.match(error.hints.join('\n'), /copied to this machine/)
  })

  it('believe nothing that is no status', async () => {
    const lying = (text: string): PodShell => ({
      pod: 'p',
      run: async () => ({ exitCode: 0, stdout: Buffer.from(text), stderr: '' }),
    })
    for (const text of ['', 'hello', '81a4 -1 0', `81a4 ${'9'.repeat(30)} 0`, '81a4 1 0 more'])
      assert.match(await messageOf(podPlace(lying(text)).status('/x')), /did not say what it is/)
    const entries: FileStatus[] = []
    const text = '41ed 4096 0\n81a4 1 0 ./../up//\n81a4 1 0 name//\n81a4 1 0 ./good//\n41'
    for await (const page of podPlace(lying(text)).list('/d')) entries.push(...page)
    assert.deepEqual(entries, [{ location: '/d/good', kind: 'file', sizeBytes: 1, modifiedAt: 0 }])
  })

  it('are those of a job, and what has another scheme is asked for from here', async () => {
    mkdirSync(join(here, 'sp'))
    writeFileSync(join(here, 'sp', '_metadata'), 'bytes')
    const places = placesFromHere({ directory: '/', file: podPlace(shell) })
    const file = await places.openMetadata(`file://${here}/sp`)
    assert.deepEqual([file.directory, file.size], [`file:${here}/sp`, 5])
    assert.equal(await places.sizeOf(`file:${here}/sp/none`), 'missing')
    assert.match(
      await messageOf(places.status('nosuch://b/x')),
      /^error: cannot read nosuch:\/\/b\/x: nosuch: is no file system/,
    )
  })
})
