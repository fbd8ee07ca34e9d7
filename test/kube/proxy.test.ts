import assert from 'node:assert/strict'
import { createServer as createHttp, type Server } from 'node:http'
import { type AddressInfo, connect, createServer, type Server as TcpServer } from 'node:net'
import { proxyFor } from '../../src/kube/proxy.ts'
import { type ApiServer, apiServer, json } from './support/api-server.ts'
import { type Certificates, certificates } from './support/certificates.ts'
import { cluster, orders, ordersPath } from './support/clusters.ts'
import { type Home, home, messageOf, open } from './support/door.ts'

describe('the proxy for a server', () => {
  const chosen = (server: string, env: Record<string, string>, proxyUrl?: string) =>
    proxyFor(server, proxyUrl, env)?.href

  it("is the cluster's own, else the environment's by the scheme of the server", () => {
    const env = { HTTPS_PROXY: 'http://s:1', HTTP_PROXY: 'http://p:2', https_proxy: 'http://lower:3' }
    assert.deepEqual(
      [
        chosen('https://k:6443', env, 'socks5://own:4'),
        chosen('https://k:6443', env),
        chosen('http://k', env),
        chosen('https://k', { https_proxy: 'lower:3' }),
        chosen('https://k', { HTTP_PROXY: 'http://p:2' }),
      ],
      ['socks5://own:4', 'http://s:1/', 'http://p:2/', 'http://lower:3/', undefined],
    )
  })

  it('is none for loopback and for what NO_PROXY names', () => {
    const through = (server: string, noProxy: string) =>
      chosen(server, { HTTPS_PROXY: 'http://s:1', NO_PROXY: noProxy }) !== undefined
    const none: [string, string][] = [
      ['https://localhost:1', ''],
      ['https://127.0.0.9:1', ''],
      ['https://[::1]:1', ''],
      ['https://a.example.com', 'example.com'],
      ['https://example.com', 'example.com'],
      ['https://a.example.com', '.example.com'],
      ['https://a.example.com', '*.example.com'],
      ['https://a.example.com:8443', 'x, example.com:8443'],
      ['https://10.1.2.3', '10.0.0.0/8'],
      ['https://10.1.2.3', '10.1.2.3'],
      ['https://[fd00::1]', 'fd00::/8'],
      ['https://any', '*'],
    ]
    const one: [string, string][] = [
      ['https://example.com', '.example.com'],
      ['https://badexample.com', 'example.com'],
      ['https://a.example.com:8443', 'example.com:443'],
      ['https://11.1.2.3', '10.0.0.0/8'],
      ['https://11.1.2.3', '10.0.0.0/99,nonsense/8,:80,'],
    ]
    assert.deepEqual(
      none.filter(([server, noProxy]) => through(server, noProxy)),
      [],
    )
    assert.deepEqual(
      one.filter(([server, noProxy]) => !through(server, noProxy)),
      [],
    )
  })
})

describe('through a proxy', () => {
  let at: Home
  let server: ApiServer
  let pems: Certificates
  let proxy: Server
  let asked: string[]
  before(async () => {
    pems = await certificates()
  })
  beforeEach(async () => {
    at = home()
    server = await apiServer(pems.server)
    server.on(`GET ${ordersPath}`, json(cluster('1')))
    asked = []
    proxy = createHttp((_, response) => response.writeHead(400).end())
    proxy.on('connect', (request, socket) => {
      asked.push(`${request.url} ${request.headers['proxy-authorization'] ?? ''}`)
      // whatever the name: the server of the test
      const far = connect(server.port, '127.0.0.1', () => {
        socket.write('HTTP/1.1 200 OK\r\n\r\n')
        far.pipe(socket).pipe(far)
      })
      socket.on('error', () => far.destroy())
      far.on('error', () => socket.destroy())
    })
    await listening(proxy)
  })
  afterEach(async () => {
    proxy.close()
    await server.close()
    at.remove()
  })

  const portOf = (listener: TcpServer) => (listener.address() as AddressInfo).port
  const cert = () => Buffer.from(pems.authority.cert).toString('base64')

  const got = async (env: Record<string, string> = {}) => {
    const door = await open(at, {}, env)
    try {
      return (await door.cluster.get(orders)).metadata.name
    } finally {
      await door.close()
    }
  }

  it('reaches a server by the proxy-url of the cluster, with its password', async () => {
    const url = `http://bob:geheim@127.0.0.1:${portOf(proxy)}`
    at.kubeconfig(
      { server: 'https://kubernetes.default:6443', 'certificate-authority-data': cert(), 'proxy-url': url },
      { token: 't' },
    )
    assert.equal(await got(), 'orders')
    assert.deepEqual(asked, [`kubernetes.default:6443 Basic ${Buffer.from('bob:geheim').toString('base64')}`])
    assert.equal(server.seen[0]?.headers.authorization, 'Bearer t')
    assert.equal(server.seen[0]?.headers['proxy-authorization'], undefined)
  })

  it('reaches a server by HTTPS_PROXY, and still checks whose certificate it is', async () => {
    const env = { HTTPS_PROXY: `127.0.0.1:${portOf(proxy)}` }
    at.kubeconfig(
      { server: 'https://kubernetes.default', 'certificate-authority-data': cert() },
      { token: 't' },
    )
    assert.equal(await got(env), 'orders')
    at.kubeconfig({ server: 'https://other.example', 'certificate-authority-data': cert() }, { token: 't' })
    assert.match(await messageOf(() => got(env)), /certificate is valid for .*, not other.example$/)
  })

  it('reaches a server by socks5', async () => {
    const socks = socksServer(server.port, asked)
    await listening(socks)
    at.kubeconfig(
      {
        server: 'https://127.0.0.1:6443',
        'certificate-authority-data': cert(),
        'proxy-url': `socks5://127.0.0.1:${portOf(socks)}`,
      },
      { token: 't' },
    )
    assert.equal(await got(), 'orders')
    assert.deepEqual(asked, ['socks5 127.0.0.1:6443'])
    socks.close()
  })

  it('says that the proxy refuses', async () => {
    const refusing = createHttp()
    refusing.on('connect', (_, socket) => socket.end('HTTP/1.1 407 Proxy Authentication Required\r\n\r\n'))
    await listening(refusing)
    at.kubeconfig({ server: 'https://kubernetes.default' }, { token: 't' })
    assert.equal(
      await messageOf(() => got({ HTTPS_PROXY: `http://127.0.0.1:${portOf(refusing)}` })),
      'Unable to connect to the server: Proxy Authentication Required',
    )
    refusing.close()
  })
})

function listening(server: TcpServer): Promise<void> {
  return new Promise(resolve => {
    server.listen(0, '127.0.0.1', resolve)
  })
}

/** RFC 1928, as much as one CONNECT to an IPv4 address without authentication needs. */
function socksServer(port: number, asked: string[]): TcpServer {
  return createServer(socket => {
    socket.on('error', () => socket.destroy())
    socket.once('data', () => {
      socket.write(Buffer.of(5, 0))
      socket.once('data', (wanted: Buffer) => {
        asked.push(`socks5 ${wanted.subarray(4, 8).join('.')}:${wanted.readUInt16BE(8)}`)
        const far = connect(port, '127.0.0.1', () => {
          socket.write(Buffer.of(5, 0, 0, 1, 0, 0, 0, 0, 0, 0))
          far.pipe(socket).pipe(far)
        })
        far.on('error', () => socket.destroy())
      })
    })
  })
}
