import assert from 'node:assert/strict'
import { chmodSync, existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { delimiter, dirname, join } from 'node:path'
import { commandsOn } from '../../src/commands/index.ts'
import { binary, type Ended, ended, started } from './run.ts'
import { bash } from './shells/shells.ts'
import { completesInShell } from './shells/tab.ts'

const nothing: Ended = { exit: 0, stdout: ':4\n', stderr: '' }

describe('Tab', () => {
  let home: string
  beforeEach(() => {
    home = mkdtempSync(join(tmpdir(), 'flinksp-tab-'))
  })
  afterEach(() => rmSync(home, { recursive: true }))

  const keep = (name: string, content: string | object, mode = 0o600) => {
    const file = join(home, name)
    writeFileSync(file, typeof content === 'string' ? content : JSON.stringify(content))
    chmodSync(file, mode)
    return file
  }
  const configure = (server: string, user: object = { token: 't' }) =>
    keep('kubeconfig', {
      'current-context': 'x',
      clusters: [{ name: 'c', cluster: { server, 'insecure-skip-tls-verify': true } }],
      users: [{ name: 'u', user }],
      contexts: [{ name: 'x', context: { cluster: 'c', user: 'u' } }],
    })
  const env = (more: Record<string, string> = {}) => ({
    HOME: home,
    KUBECONFIG: join(home, 'kubeconfig'),
    ...more,
  })
  const offered = (line: string, more = {}) =>
    ended(binary, ['__complete', ...line.split(' ')], { env: env(more) })

  it('completes in bash', () => completesInShell('bash', bash))

  for (const shell of ['bash', 'sh'] as const)
    it(`is a script that ${shell} can read`, async () => {
      const { stdout } = await ended(binary, ['completion', shell === 'sh' ? 'kubectl' : shell], {
        env: env(),
      })
      assert.deepEqual(await ended(shell, ['-n', keep('script', stdout)]), {
        exit: 0,
        stdout: '',
        stderr: '',
      })
    })

  it('is what kubectl asks our program for, by a program that completion kubectl prints', async () => {
    const { stdout } = await ended(binary, ['completion', 'kubectl'], { env: env() })
    const program = keep('kubectl_complete-flinksp', stdout, 0o755)
    const PATH = [dirname(binary), process.env['PATH'] ?? ''].join(delimiter)
    assert.deepEqual(await ended(program, ['take', '-o', 'js'], { env: { ...env(), PATH } }), {
      exit: 0,
      stdout: 'json\njsonpath=\n:36\n',
      stderr: '',
    })
  })

  it('is a batch file on Windows', async () => {
    const machine = { env: {}, home, platform: 'win32', arch: 'x64', nodeVersion: 'v26.10.0' }
    const topic = await commandsOn(machine).load('completion')
    assert(topic && 'print' in topic)
    assert.match((await topic.print?.(['kubectl'])) ?? '', /^@rem .*\r\n@kubectl-flinksp __complete %\*\r\n$/)
  })

  describe('offers nothing, and says nothing,', () => {
    let server: Server
    const sockets = new Set<Socket>()
    let onData: (socket: Socket) => void
    beforeEach(async () => {
      onData = () => undefined
      server = createServer(socket => {
        sockets.add(socket.on('error', () => undefined).on('data', () => onData(socket)))
      })
      await new Promise<void>(listening => server.listen(0, '127.0.0.1', listening))
    })
    afterEach(() => {
      for (const socket of sockets) socket.destroy()
      server.close()
    })
    const url = (scheme = 'http') => `${scheme}://127.0.0.1:${(server.address() as AddressInfo).port}`

    /** Generous: the machine may do other things, too. */
    const soon = async (line: string) => {
      const began = performance.now()
      assert.deepEqual(await offered(line), nothing)
      assert(performance.now() - began < 10_000)
    }

    for (const scheme of ['http', 'https'])
      it(`where a server takes connections and does not answer (${scheme})`, async () => {
        configure(url(scheme))
        for (const line of ['take ', 'restore orders ', '-n ']) await soon(line)
        assert(sockets.size > 0)
      })

    it('where an answer comes byte by byte', async () => {
      configure(url())
      onData = socket => {
        socket.write('HTTP/1.1 200 OK\r\ncontent-type: application/json\r\n\r\n{"items":[')
        const timer = setInterval(() => socket.write(' '), 20)
        socket.on('close', () => clearInterval(timer))
      }
      await soon('take ')
    })

    it('where nobody listens, and without a kubeconfig, or with one that is broken', async () => {
      configure('http://127.0.0.1:1')
      assert.deepEqual(await offered('take '), nothing)
      keep('kubeconfig', ': [')
      assert.deepEqual(await offered('take '), nothing)
      assert.deepEqual(await offered('--context '), nothing)
      rmSync(join(home, 'kubeconfig'))
      assert.deepEqual(await offered('take '), nothing)
      assert.deepEqual(await offered('--context '), nothing)
    })

    it('where the login has something to ask', async () => {
      const command = keep(
        'login',
        `#!/bin/sh\ntouch ${home}/ran; echo Password: >&2; read x; exec sleep 600`,
        0o755,
      )
      const apiVersion = 'client.authentication.k8s.io/v1'
      configure(url('https'), { exec: { apiVersion, command, interactiveMode: 'IfAvailable' } })
      assert.deepEqual(await offered('take ', { FLINKSP_COMPLETION_TIMEOUT: '2s' }), nothing)
      assert(existsSync(join(home, 'ran')))
    })

    it('after Ctrl-C', async () => {
      configure(url())
      const asked = new Promise<void>(resolve => {
        onData = () => resolve()
      })
      const { child, ended: end } = started(binary, ['__complete', 'take', ''], {
        env: env({ FLINKSP_COMPLETION_TIMEOUT: '50s' }),
      })
      await asked
      child.kill('SIGINT')
      assert.deepEqual(await end, nothing)
    })
  })
})
