import assert from 'node:assert/strict'
import { type WebSocket, WebSocketServer } from 'ws'
import type { RestPlace } from '../../src/domain/rest.ts'
import { type ApiServer, apiServer, json, status } from './support/api-server.ts'
import { type Certificates, certificates } from './support/certificates.ts'
import { type Home, home, messageOf, type Opened, open } from './support/door.ts'

const place: RestPlace = {
  namespace: 'shop',
  service: 'orders-jobmanager',
  port: 'ui',
  tls: false,
  podLabels: { cluster: 'orders', component: 'jobmanager' },
  podPort: 8081,
}

const pods = '/api/v1/namespaces/shop/pods'

const pod = (name: string, containers: object[], annotations: object = {}) => ({
  metadata: { name, creationTimestamp: '2024-01-01T00:00:00Z', annotations },
  spec: { containers },
  status: { conditions: [{ type: 'Ready', status: 'True' }] },
})
const flink = { name: 'jobmanager', ports: [{ name: 'ui', containerPort: 8081 }] }
const proxy = { name: 'istio-proxy', ports: [{ containerPort: 15_090 }] }

const success = { status: 'Success' }
const exited = (code: number) => ({
  status: 'Failure',
  reason: 'NonZeroExitCode',
  details: { causes: [{ reason: 'ExitCode', message: String(code) }] },
})

describe('a command in a JobManager pod', () => {
  let at: Home
  let server: ApiServer
  let door: Opened
  let sockets: WebSocketServer
  let upgrades: { url: URL; headers: Record<string, unknown> }[]
  /** What the pod does with a connection. */
  let act: (say: (stream: number, what: string | Buffer | object) => void, socket: WebSocket) => void

  let pems: Certificates
  before(async () => {
    pems = await certificates()
  })
  beforeEach(async () => {
    at = home()
    server = await apiServer(pems.server)
    const ca = Buffer.from(pems.authority.cert).toString('base64')
    at.kubeconfig({ server: server.url, 'certificate-authority-data': ca }, { token: 'abc' })
    door = await open(at, { as: 'jane', asGroup: ['a', 'b'] })
    upgrades = []
    act = say => say(3, success)
    sockets = new WebSocketServer({ server: server.http })
    sockets.on('connection', (socket, { url = '', headers }) => {
      upgrades.push({ url: new URL(url, 'http://server'), headers })
      const say = (stream: number, what: string | Buffer | object) => {
        const bytes =
          typeof what === 'string' || Buffer.isBuffer(what)
            ? Buffer.from(what as string)
            : Buffer.from(JSON.stringify(what))
        socket.send(Buffer.concat([Buffer.of(stream), bytes]))
        if (stream === 3) socket.close()
      }
      act(say, socket)
    })
    server.on(`GET ${pods}`, json({ items: [pod('jm', [proxy, flink])] }))
  })
  afterEach(async () => {
    await door.close()
    sockets.close()
    await server.close()
    at.remove()
  })

  const run = async (command: readonly string[] = ['true'], mostBytes = 1_000) =>
    (await door.shell(place)).run(command, mostBytes)

  it('gets its words as they are, as whoever calls, in the container that has the REST port', async () => {
    const words = ['sh', '-c', 'x="$1"; &', '', 'a b\n%/?ä']
    assert.deepEqual(await run(words), { exitCode: 0, stdout: Buffer.alloc(0), stderr: '' })
    const [{ url, headers } = { url: new URL('http://none'), headers: {} }] = upgrades
    assert.equal(url.pathname, `${pods}/jm/exec`)
    assert.deepEqual(url.searchParams.getAll('command'), words)
    url.searchParams.delete('command')
    assert.deepEqual(Object.fromEntries(url.searchParams), {
      container: 'jobmanager',
      stdout: 'true',
      stderr: 'true',
    })
    assert.equal(headers['authorization'], 'Bearer abc')
    assert.equal(headers['impersonate-user'], 'jane')
    assert.match(String(headers['sec-websocket-protocol']), /^v5\.channel\.k8s\.io,v4\.channel\.k8s\.io,/)
    assert.equal(server.seen[0]?.query['labelSelector'], 'cluster=orders,component=jobmanager')
  })

  it('runs in the container that kubectl would choose where none tells its port, else in the first', async () => {
    const containers = async (items: object[]) => {
      server.on(`GET ${pods}`, json({ items }))
      await run()
      return upgrades.at(-1)?.url.searchParams.get('container')
    }
    const usual = { 'kubectl.kubernetes.io/default-container': 'main' }
    assert.equal(await containers([pod('jm', [proxy, { name: 'main' }], usual)]), 'main')
    assert.equal(await containers([pod('jm', [{ name: 'first' }, { name: 'second' }])]), 'first')
  })

  it('gives what it says and how it ends, and looks for the pod once', async () => {
    act = say => {
      say(1, 'one ')
      say(2, 'a warning')
      say(1, Buffer.from([0, 255]))
      say(3, exited(66))
    }
    const shell = await door.shell(place)
    assert.equal(shell.pod, undefined)
    const stdout = Buffer.from([...Buffer.from('one '), 0, 255])
    for (const _ of [1, 2])
      assert.deepEqual(await shell.run(['x'], 6), { exitCode: 66, stdout, stderr: 'a warning' })
    assert.equal(shell.pod, 'jm')
    assert.equal(server.seen.length, 1)
  })

  it('may not say more than was asked for; of its errors the beginning is kept', async () => {
    act = say => {
      say(2, 'e'.repeat(10_000))
      say(1, 'x'.repeat(1_000))
      say(3, success)
    }
    assert.equal((await run(['x'], 1_000)).stderr.length, 4_096)
    assert.equal(
      await messageOf(() => run(['x'], 999)),
      'error: a command in pod/jm said more than 999 bytes',
    )
  })

  it('that is not run, or not to its end, is no success', async () => {
    const messageWhere = (does: typeof act) => {
      act = does
      return messageOf(run)
    }
    const message =
      'error executing command in container: exec: "sh": executable file not found in $PATH: unknown'
    assert.equal(
      await messageWhere(say => say(3, { status: 'Failure', reason: 'InternalError', message })),
      `error: a command in pod/jm was not run: ${message}`,
    )
    const lost = 'error: the connection to pod/jm was lost before the command there ended'
    assert.equal(await messageWhere((_, socket) => socket.close()), lost)
    assert.equal(await messageWhere((_, socket) => socket.terminate()), lost)
    assert.equal(await messageWhere(say => say(3, 'no JSON')), lost)
  })

  it('that says nothing is given up, after --request-timeout where that is given', async () => {
    act = () => {}
    assert.equal(await messageOf(run), 'error: no answer from pod/jm within 30 s')
    await door.close()
    door = await open(at, { requestTimeoutMs: 5_000 })
    assert.equal(await messageOf(run), 'error: no answer from pod/jm within 5 s')
  })

  it('ends where the server tells how it ended and leaves the connection open', async () => {
    act = (_, socket) => socket.send(Buffer.concat([Buffer.of(3), Buffer.from(JSON.stringify(success))]))
    assert.equal((await run()).exitCode, 0)
  })

  it('is sent again where a kept connection turns out to be closed', async () => {
    let cut = 0
    const shell = await door.shell(place)
    const upgraded = server.http.listeners('upgrade') as ((...words: unknown[]) => void)[]
    server.http.removeAllListeners('upgrade').on('upgrade', (request, socket, head) => {
      if (cut++ === 0) socket.destroy()
      else for (const upgrade of upgraded) upgrade(request, socket, head)
    })
    assert.equal((await shell.run(['true'], 1)).exitCode, 0)
    assert.equal(cut, 2)
  })

  it('ends with Ctrl-C', async () => {
    act = () => door.interrupt.abort()
    await assert.rejects(run(), { code: 'interrupted' })
  })

  it("that may not be run is told in the server's words, and another pod is looked for where this one is gone", async () => {
    sockets.close()
    const path = `GET ${pods}/jm/exec`
    const message =
      'pods "jm" is forbidden: User "jane" cannot create resource "pods/exec" in API group "" in the namespace "shop"'
    server.http.removeAllListeners('upgrade')
    server.on(
      path,
      status(403, 'Forbidden', message),
      status(404, 'NotFound', 'pods "jm" not found'),
      status(503, '', ''),
    )
    const shell = await door.shell(place)
    const failing = () => messageOf(() => shell.run(['x'], 1))
    assert.equal(await failing(), `Error from server (Forbidden): ${message}`)
    assert.equal(await failing(), 'Error from server (NotFound): pods "jm" not found')
    server.on(`GET ${pods}`, json({ items: [] }))
    assert.equal(
      await failing(),
      'error: no ready JobManager pod (cluster=orders,component=jobmanager) in namespace shop',
    )
  })
})
