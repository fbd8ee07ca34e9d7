import assert from 'node:assert/strict'
import { request } from 'node:http'
import { request as secureRequest } from 'node:https'
import { connect } from 'node:net'
import { type WebSocket, WebSocketServer } from 'ws'
import { type ApiServer, apiServer, json, text } from './support/api-server.ts'
import { type Certificates, certificates } from './support/certificates.ts'
import { type Home, home, messageOf, type Opened, open } from './support/door.ts'

const place = {
  namespace: 'default',
  service: 'orders-jobmanager',
  port: 'ui',
  tls: false,
  podLabels: { cluster: 'orders', component: 'jobmanager' },
  podPort: 8081,
}

const pod = (name: string, created: string, ready: string, more: object = {}) => ({
  metadata: { name, creationTimestamp: created, ...more },
  status: { conditions: [{ type: 'Ready', status: ready }] },
})

describe('the way to a JobManager', () => {
  let at: Home
  let server: ApiServer
  let pems: Certificates
  let door: Opened
  before(async () => {
    pems = await certificates()
  })
  beforeEach(async () => {
    at = home()
    server = await apiServer(pems.server)
    const ca = Buffer.from(pems.authority.cert).toString('base64')
    at.kubeconfig({ server: server.url, 'certificate-authority-data': ca }, { token: 'abc' })
    door = await open(at)
  })
  afterEach(async () => {
    await door.close()
    await server.close()
    at.remove()
  })

  describe('by the service proxy', () => {
    it("is a path of the API server, with the kubeconfig's connection and credentials", async () => {
      const path = '/api/v1/namespaces/default/services/orders-jobmanager:ui/proxy/jobs/overview'
      server.on(`GET ${path}`, text(200, 'flink'))
      const { url, agent, headers } = await door.passage.proxied(place)
      assert.equal(url, `${server.url}/api/v1/namespaces/default/services/orders-jobmanager:ui/proxy`)
      const body = await new Promise((resolve, reject) => {
        secureRequest(`${url}/jobs/overview`, { agent, headers }, response => {
          response.setEncoding('utf8').once('data', resolve)
        })
          .on('error', reject)
          .end()
      })
      assert.equal(body, 'flink')
      assert.equal(server.seen[0]?.headers.authorization, 'Bearer abc')
    })

    it('says so where the JobManager speaks TLS', async () => {
      const { url } = await door.passage.proxied({ ...place, tls: true })
      assert.equal(url, `${server.url}/api/v1/namespaces/default/services/https:orders-jobmanager:ui/proxy`)
    })
  })

  describe('by a port-forward', () => {
    let sockets: WebSocketServer
    let upgrades: { url: string; authorization: string | undefined }[]
    let open: Set<WebSocket>
    /** What the pod answers to what it is sent. */
    let answer: (bytes: Buffer, send: (channel: number, bytes: Buffer) => void) => void
    const port = Buffer.from([0x91, 0x1f])

    beforeEach(() => {
      upgrades = []
      open = new Set()
      answer = (bytes, send) => send(0, Buffer.from(bytes.toString('latin1').toUpperCase(), 'latin1'))
      sockets = new WebSocketServer({ server: server.http })
      sockets.on('connection', (socket, upgrade) => {
        open.add(socket)
        socket.once('close', () => open.delete(socket))
        upgrades.push({ url: upgrade.url ?? '', authorization: upgrade.headers.authorization })
        const send = (channel: number, bytes: Buffer) =>
          socket.send(Buffer.concat([Buffer.of(channel), bytes]))
        send(0, port)
        send(1, port)
        socket.on('message', data => answer((data as Buffer).subarray(1), send))
      })
      server.on(
        'GET /api/v1/namespaces/default/pods',
        json({
          items: [
            pod('old', '2024-01-01T00:00:00Z', 'True'),
            pod('newest-not-ready', '2024-01-04T00:00:00Z', 'False'),
            pod('leaving', '2024-01-03T00:00:00Z', 'True', { deletionTimestamp: '2024-01-05T00:00:00Z' }),
            pod('jm', '2024-01-02T00:00:00Z', 'True'),
          ],
        }),
      )
    })
    afterEach(() => sockets.close())

    const said = (url: string, words: string) =>
      new Promise<string>((resolve, reject) => {
        const socket = connect(Number(new URL(url).port), '127.0.0.1', () => socket.write(words))
        socket.setEncoding('utf8').once('data', data => {
          socket.destroy()
          resolve(String(data))
        })
        socket.once('error', reject)
        socket.once('close', () => reject(new Error('closed without an answer')))
      })

    it('ends at the newest ready pod', async () => {
      const forward = await door.passage.forwarded(place, new AbortController().signal)
      assert.match(forward.url, /^http:\/\/127\.0\.0\.1:\d+$/)
      assert.equal(await said(forward.url, 'hello'), 'HELLO')
      assert.equal(server.seen[0]?.query['labelSelector'], 'cluster=orders,component=jobmanager')
      const once = {
        url: '/api/v1/namespaces/default/pods/jm/portforward?ports=8081',
        authorization: 'Bearer abc',
      }
      assert.deepEqual(upgrades, [once, once])
      await forward.close()
    })

    it('carries large answers whole', async () => {
      const large = Buffer.alloc(1024 * 1024, 'x')
      const reply = `HTTP/1.1 200 OK\r\ncontent-length: ${large.length}\r\nconnection: close\r\n\r\n`
      answer = (_, send) => {
        send(0, Buffer.from(reply))
        for (let i = 0; i < 16; i++) send(0, large.subarray(0, large.length / 16))
      }
      const forward = await door.passage.forwarded(place, new AbortController().signal)
      const length = await new Promise((resolve, reject) => {
        request(forward.url, async response => {
          let bytes = 0
          for await (const chunk of response) bytes += (chunk as Buffer).length
          resolve(bytes)
        })
          .on('error', reject)
          .end()
      })
      assert.equal(length, large.length)
      await forward.close()
    })

    it('cuts the connection where the pod reports an error', async () => {
      answer = (_, send) => send(1, Buffer.from('connection refused'))
      const forward = await door.passage.forwarded(place, new AbortController().signal)
      await assert.rejects(said(forward.url, 'hello'), /closed without an answer|ECONNRESET/)
      await forward.close()
    })

    it('leaves nothing open: not by close, not by Ctrl-C, not at the end', async () => {
      const stop = new AbortController()
      const ends = [
        (forward: { close(): Promise<void> }) => forward.close(),
        async () => stop.abort(),
        () => door.close(),
      ]
      for (const end of ends) {
        const forward = await door.passage.forwarded(
          place,
          stop.signal.aborted ? new AbortController().signal : stop.signal,
        )
        const held = connect(Number(new URL(forward.url).port), '127.0.0.1')
        held.on('error', () => {})
        held.write('hello')
        await new Promise(resolve => held.once('data', resolve))
        const cut = new Promise(resolve => held.once('close', resolve))
        await end(forward)
        await cut
        await assert.rejects(said(forward.url, 'again'), { code: 'ECONNREFUSED' })
        while (open.size > 0) await new Promise(setImmediate)
      }
    })

    it('ends with its signal while the API server does not answer', async () => {
      const stop = new AbortController()
      sockets.close()
      server.http.removeAllListeners('upgrade').on('upgrade', () => stop.abort())
      await assert.rejects(door.passage.forwarded(place, stop.signal), { code: 'interrupted' })
    })

    it('says that there is no ready pod, or no right to reach it', async () => {
      const none = new AbortController().signal
      server.on(
        'GET /api/v1/namespaces/default/pods',
        json({ items: [pod('jm', '2024-01-02T00:00:00Z', 'False')] }),
      )
      assert.equal(
        await messageOf(() => door.passage.forwarded(place, none)),
        'error: no ready JobManager pod (cluster=orders,component=jobmanager) in namespace default',
      )
      sockets.close()
      server.on(
        'GET /api/v1/namespaces/default/pods',
        json({ items: [pod('jm', '2024-01-02T00:00:00Z', 'True')] }),
      )
      assert.equal(
        await messageOf(() => door.passage.forwarded(place, none)),
        'Error from server (NotFound): the server could not find the requested resource (get pods/portforward jm)',
      )
    })
  })
})
